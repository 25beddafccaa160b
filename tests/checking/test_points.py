"""Test points: sizes that cannot hide a mistake, values in range and clear of kinks."""

from __future__ import annotations

import numpy as np
import pytest

from derive.checking.points import PointError, point, points
from derive.checking.sizes import choose_sizes
from derive.language.load import layer, load


def test_every_value_is_random_and_none_is_zero():
    system = load("rnn")
    at = point(system, choose_sizes(system, 5, 0))
    for array in at.inputs.values():
        assert (np.abs(array) >= 0.2).all() and (array.size < 3 or np.unique(array).size > 1)


def test_upstream_gradients_are_given_for_outputs():
    system = load("linear")
    at = point(system, choose_sizes(system, 5, 0))
    assert at.upstream["y"].shape == (at.sizes["N"], at.sizes["O"]) and (at.upstream["y"] != 0).all()


def test_integers_are_in_range_and_repeat():
    system = load("embedding")
    for at in points(system):
        tokens = at.inputs["tok"]
        (axis, _) = system.tensors["W"].axes
        assert tokens.min() >= int(axis.low) and tokens.max() < int(axis.low) + at.sizes["V"]
        assert len(np.unique(tokens)) < tokens.size


def test_integers_that_are_compared_or_shifted_stay_in_range():
    system = layer(
        indices="n:N  t=1..T  v=0..V",
        inputs="tok[n] len[n] x[t]",
        integers="tok len",
        params="E[v]",
        outside="E = 0",
        equations="y[n] = E[tok[n]+1]*sum([t <= len[n]]*x[t], t)",
        output="y",
    )
    for at in points(system):
        assert at.inputs["tok"].min() >= -1 and at.inputs["tok"].max() <= at.sizes["V"] - 1
        assert at.inputs["len"].min() >= 1 and at.inputs["len"].max() <= at.sizes["T"]


def test_what_is_assumed_holds():
    system = load("cross_entropy")
    for at in points(system):
        assert (at.inputs["target"] > 0).all()
        np.testing.assert_allclose(at.inputs["target"].sum(axis=1), 1.0, rtol=1e-14)


def test_an_assumption_over_the_first_axis_with_a_right_side_that_varies():
    system = layer(
        indices="n:N  o:O", inputs="w[o,n] c[n]", equations="y[n] = sum(w[o,n]**2, o)", output="y",
        assume="sum(w[o,n], o) = c[n]",
    )  # fmt: skip
    for at in points(system):
        np.testing.assert_allclose(at.inputs["w"].sum(axis=0), at.inputs["c"], rtol=1e-13)


def test_a_mask_has_zeros_and_ones():
    for at in points(load("dropout")):
        assert set(at.inputs["m"].flat) == {0.0, 1.0}


def test_an_assumption_that_nobody_can_make_true_is_refused():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = x[n]", output="y", assume="x[n]**3 = x[n]")
    with pytest.raises(PointError, match=r"x\[n\]\*\*3"):
        points(system)


def test_values_stay_clear_of_kinks_ties_and_jumps():
    system = layer(
        indices="n:N  o:O", inputs="x[n,o] w[o]",
        equations="a[n,o] = relu(x[n,o]*w[o] - 1)\ny[n] = max(x[n,o], o) + sum([x[n,o] > w[o]], o)*sum(a[n,o], o)",
        output="y",
    )  # fmt: skip
    for at in points(system):
        x, w = at.inputs["x"], at.inputs["w"]
        gaps = np.sort(x, axis=1)
        nearest = min(np.abs(x * w - 1).min(), np.abs(x - w).min(), (gaps[:, -1] - gaps[:, -2]).min())
        assert at.margin == pytest.approx(nearest) and nearest > 1e-3


def test_arguments_of_logarithms_are_positive():
    system = layer(
        indices="n:N", inputs="x[n] z[n]", equations="a[n] = x[n]*z[n]\ny[n] = log(a[n]) + x[n]**0.5", output="y"
    )
    for at in points(system):
        assert (at.inputs["x"] > 0).all() and (at.inputs["x"] * at.inputs["z"] > 0).all()


def test_a_layer_that_is_never_defined_is_refused():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = log(-x[n]**2)", output="y")
    with pytest.raises(PointError, match="found no values"):
        points(system)


def test_probabilities_need_only_be_positive():
    system = layer(
        indices="n:N  k:K", inputs="z[n,k] t[n,k]",
        equations="p[n,k] = softmax(9*z[n,k], k)", loss="-sum(t[n,k]*log(p[n,k]), n, k)",
    )  # fmt: skip
    for at in points(system):
        assert (at.inputs["z"] < 0).any() and np.isfinite(at.forward["loss"].array).all()


def test_values_that_overflow_are_not_taken():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = exp(999 + x[n])", output="y")
    with pytest.raises(PointError):
        points(system)


def test_what_is_too_large_to_check_is_told():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = x[n]", output="y", assume="N >= 10**9")
    with pytest.raises(PointError, match="x would have 1000000000 elements"):
        points(system)


def test_arguments_stay_where_functions_have_a_slope():
    system = layer(
        indices="n:N  i,k:H", inputs="x[n,i]", params="W[i,k]",
        equations="y[n,i] = tanh(20*sum(W[i,k]*x[n,k]**3, k))", output="y",
    )  # fmt: skip
    for at in points(system):
        assert np.abs(at.forward["y"].array).max() < 1.0 - 1e-11
        assert all((array != 0).all() for array in at.inputs.values())


def test_values_may_be_spread_further():
    system = load("hardswish")
    sizes = choose_sizes(system, 3, 0)
    near, far = (max(abs(point(system, sizes, 0, spread).inputs["x"]).flat) for spread in (1.0, 4.0))
    assert near < 1.3 and 3.0 < far < 5.0
