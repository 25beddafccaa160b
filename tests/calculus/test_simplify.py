"""Shorter ways to say the same."""

import pytest

from derive.calculus.simplify import ASSUME, SIMPLIFY, size_of
from derive.calculus.sweep import derive
from derive.language.load import layer
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


def test_an_assumption_is_used_at_the_place_where_it_fits_and_in_its_range_only():
    """What is read outside a tensor's range is 0 here, and does not add up to what is assumed."""
    fields = {
        "indices": "t=1..T  k,j:K", "inputs": "z[t,k]  p[t,k]  c[t]", "assume": "sum(p[t,k], k) = c[t]", "output": "l",
    }  # fmt: skip
    given = "sum(p[t+1,k]*(logsumexp(z[t,j], j) - z[t,k]), k)"
    inside = derive(layer(**fields, equations=f"l[t] = [t < T]*{given}"), ["z"]).gradients["z"][0].right
    assert str(inside) == "[t < T]*dl[t]*(softmax(z[t,k], k)*c[t+1] - p[t+1,k])"
    outside = derive(layer(**fields, equations=f"l[t] = {given}", outside="p = 0"), ["z"]).gradients["z"][0].right
    assert str(outside) == "dl[t]*(softmax(z[t,k], k)*sum(p[t+1,m], m) - p[t+1,k])"


def test_size_counts_what_has_to_be_read():
    assert size_of(parsed("p[k] - q[k]")) < size_of(parsed("p[k]*(v[k] - sum(v[j]*p[j], j))"))
