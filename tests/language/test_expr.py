"""Expressions: sums and products in reading order, and substitution that captures nothing."""

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from derive.language import expr as E
from derive.language.integers import index_symbol, size_symbol
from tests.language.layers import SCOPE, SIZES, SYSTEM, parsed
from tests.language.strategies import expressions
from tests.language.values import arbitrary, integer, value

TENSORS = {name: arbitrary(name) for name in SCOPE.tensors}
X, Y = E.Elem("x"), E.Elem("y")
i_, K, T = index_symbol("i"), index_symbol("k"), index_symbol("t")


def test_sums_are_flat_and_their_numbers_are_added() -> None:
    assert E.add(X, E.add(Y, E.num(1)), E.num(2)) == E.Add((X, Y, E.num(3)))
    assert E.add() == E.ZERO
    assert E.add(X, E.ZERO) == X
    assert E.add(E.num(1), X, E.num(-1)) == X


def test_products_are_flat_and_their_number_stands_in_front() -> None:
    assert E.mul(X, E.num(2), E.mul(Y, E.num(3))) == E.Mul((E.num(6), X, Y))
    assert E.mul() == E.ONE
    assert E.mul(X, E.ZERO) == E.ZERO
    assert E.mul(E.num(2), X, E.num("1/2")) == X


def test_powers() -> None:
    assert E.power(X, E.ONE) == X
    assert E.power(X, E.ZERO) == E.ONE
    assert E.power(E.num(2), E.num(-3)) == E.num("1/8")
    assert E.divide(E.ONE, E.power(X, E.num(2))) == E.Pow(X, E.num(-2))
    assert E.power(E.power(X, E.num("1/2")), E.num(2)) == E.Pow(E.Pow(X, E.num("1/2")), E.num(2))  # not abs(x)
    assert E.power(E.num(10), E.num(10**10)) == E.Pow(E.num(10), E.num(10**10))  # not worked out


def test_a_sum_of_zeros_is_zero_and_over_no_index_its_body() -> None:
    over = (SYSTEM.indices["i"],)
    assert E.sum_(over, E.ZERO) == E.ZERO
    assert E.sum_((), X) == X
    assert E.reduce_("max", over, E.ZERO) == E.Reduce("max", over, E.ZERO)


def test_sizes_that_are_plain_numbers() -> None:
    assert E.size(size_symbol("T") - size_symbol("T") + 3) == E.num(3)


def test_free_symbols_are_those_not_bound() -> None:
    found = {s.name for s in E.free_symbols(parsed("sum(W_h[i,k]*h[t-1,n,k], k) + H"))}
    assert found == {"i", "t", "n", "H"}
    assert {s.name for s in E.free_symbols(parsed("softmax(a[t,n,i], i)"))} == {"t", "n", "i", "H"}
    assert E.names_read(parsed("sum(W_h[i,k], k) + [tok[n] == i]*tau")) == {"W_h", "tok", "tau"}
    assert {"k", "H"} <= E.all_index_names(parsed("sum(w[k], k)"))


def test_substituting_renames_a_bound_index_that_would_capture() -> None:
    expr = parsed("sum(W_h[i,k]*w[k], k)")
    assert str(E.substitute(expr, {i_: K})) == "sum(W_h[k,k_2]*w[k_2], k_2)"
    assert str(E.substitute(expr, {K: i_})) == str(expr)  # k is bound
    assert str(E.substitute(parsed("sum(W_h[i,k]*sum(w[k], k), k)"), {i_: K + 1})) == (
        "sum(W_h[k+1,k_2]*sum(w[k], k), k_2)"
    )


def test_substituting_into_a_softmax_moves_the_place_and_not_the_body() -> None:
    moved = E.substitute(parsed("softmax(w[k], k)"), {K: K - 1})
    assert isinstance(moved, E.Along)
    assert moved.at == (K - 1,)
    assert moved.body == E.Elem("w", (moved.over[0].symbol,))


def test_substitution_is_all_at_once() -> None:
    assert str(E.substitute(parsed("W_h[i,k]"), {i_: K, K: i_})) == "W_h[k,i]"


_PLACES = st.sampled_from([i_, K, T, i_ + 1, K - 1, T - 1, index_symbol("j")])


@given(expressions, st.dictionaries(st.sampled_from([i_, K, T]), _PLACES, max_size=3))
def test_substituting_is_evaluating_elsewhere(expr: E.Expr, places: dict[E.Integer, E.Integer]) -> None:
    """The substitution lemma: the value of expr[places] here is the value of expr where the places lie."""
    here = {**SIZES, "t": 2, "n": 1, "i": 2, "k": 3, "j": 1}
    there = {**here, **{s.name: integer(p, here) for s, p in places.items()}}
    for along in (n for n in E.walk(expr) if isinstance(n, E.Along)):
        if not all(1 <= there[i.name] <= 3 for i in along.over):
            reject()  # read outside its axis
    try:
        expected = value(expr, there, TENSORS)
    except (ArithmeticError, ValueError, TypeError):
        reject()
    assert value(E.substitute(expr, places), here, TENSORS) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(expressions)
def test_transforming_by_nothing_changes_nothing(expr: E.Expr) -> None:
    assert E.transform(expr, lambda e: e) is expr
    assert expr.rebuilt(expr.children) == expr


def test_fresh_names_are_near_and_not_taken() -> None:
    assert E.fresh_name("t", frozenset()) == "t"
    assert E.fresh_name("t", {"t"}) == "t_2"
    assert E.fresh_name("t_2", {"t_2", "t_3"}) == "t_4"


def test_renaming_tensors() -> None:
    assert str(E.with_names(parsed("sum(W_h[i,k]*w[k], k)"), {"w": "v"})) == "sum(W_h[i,k]*v[k], k)"
