"""What a line may be about."""

import pytest

from tests.marking.answers import answer, line


@pytest.mark.parametrize(
    ("layer", "text", "message", "hint"),
    [
        ("linear", "dy = 1", "dy is given: it arrives from above, and is not for you to derive", ""),
        ("lstm", "dh_up = 1", "dh_up is given: it arrives from above, and is not for you to derive", ""),
        ("rnn", "h[t] = tanh(a[t])", "h is a tensor of the layer", "a gradient, such as dh"),
        ("rnn", "T = 3", "T is a size of the layer", "another name"),
        ("rnn", "k = 3", "k is an index of the layer", "another name"),
        ("rnn", "sum = 3", "sum is a function", "another name"),
        ("rnn", "dWh = 3", "unknown gradient dWh", "did you mean dW_h?"),
        ("rnn", "da_t = 3", "unknown gradient da_t", "da[t]"),
        ("embedding", "dtok = 3", "there is no gradient dtok: tok holds whole numbers", ""),
    ],
)
def test_names_that_a_line_cannot_be_about(layer: str, text: str, message: str, hint: str) -> None:
    found = line(layer, text).error
    assert found is not None and found.message == message and found.column == 1
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("dz = dy\ndz[t,n,o] = dy[t,n,o]", True),
        ("dh[0] = da[1] @ W_h\ndh[0,n,i] = 0", True),
        ("dh[t] = dz[t] @ W_y\ndh[T] = dz[T] @ W_y\ndh[0] = 0", False),
        ("u = dz\nu[t] = dz[t]", True),
        ("dz = nonsense\ndz = dy", False),  # the first could not be read
    ],
)
def test_a_place_is_said_once(text: str, repeated: bool) -> None:
    found = line("rnn", text).error
    assert (found is not None and found.message.endswith("is on line 1 already")) == repeated


def test_a_repeated_line_spoils_nothing_else() -> None:
    found = answer("rnn", "u = dz\nu = 2*dz\ndy = u\ndx = u @ W_y @ W_x")
    assert [one.error is None for one in found.lines] == [True, False, True, True]


def test_the_name_of_an_option_may_be_taken() -> None:
    found = answer("rnn", "f = 2*dh\ndz = f'(a)\nda = f/2*(1 - h**2)")
    assert [one.error is None for one in found.lines] == [True, False, True]
