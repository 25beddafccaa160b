"""A name without a meaning: what was probably meant."""

import pytest

from derive.marking.written.meaning import like
from tests.marking.answers import line


@pytest.mark.parametrize(
    ("layer", "text", "message", "column", "hint"),
    [
        ("rnn", "dz = y - targt", "unknown name targt", 10, "did you mean target?"),
        ("rnn", "dx = da @ Wx", "unknown name Wx", 11, "did you mean W_x?"),
        ("rnn", "da = dh_t", "unknown name dh_t", 6, "an index stands in square brackets: dh[t]"),
        ("rnn", "da = δh", "unknown name deltah", 6, "did you mean dh?"),
        ("rnn", "da = dh*h_0", "unknown name h_0", 9, "an index stands in square brackets: h[0]"),
        ("embedding", "dW = dtok", "there is no gradient dtok: tok holds whole numbers", 6, ""),
        ("lstm", "do = dy*tanh(c)", "unknown name dy", 6, "the gradient that arrives from above is dh_up"),
        ("rnn", "s = qqq\ndz = s + s", "s is a name of your own, and its line 1 could not be read", 6, ""),
    ],
)
def test_unknown_names(layer: str, text: str, message: str, column: int, hint: str) -> None:
    found = line(layer, text).error
    assert found is not None
    assert (found.message, found.column, found.hint) == (message, column, hint)


def test_names_that_differ_in_spelling_only() -> None:
    known = {"W_h": 1, "x": 2}
    assert (like("wh", known), like("x", known), like("W_x", known)) == ("W_h", "", "")
