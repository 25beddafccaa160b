"""Measurements on a recurrence."""

from __future__ import annotations

import numpy as np
import pytest

from derive.forms.measured import Setting, measurable, norms_by_distance, recurrence_of, truncation_errors
from derive.language.errors import LayerError
from derive.language.load import layer, load
from derive.language.system import System

SMALL = Setting(steps=12, units=5, others=3)


def linear(forwards: bool = True) -> System:
    """A recurrence without an activation function, running upwards or downwards."""
    base, before = ("h[0,n,i] = h0[n,i]", "t-1") if forwards else ("h[T+1,n,i] = h0[n,i]", "t+1")
    return layer(
        indices="t=1..T  n:N  i,k:H",
        inputs="x[t,n,i]  h0[n,i]",
        params="W[i,k]  b[i]",
        equations=f"{base}\nh[t,n,i] = sum(W[i,k]*h[{before},n,k], k) + x[t,n,i] + b[i]",
        output="h",
    )


@pytest.mark.parametrize("forwards", [True, False])
def test_a_linear_recurrence_multiplies_by_the_transposed_matrix_at_every_step(forwards: bool) -> None:
    recurrence = recurrence_of(linear(forwards), "h")
    norms = norms_by_distance(recurrence, SMALL, {"W": 0.1})
    assert len(norms) == 12 and norms[0] == pytest.approx(1.0)
    for here, back in zip(norms[1:], norms[2:], strict=False):
        assert back / here == pytest.approx(0.5)  # 5 units, each of 0.1: the one eigenvalue that is not 0
    assert not any(norms_by_distance(recurrence, SMALL, {"W": 0.0})[1:])


def test_the_same_seed_measures_the_same() -> None:
    recurrence = recurrence_of(load("rnn"), "h")
    first = norms_by_distance(recurrence, SMALL)
    assert first == norms_by_distance(recurrence, SMALL)
    assert first != norms_by_distance(recurrence, Setting(steps=12, units=5, others=3, seed=1))


def test_a_gate_that_is_open_lets_the_gradient_through() -> None:
    recurrence = recurrence_of(load("lstm"), "h")
    usual, opened = (norms_by_distance(recurrence, Setting(40), fixed)[-1] for fixed in ({}, {"b_f": 4.0}))
    assert usual < 1e-6 < 1e-2 < opened


def test_reaching_back_further_comes_nearer_and_all_the_way_is_exact() -> None:
    errors = truncation_errors(recurrence_of(load("rnn"), "h"), (1, 2, 4, 8, 11), SMALL)
    assert errors is not None and set(errors) == {"W_x", "W_h", "b_h"}
    for of_param in errors.values():
        assert all(nearer < further for further, nearer in zip(of_param, of_param[1:], strict=False))
        assert of_param[0] > 1e-3 and of_param[-1] < 1e-14


def test_what_recurs_by_two_steps_cannot_be_cut() -> None:
    lines = "h[t,i] = [t > 2]*h[t-2,i] + sum(W[i,k]*x[t,k], k)"
    two = layer(indices="t=1..T  i,k:H", inputs="x[t,i]", params="W[i,k]", equations=lines, output="h")
    assert truncation_errors(recurrence_of(two, "h"), (1,), SMALL) is None


def test_what_can_be_measured() -> None:
    assert measurable(load("rnn")) and not measurable(load("rnn", f="f"))
    assert not measurable(load("embedding")) and not measurable(load("rnn", ell="cross_entropy"))


@pytest.mark.parametrize(("name", "tensor"), [("rnn", "hh"), ("rnn", "x"), ("linear", "y")])
def test_what_does_not_recur_is_refused(name: str, tensor: str) -> None:
    with pytest.raises(LayerError, match=tensor):
        recurrence_of(load(name), tensor)


def test_a_parameter_that_is_not_there_is_refused() -> None:
    with pytest.raises(LayerError, match="no parameter b_g"):
        norms_by_distance(recurrence_of(load("rnn"), "h"), SMALL, {"b_g": 1.0})


def test_weights_are_drawn_between_the_roots_of_the_units() -> None:
    """With one unit and no input the gradient fades by the weight times a slope: below the weight's largest size."""
    recurrence = recurrence_of(load("rnn"), "h")
    norms = np.array(norms_by_distance(recurrence, Setting(steps=12, units=1, others=3)))
    assert (norms[1:] <= norms[:-1]).all()
