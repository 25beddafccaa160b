"""Expressions as array operations, one a node."""

import pytest

from tests.forms.forward import statement, statements

SCALARS = {"indices": "n:N  i:D", "inputs": "x[n,i]  w[i]  t[]"}


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ("x[n,i] + w[i]", "x + w"),
        ("x[n,i] - 2*w[i]", "x - 2 * w"),
        ("-x[n,i]*w[i]", "-x * w"),
        ("x[n,i]**2", "x**2"),
        ("-x[n,i]**2*w[i]", "-(x**2) * w"),
        ("x[n,i]**(1/2)", "np.sqrt(x)"),
        ("x[n,i]**(-3/2)", "1 / x**1.5"),
        ("x[n,i]/(w[i] + 1)", "x / (w + 1)"),
        ("x[n,i]/sqrt(D)", "x / D**0.5"),
        ("x[n,i]/3", "1 / 3 * x"),
        ("x[n,i]/N", "x / N"),
        ("x[n,i]/(N - 1)", "x / dtype.type(N - 1)"),
        ("exp(x[n,i])", "np.exp(x)"),
        ("tanh(t*x[n,i])", "np.tanh(t * x)"),
        ("sigmoid(x[n,i])", "sigmoid(x)"),
        ("linear(x[n,i])", "x"),
        ("stop(x[n,i])", "x"),
        ("sqrt(2/pi)*x[n,i]", "(2 / np.pi) ** 0.5 * x"),
        ("[x[n,i] > 0]*w[i]", "np.where(x > 0, w, 0)"),
        ("[x[n,i] > 0, x[n,i] < t]*w[i]", "np.where((x > 0) & (x < t), w, 0)"),
        ("x[n,i] + log([w[i] > 0])", "np.where(w > 0, x, -np.inf)"),
        ("log([w[i] > 0]) + x[n,i] + log([x[n,i] < t])", "np.where((w > 0) & (x < t), x, -np.inf)"),
        ("x[n,i] - log([w[i] > 0])", "x - np.log((w > 0).astype(dtype))"),
        ("[x[n,i] > 0]", "(x > 0).astype(dtype)"),
        ("x[n,i]*i", "x * np.arange(1, D + 1).astype(dtype)"),
    ],
)
def test_element_by_element(right: str, code: str) -> None:
    assert statement(f"y[n,i] = {right}", **SCALARS) == code


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ("sum(x[n,i], i)", "x.sum(axis=1)"),
        ("sum(x[n,i]**2, i)", 'np.einsum("ni,ni->n", x, x)'),
        ("mean(x[n,i], i)", "x.mean(axis=1)"),
        ("max(x[n,i], i)", "x.max(axis=1)"),
        ("prod(x[n,i], i)", "x.prod(axis=1)"),
        ("logsumexp(x[n,i], i)", "logsumexp(x, 1)"),
        ("sum(t, i)", "np.array(np.broadcast_to(t * D, (N,)))"),
        ("sum(x[n,i], i)*t", "x.sum(axis=1) * t"),
        ("sum((x[n,i] - w[i])**2, i)", "((x - w) ** 2).sum(axis=1)"),
        ("sum([i < D]*x[n,i], i)", "x[:, : D - 1].sum(axis=1)"),
        ("sum([i == D]*x[n,i], i)", "x[:, D - 1]"),
    ],
)
def test_reductions(right: str, code: str) -> None:
    assert statement(f"y[n] = {right}", **SCALARS) == code


def test_a_function_of_an_axis_is_read_where_it_is_asked_for() -> None:
    assert statement("y[n,i] = softmax(x[n,i], i)", **SCALARS) == "softmax(x, 1)"
    assert statement("y[i,n] = softmax(x[n,i], n)", **SCALARS) == "softmax(x, 0).T"
    assert statement("y[n] = sum(softmax(x[n,i], i)*w[i], i)", **SCALARS) == "softmax(x, 1) @ w"


def test_a_guard_on_sizes_is_tested_before_what_it_guards_is_read() -> None:
    lines = statements(indices="n:N", inputs="x[n]", equations="y[n] = x[n] + [N > 1]*x[2]")
    assert lines == ["y = np.array(x)", "if N > 1:", "    y += x[1]"]


def test_the_same_name_may_be_bound_again_inside() -> None:
    right = "sum(x[n,i]*sum(x[n,i], i), i)"
    assert statement(f"y[n] = {right}", **SCALARS) == "x.sum(axis=1) * x.sum(axis=1)"
