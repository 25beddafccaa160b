"""Substitution that captures nothing."""

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from derive.language import expr as E
from derive.language.binding import fresh_name, map_integers, substitute
from derive.language.integers import index_symbol
from derive.language.traverse import walk
from tests.language.layers import SCOPE, SIZES, parsed
from tests.language.strategies import expressions
from tests.values import arbitrary, integer, value

TENSORS = {name: arbitrary(name) for name in SCOPE.tensors}
i_, K, T = index_symbol("i"), index_symbol("k"), index_symbol("t")


def test_substituting_renames_a_bound_index_that_would_capture() -> None:
    expr = parsed("sum(W_h[i,k]*w[k], k)")
    assert str(substitute(expr, {i_: K})) == "sum(W_h[k,k_2]*w[k_2], k_2)"
    assert str(substitute(expr, {K: i_})) == str(expr)  # k is bound
    assert str(substitute(parsed("sum(W_h[i,k]*sum(w[k], k), k)"), {i_: K + 1})) == (
        "sum(W_h[k+1,k_2]*sum(w[k], k), k_2)"
    )


def test_substituting_into_a_softmax_moves_the_place_and_not_the_body() -> None:
    moved = substitute(parsed("softmax(w[k], k)"), {K: K - 1})
    assert isinstance(moved, E.Along)
    assert moved.at == (K - 1,)
    assert moved.body == E.Elem("w", (moved.over[0].symbol,))


def test_substitution_is_all_at_once() -> None:
    assert str(substitute(parsed("W_h[i,k]"), {i_: K, K: i_})) == "W_h[k,i]"


_PLACES = st.sampled_from([i_, K, T, i_ + 1, K - 1, T - 1, index_symbol("j")])


@given(expressions, st.dictionaries(st.sampled_from([i_, K, T]), _PLACES, max_size=3))
def test_substituting_is_evaluating_elsewhere(expr: E.Expr, places: dict[E.Integer, E.Integer]) -> None:
    """The substitution lemma: the value of expr[places] here is the value of expr where the places lie."""
    here = {**SIZES, "t": 2, "n": 1, "i": 2, "k": 3, "j": 1}
    there = {**here, **{s.name: integer(p, here) for s, p in places.items()}}
    for along in (n for n in walk(expr) if isinstance(n, E.Along)):
        if not all(1 <= there[i.name] <= 3 for i in along.over):
            reject()  # read outside its axis
    try:
        expected = value(expr, there, TENSORS)
    except (ArithmeticError, ValueError, TypeError):
        reject()
    assert value(substitute(expr, places), here, TENSORS) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_fresh_names_are_near_and_not_taken() -> None:
    assert fresh_name("t", frozenset()) == "t"
    assert fresh_name("t", {"t"}) == "t_2"
    assert fresh_name("t_2", {"t_2", "t_3"}) == "t_4"


def test_every_index_expression_is_mapped() -> None:
    mapped = map_integers(parsed("sum(W_h[i,k]*h[t-1,n,k], k) + i"), lambda integer: integer + 1)
    assert str(mapped) == "sum(W_h[i+1,k+1]*h[t,n+1,k+1], k) + (i+1)"
