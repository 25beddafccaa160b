"""Expressions that are linear in the elements of a tensor."""

import pytest

from derive.calculus.linear import linear_in_tensor
from tests.calculus.lines import parsed


def split(text: str, name: str = "v") -> tuple[str, list[tuple[str, str, str]]]:
    found = linear_in_tensor(parsed(text), name)
    assert found is not None
    return str(found.rest), [(" ".join(i.name for i in t.over), str(t.element), str(t.factor)) for t in found.terms]


def test_what_does_not_read_the_tensor_is_the_rest():
    assert split("x[k]**2") == ("x[k]**2", [])


def test_each_element_stands_by_itself_with_its_factors_in_reading_order():
    assert split("2*x[k] + x[k]*v[k]*A[k,i] - v[i]") == (
        "2*x[k]",
        [("", "v[k]", "x[k]*A[k,i]"), ("", "v[i]", "-1")],
    )


def test_sums_are_taken_apart_term_by_term():
    assert split("sum(A[k,i]*(v[k] + x[k]), k)") == ("sum(A[k,i]*x[k], k)", [("k", "v[k]", "A[k,i]")])


def test_a_sum_in_a_sum_becomes_one_over_both():
    assert split("sum(x[j]*sum(A[k,j]*v[k], k), j)") == ("0", [("j k", "v[k]", "x[j]*A[k,j]")])


def test_a_guard_is_a_factor():
    assert split("[t < T]*(x[k] + 3*v[k])") == ("[t < T]*x[k]", [("", "v[k]", "3*[t < T]")])


@pytest.mark.parametrize("text", ["v[k]**2", "v[k]*v[i]", "exp(v[k])", "x[k]*sum(v[i]**2, i)", "max(v[k], k)"])
def test_what_is_not_linear_is_refused(text):
    assert linear_in_tensor(parsed(text), "v") is None


def test_a_factor_is_not_captured_by_the_sum_it_would_move_into():
    assert linear_in_tensor(parsed("x[k]*sum(v[k], k)"), "v") is None
