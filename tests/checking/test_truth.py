"""True gradients are those of central differences too, under the names by which the backward pass reads them."""

from __future__ import annotations

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.forward import run
from derive.checking.points import points
from derive.checking.truth import interpreter_of, true_gradients
from derive.language.load import layer, load


@pytest.mark.parametrize("name", ["rnn", "conv2d", "maxpool1d", "cross_entropy", "embedding"])
def test_complex_step_agrees_with_central_differences(name):
    system = load(name)
    at = points(system)[0]
    wrt = [t.name for t in (*system.inputs, *system.params) if not t.integer]
    truth = true_gradients(system, at, wrt)

    def quantity(inputs):
        tensors = run(system, inputs, at.sizes)
        if system.loss is not None:
            return tensors["loss"].array[0]
        return sum((tensors[y].array[..., 0] * at.upstream[y]).sum() for y in system.outputs)

    for name in wrt:
        direction = np.random.default_rng(0).normal(size=at.inputs[name].shape)
        ends = [quantity({**at.inputs, name: at.inputs[name] + sign * 1e-6 * direction}) for sign in (1, -1)]
        slope = (truth[f"d{name}"].array[..., 0] * direction).sum()
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_an_output_that_is_read_inside_has_its_given_gradient_under_another_name():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = x[n]**2\nz[n] = 3*y[n]*x[n]", output="y z")
    at = points(system)[0]
    reader = interpreter_of(derive(system), at)
    np.testing.assert_array_equal(reader.tensors["dy_up"].array[..., 0], at.upstream["y"])
    np.testing.assert_array_equal(reader.tensors["dz"].array[..., 0], at.upstream["z"])
    total = at.upstream["y"] + 3 * at.inputs["x"] * at.upstream["z"]
    np.testing.assert_allclose(reader.tensors["dy"].array[..., 0], total, rtol=1e-14)


def test_a_gradient_covers_the_base_cases_of_its_tensor():
    at = points(load("rnn"))[0]
    gradient = true_gradients(load("rnn"), at, ["h"])["dh"]
    assert gradient.lows == (0, 1, 1) and gradient.array.shape[0] == at.sizes["T"] + 1
