"""Sums taken apart and put together."""

import pytest

from derive.calculus.sums import count_terms, merge_sums, multiply_out, number_out, out_of_the_sum, split_sum
from tests.calculus.lines import rewritten


@pytest.mark.parametrize(
    ("rule", "text", "result"),
    [
        (out_of_the_sum, "sum(v[i]*w[k], k)", "v[i]*sum(w[k], k)"),
        (out_of_the_sum, "sum(2*v[i], k)", "2*v[i]*sum(1, k)"),
        (number_out, "sum(-w[k]*x[k], k)", "-sum(w[k]*x[k], k)"),
        (count_terms, "v[i]*sum(1, k, t)", "v[i]*N*T"),
        (split_sum, "sum(delta(k, i)*w[k] - x[k], k)", "sum(delta(k, i)*w[k], k) - sum(x[k], k)"),
        (multiply_out, "x[k]*(delta(k, i) + 1)", "x[k]*delta(k, i) + x[k]"),
        (merge_sums, "sum(w[k]*sum(A[k,j]*delta(j, i), j), k)", "sum(w[k]*A[k,j]*delta(j, i), k, j)"),
        (merge_sums, "sum(w[k]*sum(A[k,j], j), k)", "sum(w[k]*sum(A[k,j], j), k)"),
    ],
)
def test_sums(rule, text, result):
    assert rewritten(text, (rule,), "i k") == result


def test_the_inner_index_is_renamed_where_it_stands_outside():
    text = "sum(w[j]*sum(A[k,j]*delta(j, i), j), j)"
    assert rewritten(text, (merge_sums,), "i k") == "sum(w[j]*A[k,l]*delta(l, i), j, l)"
