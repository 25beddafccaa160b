"""A line in index form: the axes of its value are those of the gradient, or the value has another shape."""

import pytest

from derive.language.expr import ZERO
from derive.language.traverse import bound_at, walk
from derive.marking.written.lines import MAX_INDICES
from tests.marking.answers import error, is_right, line


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("linear", "dW = dy.T @ x"),
        ("linear", "dW = (x.T @ dy).T"),
        ("linear", "dW[o] = sum(dy[n,o]*x[n], n)"),
        ("linear", "dW[o,i] = sum(dy[n,o]*x[n,i], n)"),
        ("linear", "dW[i,n] = sum(dy[b,i]*x[b,n], b)"),  # letters of one's own, declared as other indices
        ("linear", "dx[n] = W.T @ dy[n]"),
        ("linear", "dW = Σ_n outer(dy[n], x[n])"),
        ("linear", "dW = Σ_n dy[n] @ x[n]ᵀ"),  # columns, as textbooks have them
        ("rnn", "dW_h = Σ_t Σ_n da[t,n] @ h[t-1,n]ᵀ"),  # both vectors of one size: the shape of W_h asks for it
        ("softmax", "dz[n,i] = y[n,i]*(dy[n,i] - dy[n] @ y[n].T)"),  # a number, as NumPy has it
        ("rnn", "dh[0] = da[1] @ W_h"),
        ("rnn", "dh[T,n,i] = sum(dz[T,n,o]*W_y[o,i], o)"),
        ("rnn", "dl = 1"),
        ("birnn", "dr[T+1] = de[T] @ V_r"),
    ],
)
def test_values_of_the_right_shape(layer: str, text: str) -> None:
    assert is_right(layer, text)


@pytest.mark.parametrize(
    ("layer", "text", "axes", "right"),
    [
        ("linear", "dW = x.T @ dy", "I O", "sum(x[n,i]*dy[n,o], n)"),
        ("linear", "dW[i,o] = sum(dy[n,o]*x[n,i], n)", "I O", "sum(dy[n,o]*x[n,i], n)"),
        ("linear", "db = dy", "N O", "dy[n,o]"),
        ("linear", "db[n,o] = dy[n,o]", "N O", "dy[n,o]"),
        ("linear", "dW[o] = sum(dy[n,o]*x[n,i], n, i)", "O", "sum(dy[n,o]*x[n,i], n, i)"),
        ("rnn", "dl[n,t] = y[t,n,1]", "N T", "y[t,n,1]"),
        ("rnn", "dh[t] = da[t].T", "T H N", "da[t,n,i]"),
    ],
)
def test_values_of_another_shape_keep_their_axes(layer: str, text: str, axes: str, right: str) -> None:
    found = line(layer, text)
    assert found.left is None and found.error is None
    assert " ".join(str(axis.extent) for axis in found.axes) == axes
    assert str(found.right) == right


def test_a_fixed_place_of_another_shape_is_an_error() -> None:
    assert "this has shape (H, D), and dh[0] has shape (N, H)" in error("rnn", "dh[0] = W_x")


def test_a_value_with_fewer_axes_is_spread_and_it_is_said() -> None:
    found = line("linear", "dW = sum(x, n)")
    assert str(found.left) == "dW[o,i]"
    assert found.remark == "this has shape (I,), and dW has shape (O, I): it is taken to be the same for every o"


def test_the_index_of_a_line_is_not_taken_for_an_axis_left_out() -> None:
    assert "index o is free" in error("linear", "dW = dy[1,o]*x")


def test_indices_that_meet_have_a_bound() -> None:
    def summed(count: int) -> str:
        letters = [f"n{k}" for k in range(count)]
        return f"dW[o,i] = sum({'*'.join(f'x[{n},i]' for n in letters)}*dy[1,o], {', '.join(letters)})"

    assert line("linear", summed(MAX_INDICES - 2)).error is None
    assert "more than 10 indices at one place" in error("linear", summed(MAX_INDICES - 1))


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("dW_h = Σ_{t=0}^{T-1} da[t+1].T @ h[t]", "0..T"),
        ("dW_h = Σ_{t=2}^{T} da[t].T @ h[t-1] + da[1].T @ h0", "1..T"),
        ("dW_h = Σ_{t=2}^{T+1} da[t-1].T @ h[t-2]", "1..T + 1"),
        ("dW_h = Σ_{t=1}^{T} da[t].T @ h[t-1]", "1..T"),
        ("dW_h = Σ_{m=1}^{T} da[m].T @ h[m-1]", "1..T"),
    ],
)
def test_sums_within_limits_of_their_own(text: str, high: str) -> None:
    assert is_right("rnn", text)
    (index,) = {i for node in walk(line("rnn", text).right or ZERO) for i in bound_at(node) if i.name[0] in "tm"}
    assert f"{index.low}..{index.high}" == high


def test_a_sum_that_may_run_over_nothing_known_is_refused() -> None:
    assert "this sum may run over nothing" in error("rnn", "dW_h = Σ_{m=3}^{T} da[m].T @ h[m-1]")
