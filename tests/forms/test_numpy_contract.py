"""Sums of products: matrix products where the axes stand right for them."""

import pytest

from derive.calculus.sweep import derive
from derive.forms.numpy_code import code
from derive.language.load import load
from tests.forms.forward import statement, statements

MATRICES = {"indices": "i,j:N  k:K  n:S", "inputs": "A[i,k]  B[k,j]  C[j,k]  v[k]  u[i]  X[n,i,k]  Y[n,k,j]"}


@pytest.mark.parametrize(
    ("equation", "code"),
    [
        ("y[i,j] = sum(A[i,k]*B[k,j], k)", "A @ B"),
        ("y[i,j] = sum(A[i,k]*C[j,k], k)", "A @ C.T"),
        ("y[j,i] = sum(A[i,k]*C[j,k], k)", "C @ A.T"),
        ("y[i] = sum(A[i,k]*v[k], k)", "A @ v"),
        ("y[k] = sum(A[i,k]*u[i], i)", "A.T @ u"),
        ("y = sum(v[k]*v[k], k)", "(v * v).sum()"),
        ("y[i,j] = 2*sum(A[i,k]*B[k,j], k)", "2 * (A @ B)"),
        ("y[i,j] = sum(v[k]*A[i,k]*B[k,j], k)", "v * A @ B"),
        ("y[n,i,j] = sum(X[n,i,k]*Y[n,k,j], k)", "X @ Y"),
        ("y[n,i,j] = sum(X[n,i,k]*X[n,j,k], k)", "X @ X.transpose(0, 2, 1)"),
        ("y[n,i] = sum(X[n,i,k]*X[n,i,k]*v[k], k)", 'np.einsum("nik,nik->ni", X * v, X)'),
        ("y[n,i,j] = sum(X[n,i,k]*C[j,k], k)", 'np.einsum("jk,nik->nij", C, X, optimize=True)'),
        ("y[i,k] = sum(X[n,i,k]*u[i], n)", "u[:, None] * X.sum(axis=0)"),
        ("y[i] = sum([k < i]*A[i,k]/v[k], k)", None),
    ],
)
def test_the_product_a_person_would_write(equation: str, code: str | None) -> None:
    if code is None:
        assert statements(equations=equation, **MATRICES)[-1] == "y = np.where(mask, A / v, 0).sum(axis=1)"
    else:
        assert statement(equation, **MATRICES) == code


def test_a_mask_over_other_axes_is_a_factor_of_its_own() -> None:
    lines = statements(equations="y[n] = sum([k < i]*X[n,i,k]*v[k]*u[i], i, k)", **MATRICES)
    assert lines[0].startswith("mask = np.arange(1, K + 1) < np.arange(")
    assert len(lines) == 2


def test_a_loop_finds_its_matrices_turned_round() -> None:
    lines = statements(
        indices="t=1..T  n:N  i,k:H", inputs="W[i,k]  x[t,n,i]",
        equations="y[0,n,i] = 0\ny[t,n,i] = sum(W[i,k]*y[t-1,n,k], k) + x[t,n,i]",
    )  # fmt: skip
    assert lines.index("W_T = np.ascontiguousarray(W.T)") == lines.index("for t in range(1, T + 1):") - 1
    assert sum("@ W_T" in line for line in lines) == 1


def test_windows_are_copied_once_and_used_again() -> None:
    text = "\n".join(
        statements(
            indices="p:P  u=0..K-1  i:L", sizes="P = L - K + 1", inputs="x[i]  w[u]  g[p]",
            equations="a[p] = sum(w[u]*x[p+u], u)\ny[u] = sum(g[p]*x[p+u], p)*sum(a[p], p)",
        )
    )  # fmt: skip
    assert text.count("windows(x") == 1
    assert text.count("np.ascontiguousarray") == 1
    assert text.count("x_columns") == 3  # made and used twice


def test_in_fused_code_a_product_of_matrices_copies_its_windows_itself() -> None:
    plain, fused = (code(derive(load("conv2d")).backward, ["dW"], fused=fused).source for fused in (False, True))
    assert "x_columns = np.ascontiguousarray(" in plain and "x_columns = operand(" in fused
    grouped = code(derive(load("conv2d", grouped="true")).backward, ["dW"], fused=True).source
    assert "x_columns = contiguous(" in grouped
