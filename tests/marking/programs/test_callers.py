"""What a function is called with is what the derived function takes, and what the forward pass computes besides."""

import numpy as np
import pytest

import derive
from derive.checking.points import points
from derive.checking.verify import arguments
from derive.marking.programs.callers import call_of

ABSTRACT = derive.load("rnn", f="f")


@pytest.mark.parametrize("layer", ["rnn", "conv1d", "dropout", "lstm", "embedding", ABSTRACT], ids=str)
def test_given_are_the_arguments_of_the_derived_function(layer: object) -> None:
    derivation = derive.gradients(layer)  # type: ignore[arg-type]
    point = points(derivation.layer)[0]
    call = call_of(derivation.layer, point)
    wanted = arguments(derivation.layer, point)
    assert {*call.given, *call.functions} == wanted.keys()
    for name, value in call.given.items():
        np.testing.assert_array_equal(value, wanted[name])
    for name, text in call.functions.items():
        x = np.linspace(-1, 1, 5)
        np.testing.assert_array_equal(eval(text, {"np": np, "x": x}), wanted[name](x))


def test_offered_are_forward_values_over_their_declared_range_and_sizes() -> None:
    derivation = derive.gradients("rnn")
    point = points(derivation.layer)[0]
    call = call_of(derivation.layer, point)
    forward = derivation.function()(**call.given)
    for name in ("h", "a", "y"):
        np.testing.assert_allclose(call.offered[name], forward[name], rtol=1e-12)
    assert call.offered["T"] == point.sizes["T"] and not call.offered.keys() & call.given.keys()


def test_single_numbers_are_pythons() -> None:
    derivation = derive.gradients("dropout")
    call = call_of(derivation.layer, points(derivation.layer)[0])
    assert type(call.given["p"]) is float
