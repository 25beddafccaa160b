"""An assertion requires gradients, and says what is wrong with those that it gets."""

import pytest

import derive
from derive.marking.programs.assertion import assert_right
from tests.marking.program_texts import ground

FUNCTION = derive.gradients("linear").function()


def backward(x, W, b, dy):  # type: ignore[no-untyped-def]
    return FUNCTION(x=x, W=W, b=b, dy=dy)


def test_right_gradients_pass_and_learned_ones_are_required() -> None:
    assert_right(ground("linear").derivation, backward)
    with pytest.raises(AssertionError, match="Not given back: dW, db"):
        assert_right(ground("linear").derivation, lambda dy, W: {"dx": dy @ W})
    assert_right(ground("linear").derivation, lambda dy, W: {"dx": dy @ W}, ("x",))


def test_remarks_are_in_the_message() -> None:
    with pytest.raises(AssertionError, match="kink"):
        assert_right(ground("relu").derivation, lambda dy: {"dx": dy})
