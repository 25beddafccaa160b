"""Derivatives of reductions; with the deltas contracted they are the ones in the books."""

import pytest

from derive.calculus.contract import CONTRACT
from derive.calculus.differentiate import DIFFERENTIATE
from derive.calculus.simplify import SIMPLIFY
from tests.calculus.lines import rewritten


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("D(sum(A[i,k]*w[k], k), w[j])", "A[i,j]"),
        ("D(mean(w[k], k), w[j])", "1/N"),
        ("D(prod(w[k], k), w[j])", "prod(w[l]**[l != j], l)"),
        ("D(max(w[k], k), w[j])", "argmax(w[j], j)"),
        ("D(logsumexp(x[k]*w[k], k), w[j])", "p[j]*x[j]"),
        ("D(softmax(x[k]*w[k], k), w[j])", "p[k]*x[j]*(delta(k, j) - p[j])"),
    ],
)
def test_derivatives(text, result):
    line = rewritten(text, DIFFERENTIATE, "i k j")
    line = rewritten(line, CONTRACT, "i k j")
    assert rewritten(line, SIMPLIFY, "i k j") == result


def test_the_index_of_the_element_is_not_captured_by_the_sum():
    assert rewritten("D(sum(A[i,k]*w[k], k), w[k])", DIFFERENTIATE, "i k") == "sum(A[i,j]*delta(j, k), j)"


def test_a_sum_over_two_indices_keeps_both():
    line = rewritten("D(sum(A[i,k]*w[k]*w[i], i, k), w[j])", DIFFERENTIATE, "j")
    assert rewritten(line, CONTRACT, "j") == "sum(A[i,j]*w[i], i) + sum(A[j,k]*w[k], k)"
