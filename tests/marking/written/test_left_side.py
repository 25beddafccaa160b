"""The left side: a name with indices, or with fixed places."""

import pytest

from derive.language.errors import Fragment, LayerError
from derive.language.scope import scope_of
from derive.marking.written.left_side import LeftSide, left_side
from tests.marking.answers import derivation


def read(text: str) -> LeftSide:
    return left_side(Fragment.of(text), scope_of(derivation("rnn").backward))


@pytest.mark.parametrize(
    ("text", "name", "places", "fixed"),
    [
        ("dW_h", "dW_h", (), False),
        ("dW_h[p,q]", "dW_h", ("p", "q"), False),
        ("dh[T,n,i]", "dh", ("T", "n", "i"), True),
        ("dh[0]", "dh", ("0",), True),
        ("da[T+1,n,i]", "da", ("T + 1", "n", "i"), True),
        ("delta[t-1]", "delta", ("t",), False),
    ],
)
def test_places(text: str, name: str, places: tuple[str, ...], fixed: bool) -> None:
    found = read(text)
    assert (found.name, tuple(map(str, found.places)), found.is_fixed) == (name, places, fixed)


def test_a_shifted_index_says_by_how_much() -> None:
    assert read("dh[t-1,n,i]").shifts == {"t": -1}
    assert read("dh[t+2]").shifts == {"t": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dh[2*t]", "a place on the left is an index, or fixed"),
        ("dh[t,i,i]", "index i stands twice on the left"),
        ("dW_h.T", "the left side is a gradient, not its transpose"),
        ("dW_h + 1", "the left side is one gradient, or a name of your own"),
        ("_x[t]", "'_x' cannot be the name of a tensor"),
    ],
)
def test_what_no_line_is_about_is_refused(text: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        read(text)
    assert caught.value.message == message
