"""A gradient that rests on a wrong one is right given that, if it is computed rightly from it."""

import numpy as np
import pytest

from derive.marking.programs.apart.program import called, loaded
from derive.marking.programs.callers import call_of
from derive.marking.programs.functions import mark_returned
from derive.marking.record import Marking
from tests.marking.program_texts import ground, verdicts

RNN = """
import numpy as np
def backward(x, h, h0, W_x, W_h, W_y, y, target):
    T, N, H = h.shape
    dy = 2 * (y - target)
    da, dh, carry = np.zeros_like(h), np.zeros_like(h), np.zeros((N, H))
    for t in reversed(range(T)):
        dh[t] = dy[t] @ W_y {sign} carry
        da[t] = dh[t] * (1 - h[t]**2)
        carry = da[t] @ W_h
    before = np.concatenate([h0[None], h[:-1]])
    dW_h, dW_x = np.einsum("tni,tnk->ik", da, before), np.einsum("tni,tnk->ik", da, x)
    found = {{"dW_h": dW_h, "dW_x": dW_x, "da": da, "dh": dh}}
    return {{name: found[name] for name in {names}}}
"""


def marked(sign: str, names: tuple[str, ...]) -> Marking:
    function = loaded(RNN.format(sign=sign, names=names).encode())
    calls = [call_of(ground("rnn").system, place.point) for place in ground("rnn").places]
    return mark_returned(ground("rnn"), [called(function, c.given, c.offered) for c in calls])


def test_all_of_it_right() -> None:
    assert marked("+", ("dW_h", "dW_x", "da", "dh")).ok


def test_results_follow_from_a_wrong_intermediate() -> None:
    found = verdicts(marked("-", ("dW_h", "dW_x", "da")))
    assert found == {"dW_h": "follows", "dW_x": "follows", "da": "wrong"}


def test_without_the_intermediate_all_are_wrong_and_explained() -> None:
    found = marked("-", ("dW_h", "dW_x"))
    assert verdicts(found) == {"dW_h": "wrong", "dW_x": "wrong"}
    assert {line.mistakes[0].gradient for line in found.lines} == {"dh"}


def test_what_does_not_follow_is_wrong_by_itself() -> None:
    places = ground("rnn").places
    found = [
        {"da": np.zeros_like(p.true("da").array[..., 0]), "dW_h": np.ones_like(p.true("dW_h").array[..., 0])}
        for p in places
    ]
    assert set(verdicts(mark_returned(ground("rnn"), found)).values()) == {"wrong"}


@pytest.mark.parametrize("names", [("dh", "da"), ("da", "dh")])
def test_the_first_wrong_one_is_blamed(names: tuple[str, ...]) -> None:
    found = verdicts(marked("-", names))
    assert found["dh"] == "wrong" and found["da"] == "follows"
