"""What the language does not read is refused under the person's own character, with what would be right."""

import pytest

from derive.marking.written.refusals import MAX_PRODUCTS
from tests.marking.answers import refused


@pytest.mark.parametrize(
    ("text", "message", "column", "hint"),
    [
        ("dz = 2y", "a sign is missing between 2 and y", 7, "did you mean 2*y?"),
        ("dz = y target", "a sign is missing between y and target", 8, "the matrix product y @ target?"),
        ("dz = (y)(z)", "a sign is missing between (...) and (...)", 9, "did you mean"),
        ("da = (dh)[a > 0]", "a sign is missing between (...) and [...]", 10, "as in [x > 0]*x"),
        ("dh = da[t].T (h)", "a sign is missing between da[...].T and (...)", 14, "da[...].T @ (...)"),
        ("dh = h_{t-1}", "subscripts in braces are not read", 6, "did you mean h[t-1]?"),
        ("da = W_{h} @ h", "subscripts in braces are not read", 6, "did you mean W_h?"),
        ("da = δ_{ijk}*h", "subscripts in braces are not read", 6, "did you mean [i == j]?"),
        ("dW_{hh} = 3", "subscripts in braces are not read", 1, "did you mean dW_h?"),
        ("dz = \\frac{1}{2}", "unexpected '\\\\'", 6, "this is not read as TeX"),
        ("dz = |y|", "unexpected '|'", 6, "abs(x)"),
        ("db_y = (dz*y).sum(axis=0)", "unknown .sum", 15, "name the index"),
        ("db_y = sum(dz*y, axis=0)", "axis= has no meaning in the language", 18, "name the index"),
        ("dx = da.dot(W_x)", "unknown .dot", 9, "a matrix product is written da @ ..."),
        ("dx = np.dot(da, W_x)", "unknown function dot", 9, "a @ b"),
        ("da = np.where(a > 0, dh, 0)", "unknown function where", 9, "[x > 0]*a"),
        ("dh = dz for t", "'for' is not a word of the language", 9, "dh[T]"),
        ("dh = dz if t", "'if' is not a word of the language", 9, "[t < T]"),
        ("dW_h = dh.reshape(2)", "unknown .reshape", 11, "dh[n,i]"),
    ],
)
def test_refusals(text: str, message: str, column: int, hint: str) -> None:
    found = refused("rnn", text)
    assert (found.message, found.column) == (message, column)
    assert hint in found.hint


def test_matrix_products_have_a_bound() -> None:
    assert "matrix products" in refused("rnn", "dW_h = " + "@".join(["W_h"] * (MAX_PRODUCTS + 2))).message
