"""Expressions that are whole numbers."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derive.language import expr as E
from derive.language.expr import Elem, Size
from derive.language.integers import FloorDiv, Mod, element, index_symbol, size_symbol
from derive.language.integral import MAX_DEGREE, as_expression, as_integer, bits, degree, is_affine, plus, side
from tests.values import integer, value

i, j = index_symbol("i"), index_symbol("j")
S, T = size_symbol("s"), size_symbol("T")

_atoms = st.sampled_from([i, j, S, T, sympy.Integer(2), sympy.Integer(-3)])
_integers = st.recursive(
    _atoms,
    lambda inner: st.builds(lambda a, b, op: op(a, b), inner, inner, st.sampled_from([sympy.Add, sympy.Mul])),
    max_leaves=MAX_DEGREE,
)


@given(_integers)
def test_an_integer_as_an_expression_and_back(whole: sympy.Expr) -> None:
    expression = as_expression(whole)
    back = as_integer(expression)
    assert back is not None and sympy.expand(back - whole) == 0
    numbers = {"i": 2, "j": 5, "s": 3, "T": 7}
    assert value(expression, numbers, {}) == integer(whole, numbers)


def test_a_sum_of_integers_is_one_integer() -> None:
    assert plus(Size(i), E.ONE) == Size(i + 1)
    assert plus(E.mul(E.num(2), Size(T)), E.num(-1)) == Size(2 * T - 1)
    assert plus(Size(T), Size(T)) == E.mul(E.num(2), Size(T))
    assert plus(E.num(2), E.num(3)) == E.num(5)
    assert plus(Elem("x"), E.ONE) == E.Add((Elem("x"), E.ONE))


def test_what_is_no_integer() -> None:
    assert as_integer(E.num("1/2")) is None
    assert as_integer(E.divide(Size(T), E.num(2))) is None
    assert as_integer(Elem("x")) is None
    assert as_integer(E.Pow(Size(T), E.num(9))) is None
    assert side(E.Add((Size(T), E.num(1)))) == Size(T + 1)
    assert side(Elem("x")) == Elem("x")


@pytest.mark.parametrize(
    ("whole", "affine"),
    [
        (S * i + T * j - 3, True),
        (S * T * i, True),
        (i * j, False),
        (i**2, False),
        (FloorDiv(i + j, S), True),
        (FloorDiv(i * j, S), False),
        (Mod(S * i, T) + j, True),
        (FloorDiv(Mod(i * j, S), T), False),
        (element("tok", (i,)) + 1, True),
        (S * element("tok", (i,)), True),
        (T**2, True),
    ],
)
def test_affine(whole: sympy.Expr, affine: bool) -> None:
    assert is_affine(whole) == affine


def test_degree_and_length() -> None:
    assert [degree(w) for w in (sympy.Integer(3), T, S * i - 1, S * T * i, T**3 * S)] == [0, 1, 2, 3, 4]
    assert bits(E.num("1/255")) == 8  # type: ignore[arg-type]
