"""Contracting deltas: the one term that is left, and its guards."""

import pytest

from derive.calculus.contract import CONTRACT, LEFTOVER
from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.steps.rewrite import rewrite
from derive.steps.rule import scope_of

SYSTEM = layer(
    title="Deltas",
    indices="t,s=1..T  i,k:N  p=0..P-1  u=0..K-1  l=0..L-1  e=0..2*P",
    inputs="x[t]  y[l]  g[p]  A[i,k]  w[u]",
    sizes="P = (L + 2*q - d*(K-1) - 1)//c + 1",
    outside="y = 0",
    equations="z[p] = sum(w[u]*y[c*p+d*u-q], u)*sum(x[t], t)*sum(A[i,k], i, k)",
    output="z",
)


def contracted(text, free):
    expr = parse_expression(text, names_of(SYSTEM, calculus=True))
    indices = tuple(SYSTEM.indices[n] for n in free.split())
    scope = scope_of(SYSTEM, indices, expr)
    for rules in (CONTRACT, LEFTOVER):
        expr, _ = rewrite(expr, rules, scope, indices)
    return str(expr)


@pytest.mark.parametrize(
    ("text", "free", "result"),
    [
        ("sum(x[s]*delta(s, t), s)", "t", "x[t]"),
        ("sum(x[s]*delta(s-1, t), s)", "t", "[t < T]*x[t+1]"),
        ("sum(x[s]*delta(s+1, t), s)", "t", "[t > 1]*x[t-1]"),
        ("sum(x[s]*delta(s-2, t), s)", "t", "[t <= T-2]*x[t+2]"),
        ("sum(x[s]*delta(T-s+1, t), s)", "t", "x[T+1-t]"),
        ("sum(A[i,k]*delta(i, k), i, k)", "", "sum(A[k,k], k)"),
        ("sum(g[p]*delta(2*p, e), p)", "e", "[e%2 == 0, e//2 <= P-1]*g[e//2]"),
        ("sum(g[p]*delta(c*p-q, l), p)", "l", "[(l+q)%c == 0, (l+q)//c <= P-1]*g[(l+q)//c]"),
        ("x[t]*delta(t, T)", "t", "[t == T]*x[t]"),
        ("x[t]*delta(t, T+1)", "t", "0"),
    ],
)
def test_one_term_is_left_with_the_guards_that_are_not_proved(text, free, result):
    assert contracted(text, free) == result


def test_an_index_without_coefficient_is_preferred_to_a_division():
    assert contracted("sum(g[p]*w[u]*delta(2*p+u, e), p, u)", "e") == "sum([e-2*p >= 0, e-2*p <= K-1]*g[p]*w[e-2*p], p)"


def test_the_outer_index_is_divided_first():
    assert "g[(l+q-d*u)//c]" in contracted("sum(g[p]*sum(w[u]*delta(c*p+d*u-q, l), u), p)", "l")


def test_a_guard_of_divisibility_undoes_the_division():
    text = "sum(g[p]*y[c*p]*delta(c*p, l), p)"
    assert contracted(text, "l") == "[l%c == 0, l//c <= P-1]*g[l//c]*y[l]"


@pytest.mark.parametrize(
    ("text", "free", "result"),
    [
        ("sum([s == t+1]*x[s], s)", "t", "[t < T]*x[t+1]"),
        ("sum([t-1 == s, x[t] > 0]*x[s], s)", "t", "[t > 1]*[x[t] > 0]*x[t-1]"),
        ("sum(x[s]*([s == t] - x[t]), s)", "t", "x[t] - x[t]*sum(x[s], s)"),
        (
            "sum(g[p]*sum([c*l+d*u-q == p]*w[u], u), p)",
            "l",
            "sum([c*l+d*u-q >= 0, c*l+d*u-q <= P-1]*g[c*l+d*u-q]*w[u], u)",
        ),
    ],
)
def test_an_equality_is_a_delta_where_it_leaves_one_term(text, free, result):
    assert contracted(text, free) == result


@pytest.mark.parametrize(
    ("text", "free"),
    [("sum([2*p == e]*g[p], p)", "e"), ("sum([s != t]*x[s], s)", "t"), ("sum([x[s] == x[t]]*x[s], s)", "t")],
)
def test_other_conditions_stay_as_they_are(text, free):
    assert contracted(text, free) == text
