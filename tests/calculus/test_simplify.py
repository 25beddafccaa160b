"""Shorter ways to say the same."""

import pytest

from derive.calculus.simplify import ASSUME, SIMPLIFY, size_of
from tests.calculus.lines import parsed, rewritten


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("tanh(u[i])", "y[i]"),
        ("tanh(u[i] + 1)", "tanh(u[i] + 1)"),
        ("softmax(w[k]*x[k], k)", "p[k]"),
        ("v[i]*v[i]", "v[i]**2"),
        ("v[i]*x[i]/v[i]", "x[i]"),
        ("v[i]*(x[i] - w[i]/v[i])", "v[i]*x[i] - w[i]"),
        ("v[i]*(x[i] - w[i]*v[i]**(-2))", "v[i]*(x[i] - w[i]*v[i]**(-2))"),
        ("v[i]*x[i] + v[i]*w[i]", "v[i]*(x[i] + w[i])"),
        ("v[i]*x[i] + x[i]*v[i]", "2*v[i]*x[i]"),
        ("-v[i] + x[i]", "x[i] - v[i]"),
        ("-v[i] - x[i]", "-v[i] - x[i]"),
    ],
)
def test_lines(text, result):
    assert rewritten(text, SIMPLIFY, "i k") == result


def test_an_assumption_is_used_where_it_fits_and_nowhere_else():
    assert rewritten("v[i]*sum(q[k], k)", ASSUME, "i") == "v[i]"
    assert rewritten("v[i]*sum(q[k]*v[k], k)", ASSUME, "i") == "v[i]*sum(q[k]*v[k], k)"


def test_size_counts_what_has_to_be_read():
    assert size_of(parsed("p[k] - q[k]")) < size_of(parsed("p[k]*(v[k] - sum(v[j]*p[j], j))"))
