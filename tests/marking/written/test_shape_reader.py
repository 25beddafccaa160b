"""What does not fit is said in shapes, with the transpose that would."""

import pytest

from derive.language.expr import Index
from derive.language.integers import size_symbol
from derive.marking.written.shape_reader import named_axes, shape_text
from tests.marking.answers import error, line

N, H = size_symbol("N"), size_symbol("H")


@pytest.mark.parametrize(
    ("layer", "text", "parts"),
    [
        ("linear", "dx = W @ x", ("W has shape (O, I), x has shape (N, I)", "did you mean x @ W.T?")),
        ("linear", "dx = dy @ W.T", ("dy has shape (N, O), W.T has shape (I, O)", "did you mean dy @ W?")),
        ("linear", "dW = dy @ x", ("dy has shape (N, O), x has shape (N, I)", "did you mean dy.T @ x?")),
        ("linear", "dx = W.T @ dy", ("W.T has shape (I, O), dy has shape (N, O)", "did you mean dy @ W?")),
        ("rnn", "u[o,i,k] = W_y[o,i]*W_h[i,k]\nv = da @ u", ("(T, N, H), u has shape (O, H, H)", "the axes before")),
        ("linear", "db = dy*x", ("these do not fit entry by entry", "dy has shape (N, O), x has shape (N, I)")),
        ("linear", "db = 2 @ x", ("has shape ()", "@ needs an axis on each side")),
        ("attention", "dV = p.T @ dy", (".T turns all axes around", "for each n, with p[n].T")),
        ("linear", "db[o] = dy[n,o]", ("index n is free", "sum over n? sum(dy[n,o], n); or name it on the left")),
        ("rnn", "db_h[i] = sum(da[t,n,i], t)", ("index n is free", "sum over n? sum(da[t,n,i],t, n);")),
        ("conv1d", "dx[n,c,i] = dy[n,1,(i+q)/s]", ("not an index expression", "is written //")),
        ("linear", "db[o] = dy[n,o] + b[o]", ("index n is free", "sum over n? sum(..., n)")),
    ],
)
def test_errors_name_shapes(layer: str, text: str, parts: tuple[str, str]) -> None:
    said = error(layer, text)
    assert all(part in said for part in parts), said


def test_the_caret_stands_under_what_does_not_fit() -> None:
    found = line("linear", "dx = b + W @ x").error
    assert found is not None and found.column == 14


def test_the_transpose_of_a_vector_is_no_row() -> None:
    said = error("rnn", "dW_h = Σ_t Σ_n da[t,n]·h[t-1,n]ᵀ")
    assert "the transpose of a vector is the same vector" in said
    assert said.endswith("an outer product is written outer(da[t,n], h[t-1,n])")


def test_shapes_in_sizes() -> None:
    axes = [Index("n", 1, N), Index("u", 0, 2 * H - 1)]
    assert [shape_text(axes[:k]) for k in range(3)] == ["()", "(N,)", "(N, 2*H)"]


def test_nameless_axes_get_names_of_their_own() -> None:
    axes = [Index("i~1", 1, H), Index("i~2", 1, H), Index("n~3", 1, N)]
    assert [a.name for a in named_axes(axes, {"n"})] == ["i", "i_2", "n_2"]
