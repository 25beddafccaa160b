"""Trees: their parts, their axes, and their simplest writing."""

from fractions import Fraction

import pytest

from derive.forms import matrix_tree as M
from derive.forms.matrix_build import axis_names, matmul, silenced, times, total, transposed
from derive.language.expr import Index, Num
from derive.language.integers import index_symbol, size_symbol

ROW, COL, SAMPLE, TIME = (Index(n, 1, size_symbol(n.upper())) for n in "ijnt")
A = M.Tensor("A", (), (ROW, COL))
B = M.Tensor("B", (), (COL, ROW))
X = M.Tensor("x", (TIME.symbol, SAMPLE.symbol), (ROW,))
U, V = M.Tensor("u", (), (ROW,)), M.Tensor("v", (), (COL,))
HALF = M.Scalar(Num(Fraction(1, 2)))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (A, "A.T"),
        (M.Transpose(A), "A"),
        (M.MatMul((A, M.Transpose(A))), "A @ A.T"),
        (M.MatMul((A, M.Diag(V), B)), "B.T @ diag(v) @ A.T"),
        (M.Outer(U, V), "outer(v, u)"),
        (M.Times((HALF, A)), "1/2*A.T"),
        (M.Times((A, A)), "(A*A).T"),
        (M.Total("sum", (TIME,), M.Outer(X, V)), "sum(outer(v, x[t,n]), t)"),
        (M.Plus((A, A)), "(A + A).T"),
    ],
)
def test_transposes_are_few(matrix, expected):
    assert str(transposed(matrix)) == expected
    assert transposed(matrix).axes == matrix.axes[::-1]


def test_products_and_sums_are_flat():
    assert times(HALF, times(U, U)) == M.Times((HALF, U, U))
    assert times(U) == U
    assert matmul(matmul(A, B), matmul(A, V)) == M.MatMul((A, B, A, V))
    assert total("sum", (TIME,), total("sum", (SAMPLE,), X)) == M.Total("sum", (TIME, SAMPLE), X)
    assert total("sum", (), X) == X
    assert str(total("max", (TIME,), total("max", (SAMPLE,), X))) == "max(max(x[t,n], n), t)"


def test_an_index_that_is_not_printed_is_still_there():
    quiet = silenced(M.MatMul((A, M.Tensor("x", (index_symbol("n"),), (COL,)))), frozenset({SAMPLE.symbol}))
    assert str(quiet) == "A @ x"
    assert str(silenced(quiet, frozenset())) == "A @ x[n]"


def test_axes_go_by_the_names_they_were_declared_with():
    tensor = M.Tensor("W", (), (COL, ROW), ("p", "q"))
    assert axis_names(M.Transpose(tensor)) == ("q", "p")
    assert str(M.Total("sum", (ROW,), tensor)) == "sum(W, q)"
    assert str(M.Whole("softmax", M.Plus((tensor, B)), COL)) == "softmax(W + B, p)"
