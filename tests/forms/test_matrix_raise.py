"""Random expressions: their matrix form is right, or it is refused; and what is refused says why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.matrix import NotMatrix, Reading, matrix_form
from derive.language import expr as E
from derive.language.load import layer
from derive.language.traverse import free_symbols
from tests.forms.test_matrix import MATRICES, form_of
from tests.forms.test_matrix_contract import SYSTEM, assert_right_or_refused, elements, equations


def summands(depth):
    """Sums, powers, functions and products of what lies one level deeper."""
    if depth == 0:
        return elements()
    inner = summands(depth - 1)
    return st.one_of(
        elements(),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: E.mul(*parts)),
        st.lists(inner, min_size=2, max_size=2).map(lambda parts: E.add(*parts)),
        inner.map(lambda part: E.Call("tanh", (part,))),
        inner.map(lambda part: E.power(part, E.num(2))),
        inner.map(lambda part: E.power(E.add(E.num(2), E.Call("tanh", (part,))), E.num(-1))),
        st.tuples(inner, elements()).map(lambda p: E.Bracket((E.Compare(">", *p),))),
        st.tuples(inner, st.sampled_from(["sum", "mean", "max"])).map(_over_some_index),
    )


def _over_some_index(drawn):
    body, op = drawn
    over = [i for i in SYSTEM.indices.values() if i.symbol in free_symbols(body)][-1:]
    return E.reduce_(op, tuple(over), body)


@settings(deadline=None, max_examples=150)
@given(equations(summands(2)))
def test_an_expression_is_right_or_refused(equation):
    assert_right_or_refused(*equation)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "x[n,i] = x[n,i] + w[n]",
            "`w` is one number for each n, to be spread over i: matrix notation has no sign for that",
        ),
        ("x[n,i] = w[n] + u[i]", "in `w[n] + u[i]` no part has all the axes, so two of them would have to be spread"),
        (
            "x[n,i] = sum(tanh(x[n,i]*v[j]), j)",
            "`tanh(x[n,i]*v[j])` has 3 axes at once (i, j, n), and a matrix has two",
        ),
        ("x[n,i] = x[n,i]**w[n]", "`x[n,i]**w[n]` has a vector or matrix in the exponent"),
        ("x[n,i] = w[n]*u[1]", "the right side is the same for every i"),
        ("A[i,j] = softmax(A[i,j], i, j)", "`softmax(A[i,j], i, j)` runs over several axes at once"),
        ("w[n] = w[n]*mean(u[1], i)", "`mean(u[1], i)` does not depend on i"),
    ],
)
def test_what_cannot_be_said_says_why(line, reason):
    system = layer(**MATRICES)
    batched = matrix_form(system, *form_of(system, line)).batched
    assert isinstance(batched, NotMatrix)
    assert reason == batched.reason


def test_an_unfinished_derivative_is_refused():
    system = layer(**MATRICES)
    i = system.indices["i"]
    unfinished = E.Partial(E.Elem("u", (i.symbol,)), E.Elem("u", (i.symbol,)))
    form = matrix_form(system, E.Elem("u", (i.symbol,)), unfinished, (i,))
    assert form.batched == NotMatrix("`D(u[i], u[i])` is not worked out")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("v[j] = sum(sum(A[i,j]*u[i], i), n)", "sum(A.T @ u, n)"),
        ("u[i] = sum(A[i,j]*v[j] + E[i,j], j)", "A @ v + sum(E, j)"),
        ("u[i] = sum(tanh(A[i,j]) + E[i,j], j)", "sum(tanh(A) + E, j)"),
        ("u[i] = sum(sum(A[i,j]*B[j,k], k), j)", "A @ sum(B, k)"),
        ("u[i] = mean(A[i,j]*v[j], j)", "mean(A @ diag(v), j)"),
        ("A[i,j] = (A[i,j] + E[i,j])*u[i]", "diag(u) @ (A + E)"),
        ("A[i,j] = -(A[i,j] - v[j])/p", "-(A - v)/p"),
    ],
)
def test_sums_and_means(line, expected):
    system = layer(**MATRICES)
    reading = matrix_form(system, *form_of(system, line)).batched_reading
    assert isinstance(reading, Reading)
    assert str(reading.right) == expected
