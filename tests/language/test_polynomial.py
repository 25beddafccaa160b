"""Polynomials of integer expressions have the values of the expressions."""

import itertools

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derive.language.integers import FloorDiv, Integer, Mod, element, index_symbol, linear_in, size_symbol
from derive.language.polynomial import (
    ZERO,
    Polynomial,
    atoms,
    linear_parts,
    minus,
    plus,
    polynomial,
    shifted,
    times,
)
from tests.values import integer

A, B = index_symbol("i"), index_symbol("j")
M, N = size_symbol("M"), size_symbol("N")
VALUES = {"i": 3, "j": -2, "M": 5, "N": 2}

_leaves = st.sampled_from([A, B, M, N, FloorDiv(A + B, M), Mod(A, N)]) | st.integers(-3, 3).map(sympy.Integer)
expressions = st.recursive(
    _leaves,
    lambda inner: (
        st.tuples(inner, inner).map(lambda p: p[0] + p[1])
        | st.tuples(inner, inner).map(lambda p: p[0] * p[1])
        | inner.map(lambda e: (e - M) ** 2)
    ),
    max_leaves=6,
)


def value(p: Polynomial, values: dict[str, int]) -> int:
    """The value of a polynomial, added up monomial by monomial."""
    total = 0
    for monomial, coefficient in p.items():
        for atom in monomial:
            coefficient *= integer(atom, values)
        total += coefficient
    return total


@given(expressions)
def test_a_polynomial_has_the_value_of_its_expression(expression: Integer) -> None:
    assert value(polynomial(expression), VALUES) == integer(expression, VALUES)


@given(expressions)
def test_equal_expressions_have_equal_polynomials(expression: Integer) -> None:
    assert polynomial(sympy.expand(expression)) == polynomial(expression)
    assert polynomial(expression - sympy.expand(expression)) == ZERO
    assert 0 not in polynomial(expression).values()


@given(expressions, expressions)
def test_arithmetic(left: Integer, right: Integer) -> None:
    p, q = polynomial(left), polynomial(right)
    assert plus(p, q) == polynomial(left + right)
    assert minus(p, q) == polynomial(left - right)
    assert times(p, q) == polynomial(left * right)


@given(expressions, st.sampled_from([M, N]), st.integers(0, 3))
def test_a_shifted_symbol(expression: Integer, symbol: Integer, by: int) -> None:
    plain = polynomial(expression)
    if any(not a.is_Symbol for a in atoms(plain)):
        return  # quotients stay as they stand
    moved = {**VALUES, symbol.name: VALUES[symbol.name] + by}
    assert value(shifted(plain, symbol, by), VALUES) == value(plain, moved)


@given(expressions, st.sampled_from([A, N]))
def test_what_multiplies_a_symbol(expression: Integer, symbol: Integer) -> None:
    parts = linear_parts(polynomial(expression), symbol)
    expected = linear_in(expression, symbol)
    assert (parts is None) == (expected is None)
    if parts and expected:
        assert parts == tuple(map(polynomial, expected))


def test_a_quotient_that_holds_the_symbol_is_not_affine() -> None:
    assert linear_parts(polynomial(FloorDiv(A, M) + A), A) is None
    assert linear_parts(polynomial(A**2), A) is None
    assert linear_parts(polynomial(element("tok", (A,)) * M), M) == (polynomial(element("tok", (A,))), ZERO)


@pytest.mark.parametrize("order", list(itertools.permutations((A, M, N))))
def test_the_order_of_factors_does_not_count(order: tuple[Integer, ...]) -> None:
    product: Polynomial = {(): 1}
    for factor in order:
        product = times(product, polynomial(factor))
    assert product == polynomial(A * M * N) and atoms(product) == {A, M, N}
