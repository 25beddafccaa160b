"""Matching: equal up to bound names, order, and values of free indices."""

import pytest

from derive.calculus.match import match, same
from derive.language.integers import index_symbol
from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import scope_of

SYSTEM = layer(
    title="Match",
    indices="t=1..T  i,k,j:N",
    inputs="x[t,i]  v[i]  A[i,k]",
    equations="y[t,i] = x[t,i]*v[i]",
    output="y",
)
NAMES = scope_of(SYSTEM, calculus=True)


def expr(text):
    return parse_expression(text, NAMES)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("v[i]*v[k]", "v[k]*v[i]"),
        ("v[i] + 2*v[k]", "2*v[k] + v[i]"),
        ("sum(A[i,k]*v[k], k)", "sum(v[j]*A[i,j], j)"),
        ("softmax(v[k], k)", "softmax(v[k], k)"),
        ("[t < T]*v[i]", "v[i]*[t < T]"),
    ],
)
def test_the_same(left, right):
    assert same(expr(left), expr(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("v[i]", "v[k]"),
        ("sum(A[i,k]*v[k], k)", "sum(A[k,i]*v[k], k)"),
        ("sum(A[i,k], k)", "mean(A[i,k], k)"),
        ("v[i]**2", "v[i]**3"),
        ("[t < T]", "[t <= T]"),
        ("tanh(v[i])", "sin(v[i])"),
        ("sum(A[k,j], k)", "sum(A[k,k], k)"),
        ("softmax(v[k], k)", "argmax(v[k], k)"),
    ],
)
def test_not_the_same(left, right):
    assert not same(expr(left), expr(right))


def test_free_indices_take_the_values_that_fit():
    t, i = index_symbol("t"), index_symbol("i")
    found = match(expr("x[t,i]*v[i]"), expr("v[k]*x[t+1,k]"), frozenset({t, i}), {})
    assert found == {t: t + 1, i: index_symbol("k")}


def test_a_shifted_pattern_is_solved_for_its_index():
    t = index_symbol("t")
    assert match(expr("x[t-1,i]"), expr("x[t+2,i]"), frozenset({t}), {}) == {t: t + 3}


def test_one_index_has_one_value():
    i = index_symbol("i")
    assert match(expr("A[i,i]"), expr("A[k,j]"), frozenset({i}), {}) is None


def test_a_free_index_cannot_stand_for_a_bound_one():
    i = index_symbol("i")
    assert match(expr("sum(A[i,k], k)"), expr("sum(A[k,k], k)"), frozenset({i}), {}) is None
