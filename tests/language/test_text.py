"""What is printed can be read again, and means the same."""

import pytest
from hypothesis import given, reject

from derive.language import expr as E
from derive.language.integers import FloorDiv, Mod, index_symbol, size_symbol
from derive.language.parser import parse_expression
from derive.language.text import integer_text, text
from tests.language.layers import SCOPE, SIZES, parsed
from tests.language.strategies import expressions
from tests.values import arbitrary, value

TENSORS = {name: arbitrary(name) for name in SCOPE.tensors}


@given(expressions)
def test_reading_what_is_printed_gives_the_same_expression(expr: E.Expr) -> None:
    assert parse_expression(text(expr), SCOPE) == expr


@given(expressions)
def test_reading_what_is_printed_keeps_the_value(expr: E.Expr) -> None:
    numbers = {**SIZES, "t": 2, "n": 1, "i": 3, "k": 2, "j": 1}
    tensors = {**TENSORS, "tok": lambda n: n + 2}
    try:
        before = value(expr, numbers, tensors)
    except (ArithmeticError, ValueError, TypeError):  # no real value here: a root of a negative number, an overflow
        reject()
    assert value(parse_expression(text(expr), SCOPE), numbers, tensors) == pytest.approx(before, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "source",
    [
        "sum(W_h[i,k]*h[t-1,n,k], k)",
        "a[t,n,i] - b_h[i]",
        "-a[t,n,i]",
        "-2*a[t,n,i]**2",
        "a[t,n,i]/sum(a[t,n,k], k)",
        "1/(1 + exp(-a[t,n,i]))",
        "(v[i] - tau)**2",
        "v[i]**(1/2)",
        "[t < T]*h[t,n,i]",
        "[1 <= t, t <= T]*h[t,n,i]",
        "softmax(a[t,n,i], i)",
        "sum(softmax(W_h[i,k], k)*w[k], k)",
        "max(v[i], i) - logsumexp(v[i], i)",
        "T*N/H",
        "(H-1)*tau",
        "1/2*tau",
        "v[i] - 1/2",
        "tau - (v[i] - w[k])",
        "tau/(v[i]*w[k])",
        "tau/(v[i]/w[k])",
        "(tau + 1)*(tau - 1)",
        "[tok[n] == i]*v[i]",
        "[t // s == q % 2]*tau",
        "cross_entropy(v[i], w[k])",
        "sqrt(2/pi)*v[i]",
    ],
)
def test_a_person_s_text_comes_back(source: str) -> None:
    assert text(parsed(text(parsed(source)))) == text(parsed(source))
    numbers = {**SIZES, "t": 2, "n": 1, "i": 3, "k": 2, "j": 1}
    tensors = {**TENSORS, "tok": lambda n: n + 2}
    again = parsed(text(parsed(source)))
    assert value(again, numbers, tensors) == pytest.approx(value(parsed(source), numbers, tensors), rel=1e-12)


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("sum( W_h[i, k]*h[t - 1, n, k],k )", "sum(W_h[i,k]*h[t-1,n,k], k)"),
        ("((tau))", "tau"),
        ("tau + -v[i]", "tau - v[i]"),
        ("0.25*tau", "(1/4)*tau"),
        ("v[i]*2", "2*v[i]"),
        ("v[i]*0.044715 - 1e-5", "0.044715*v[i] - 0.00001"),
        ("v[i]*2.0625 - 1/300", "(33/16)*v[i] - 1/300"),
        ("[1 <= t <= T]", "[1 <= t, t <= T]"),
    ],
)
def test_text_is_in_reading_order(source: str, printed: str) -> None:
    assert text(parsed(source)) == printed


def test_integers_print_indices_before_sizes_and_plus_before_minus() -> None:
    p, u, s, d, q = index_symbol("p"), index_symbol("u"), size_symbol("s"), size_symbol("d"), size_symbol("q")
    assert integer_text(s * p - q + d * u) in ("d*u+s*p-q", "s*p+d*u-q")
    assert integer_text(FloorDiv(p + q, s)) == "(p+q)//s"
    assert integer_text(Mod(p, s) - 1) == "p%s-1"
    assert integer_text(-p) == "-p"
