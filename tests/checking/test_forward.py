"""Running a system, and the derivative of its loss by complex step, against recurrences written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from derive.checking.forward import declared, run, sensitivities
from derive.language.load import layer, load

SIZES = {"T": 4, "N": 3, "H": 2, "D": 5, "O": 6}
RNG = np.random.default_rng(5)


def drawn(system, sizes):
    shapes = {t.name: [sizes[str(a.extent)] for a in t.axes] for t in (*system.inputs, *system.params)}
    return {name: RNG.normal(size=shape) for name, shape in shapes.items()}


def rnn_by_hand(v, nudge=None):
    """The loss of an Elman network and its states; ``nudge`` (t, n, i, amount) is added to h[t,n,i]."""
    h, states, loss = v["h0"], [], 0.0
    for t in range(len(v["x"]) + 1):
        if t:
            h = np.tanh(v["x"][t - 1] @ v["W_x"].T + h @ v["W_h"].T + v["b_h"])
        if nudge is not None and nudge[0] == t:
            h = h.astype(complex)
            h[nudge[1], nudge[2]] += nudge[3]
        states.append(h)
        if t:
            loss = loss + ((h @ v["W_y"].T + v["b_y"] - v["target"][t - 1]) ** 2).sum()
    return loss, np.array(states)


def test_a_recurrence_runs_from_its_base_case():
    system = load("rnn")
    values = drawn(system, SIZES)
    tensors = run(system, values, SIZES)
    loss, states = rnn_by_hand(values)
    assert tensors["h"].lows == (0, 1, 1)
    np.testing.assert_allclose(tensors["h"].array[..., 0], states, rtol=1e-13)
    np.testing.assert_allclose(declared(system, tensors, SIZES, "h")[..., 0], states[1:], rtol=1e-13)
    assert tensors["loss"].array[0] == pytest.approx(loss, rel=1e-13)


def test_the_derivative_by_a_state_is_that_of_an_intervention():
    system = load("rnn")
    values = drawn(system, SIZES)
    slopes = sensitivities(system, run(system, values, SIZES), SIZES, ["h"], {})["h"]
    for t, n, i in np.ndindex(5, 3, 2):
        loss, _ = rnn_by_hand(values, (t, n, i, 1e-30j))
        assert slopes[t, n, i] == pytest.approx(loss.imag / 1e-30, rel=1e-12)


def test_the_derivative_by_a_parameter_is_the_slope_of_the_loss():
    system = load("rnn")
    values = drawn(system, SIZES)
    slopes = sensitivities(system, run(system, values, SIZES), SIZES, ["W_h", "target"], {})
    for name in ("W_h", "target"):
        for place in np.ndindex(values[name].shape):
            moved = values[name].astype(complex)
            moved[place] += 1e-30j
            loss, _ = rnn_by_hand({**values, name: moved})
            assert slopes[name][place] == pytest.approx(loss.imag / 1e-30, rel=1e-12)


def test_a_recurrence_may_run_downwards_and_over_two_indices():
    system = layer(
        indices="l=1..L  t=1..T",
        inputs="x[t] g[l]",
        params="a[] b[]",
        equations="""
        h[0,t] = x[t]
        h[l,0] = g[l]
        h[l,t] = a*h[l,t-1] + b*h[l-1,t]
        G[T+1] = 0
        G[t] = h[L,t] + a*G[t+1]
        """,
        output="G",
    )
    sizes = {"L": 3, "T": 4}
    v = {"x": RNG.normal(size=4), "g": RNG.normal(size=3), "a": np.array(0.7), "b": np.array(-1.1)}
    tensors = run(system, v, sizes)
    h = np.zeros((4, 5))
    h[0, 1:], h[1:, 0] = v["x"], v["g"]
    for place in np.ndindex(3, 4):
        row, t = place[0] + 1, place[1] + 1
        h[row, t] = 0.7 * h[row, t - 1] - 1.1 * h[row - 1, t]
    np.testing.assert_allclose(tensors["h"].array[1:, 1:, 0], h[1:, 1:], rtol=1e-14)
    total = np.zeros(6)
    for t in range(4, 0, -1):
        total[t] = h[3, t] + 0.7 * total[t + 1]
    np.testing.assert_allclose(declared(system, tensors, sizes, "G")[:, 0], total[1:5], rtol=1e-14)


def test_an_output_that_is_also_read_inside_counts_on_both_ways():
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = x[n]**2\nz[n] = 3*y[n]*x[n]", output="y z")
    sizes, x = {"N": 3}, np.array([0.5, -2.0, 1.5])
    up = {"y": np.array([1.0, 2.0, -1.0]), "z": np.array([0.3, 0.2, 4.0])}
    slopes = sensitivities(system, run(system, {"x": x}, sizes), sizes, ["x", "y"], up)
    np.testing.assert_allclose(slopes["y"], up["y"] + 3 * x * up["z"], rtol=1e-14)
    np.testing.assert_allclose(slopes["x"], 2 * x * up["y"] + 9 * x**2 * up["z"], rtol=1e-14)


def test_many_perturbations_are_taken_in_portions(monkeypatch):
    system = load("linear")
    sizes = {"N": 3, "I": 4, "O": 2}
    values = drawn(system, sizes)
    up = {"y": RNG.normal(size=(3, 2))}
    tensors = run(system, values, sizes)
    whole = sensitivities(system, tensors, sizes, ["x", "W"], up)
    monkeypatch.setattr("derive.checking.forward._COLUMNS", 5)
    for name, slope in sensitivities(system, tensors, sizes, ["x", "W"], up).items():
        np.testing.assert_array_equal(slope, whole[name])
    np.testing.assert_allclose(whole["x"], up["y"] @ values["W"], rtol=1e-14)


def test_an_array_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"W has shape \(4, 2\), expected \(2, 4\)"):
        run(load("linear"), {"x": np.ones((3, 4)), "W": np.ones((4, 2)), "b": np.ones(2)}, {"N": 3, "I": 4, "O": 2})


def test_what_a_guard_keeps_from_ever_being_read_may_be_computed_later():
    system = layer(
        indices="n:N", inputs="x[n]", equations="y[n] = x[n] + [n > N]*z[n]; z[n] = 2*x[n]", output="y z"
    )  # fmt: skip
    tensors = run(system, {"x": np.ones(3)}, {"N": 3})
    np.testing.assert_array_equal(tensors["y"].array[..., 0], np.ones(3))
