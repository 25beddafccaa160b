"""What a line reads beyond a range: nothing past the end of a recurrence, and told everywhere else."""

import pytest

from derive.marking.written.boundaries import recurrent_ranges
from tests.marking.answers import answer, apart, derivation, is_right, line


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("rnn", "dh[t] = dz[t] @ W_y + da[t+1] @ W_h"),
        ("rnn", "dh[T] = dz[T] @ W_y + da[T+1] @ W_h"),
        ("rnn", "dh[t,n,i] = sum(dz[t,n,o]*W_y[o,i], o) + sum(W_h[k,i]*(1 - h[t+1,n,k]**2)*dh[t+1,n,k], k)"),
        ("rnn", "dh[t-1] = da[t] @ W_h + dz[t-1] @ W_y"),
        ("rnn", "dW_h = sum(da[t+1].T @ h[t], t) + da[1].T @ h0"),
        ("rnn", "dW_h = Σ_{t=0}^{T} da[t].T @ h[t-1]"),
        ("rnn", "dW_h = sum(da[t+2].T @ h[t+1], t) + da[2].T @ h[1] + da[1].T @ h0"),  # with T = 1 too
        ("lstm", "dc[t] = dh[t]*o[t]*(1 - tanh(c[t])**2) + dc[t+1]*f[t+1]"),
        ("lstm", "dc[t] = f[t+1]*(dc[t+1] + 0*dc[t+1]) + dh[t]*o[t]*(1 - tanh(c[t])**2)"),
        ("birnn", "dr[t,n,i] = sum(de[t-1,n,k]*V_r[k,i], k) + dy[t,n,i+H]"),
        ("birnn", "dr[T+1,n,i] = sum(de[T,n,k]*V_r[k,i], k)"),
        ("stacked_rnn", "dh[l,t] = da[l+1,t] @ W_x[l+1] + da[l,t+1] @ W_h[l] + [l == M]*dy[t]"),
        ("rnn", "dh[t] = dz[t] @ W_y + (1 - [t == T])*((1 - h[t+1]**2)*dh[t+1]) @ W_h"),
        ("glu", "dx[n,j] = [j <= D]*dy[n,j]*s[n,j] + (1 - [j <= D])*ds[n,j-D]*s[n,j-D]*(1 - s[n,j-D])"),
        ("conv1d", "dW[o,c,u] = sum(dy[n,o,p]*x[n,c,s*p+d*u-q], n, p)"),
    ],
)
def test_what_is_past_the_end_counts_as_nothing(layer: str, text: str) -> None:
    assert is_right(layer, text)


def test_base_cases_lie_inside() -> None:
    assert str(line("rnn", "dW_h = sum(da[t].T @ h[t-1], t)").right).count("[") == 2  # no guard beside h[0]
    assert line("rnn", "dh0 = dh[0]").remark == ""


def test_it_is_said_that_something_was_taken_to_be_zero() -> None:
    assert line("rnn", "dh[t] = dz[t] @ W_y + da[t+1] @ W_h").remark == "`da[t+1,n,k]` past the end is taken to be 0"


def test_a_read_that_nothing_guards_is_told_with_its_guard() -> None:
    text = "dx[n,c,i] = sum(dy[n,o,i+q-d*u]*W[o,c,u], o, u)"
    found = line("conv1d", text)
    assert found.error is not None and found.right is None and found.left is not None
    guard = "[i+q-d*u >= 0, i+q-d*u <= P-1]"
    assert found.error.message == (
        "dy[n,o,i+q-d*u] is read outside the range of dy, where i+q-d*u < 0 or i+q-d*u > P-1"
    )
    assert found.error.column == text.index("dy[") + 1
    assert found.error.hint == f"if nothing is there, say so: {guard}*dy[n,o,i+q-d*u]"
    assert str(found.unguarded) == f"sum({guard}*dy[n,o,i+q-d*u]*W[o,c,u], o, u)"


def test_with_its_guard_the_value_can_be_compared() -> None:
    text = "dx[n,c,i] = sum([(i+q-d*u) % s == 0]*dy[n,o,(i+q-d*u)//s]*W[o,c,u], o, u)"  # right but for the range
    found = answer("conv1d", text)
    assert found.lines[0].error is not None
    assert apart("conv1d", found, found.lines[0], found.lines[0].unguarded) < 1e-9


@pytest.mark.parametrize(
    ("layer", "text", "message"),
    [
        ("rnn", "dh[t,n,i] = dz[t,n,1]*h[t+1,n,i]", "h[t+1,n,i] is read outside the range of h, where t+1 > T"),
        ("linear", "dx[n,i] = sum(dy[n,i]*W[o,i], o)", "i = 1..I does not fit this axis of dy: o = 1..O"),
        ("linear", "dW[0,i] = sum(dy[n,1]*x[n,i], n)", "dW has no place 0 here: o = 1..O"),
        ("linear", "db[o] = sum(dy[n+1,o], n)", "dy[n+1,o] is read outside the range of dy, where n+1 > N"),
    ],
)
def test_other_reads_outside_are_errors(layer: str, text: str, message: str) -> None:
    found = line(layer, text).error
    assert found is not None and found.message == message


def test_the_person_s_own_names_vanish_where_gradients_do() -> None:
    assert is_right("rnn", "g[t] = dh[t]*(1 - h[t]**2)\ndh[t] = dz[t] @ W_y + g[t+1] @ W_h")
    assert is_right("rnn", "s[t] = 1 - h[t]**2\ndh[t] = dz[t] @ W_y + (s[t+1]*dh[t+1]) @ W_h")
    found = line("rnn", "s[t] = 1 - h[t]**2\ndh[t] = dz[t] @ W_y + s[t+1] @ W_h").error
    assert found is not None and found.message == "s[t+1,n,k] is read outside the range of s, where t+1 > T"


@pytest.mark.parametrize(("layer", "ends"), [("rnn", {"T"}), ("stacked_rnn", {"M", "T"}), ("linear", set())])
def test_the_ranges_over_which_a_layer_recurs(layer: str, ends: set[str]) -> None:
    assert {str(high) for _, high in recurrent_ranges(derivation(layer).system)} == ends
