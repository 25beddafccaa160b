import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.trial import trial
from derive.forms.function import BackwardFunction
from derive.language.load import load


@pytest.mark.parametrize("name", ["linear", "rnn", "embedding", "conv2d", "dropout", "cross_entropy"])
def test_the_code_takes_these_arguments(name):
    derived = derive(load(name))
    found = trial(derived)
    out = BackwardFunction(derived)(**found.arrays, **found.sizes)
    assert all(np.shape(out[f"d{n}"]) == np.shape(found.arrays[n]) for n in found.moved)
    assert set(found.moved) <= set(derived.wrt)


def test_what_a_layer_without_a_loss_is_given_from_above():
    assert trial(derive(load("linear"))).outputs == {"y": "dy"}
    assert trial(derive(load("rnn"))).outputs == {}


def test_functions_left_open_come_with_their_derivatives():
    found = trial(derive(load("rnn", f="f"))).functions
    assert list(found) == ["f", "f_prime"] and "np.sin" in found["f"]


def test_a_tensor_computed_inside_is_not_moved():
    assert trial(derive(load("rnn"), ("h", "W_h"))).moved == ("W_h",)
