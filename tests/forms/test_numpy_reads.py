"""Reads become slices, windows or index arrays, and never leave the array."""

import pytest

from tests.forms.forward import statement, statements

AXES = {"indices": "i,k:N  j:M  n:B", "inputs": "x[i]  A[i,j]  S[i,k]  tok[n]  W[j,i]", "integers": "tok"}


@pytest.mark.parametrize(
    ("equation", "code"),
    [
        ("y[i] = x[i]", "x"),
        ("y[i] = x[N+1-i]", "x[::-1]"),
        ("y[i,j] = A[N+1-i,j]", "A[::-1]"),
        ("y[j] = A[1,j]", "A[0]"),
        ("y[i] = A[i,M]", "A[:, M - 1]"),
        ("y[j,i] = A[i,j]", "A.T"),
        ("y[i] = S[i,i]", "S[np.arange(N), np.arange(N)]"),
        ("y[n,i] = W[tok[n],i]", "W[tok - 1]"),
        ("y[n] = W[tok[n],1]", "W[:, 0][tok - 1]"),
        ("y[i,n] = S[i,tok[n]]", "S[:, tok - 1]"),
    ],
)
def test_slices_and_index_arrays(equation: str, code: str) -> None:
    assert statement(equation, **AXES) == code


def test_what_stands_outside_is_padded() -> None:
    lines = statements(
        indices="p:N  u=0..2", inputs="x[p]", outside="x = 0", equations="y[p] = max(x[p+u-1], u)"
    )  # fmt: skip
    assert lines[0] == "x_windows = windows(x, {0: (-1, (3, 1), (N, 1))}, 0.0)"
    assert lines[1] == "y = x_windows.max(axis=0)"


def test_a_read_beside_a_guard_is_kept_inside() -> None:
    right = "tanh([2*i - k >= 1, 2*i - k <= N]*x[2*i-k])"
    lines = statements(indices="i,k:N", inputs="x[i]", equations=f"y[i,k] = {right}")
    assert lines[0] == "x_windows = windows(x, {0: (0, (N, -1), (N, 2))})"
    assert lines[-1] == "y = np.tanh(np.where(mask, x_windows.T, 0))"
    gathered = statements(indices="i,k:N", inputs="x[i]", equations="y[i,k] = [(i+3*k)//2 <= N]*x[(i+3*k)//2]")[-1]
    assert "np.clip(" in gathered and ", 0, N - 1)" in gathered


def test_a_word_beside_a_guard_on_it_is_kept_inside() -> None:
    lines = statements(
        indices="n:B  v:V", inputs="tok[n]  W[v]", integers="tok", equations="y[n] = [tok[n] > 0]*W[tok[n]]"
    )  # fmt: skip
    assert lines == ["y = np.where(tok > 0, W[np.clip(tok - 1, 0, V - 1)], 0)"]
