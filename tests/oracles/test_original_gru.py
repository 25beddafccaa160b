"""The GRU of the first paper, which PyTorch does not have, against loops written by hand from the paper's equations.

Cho et al., 2014, equations 5 to 8, in their letters, with biases added: the reset gate multiplies the old state before
the matrix ``U``.  The backward pass below was derived on paper, one sample and one step at a time.
"""

from __future__ import annotations

import numpy as np
import pytest

import derive

BAR = 1e-10
SIZES = [(1, 1, 1, 1), (1, 3, 4, 2), (2, 1, 3, 4), (2, 4, 1, 3), (6, 2, 5, 1), (9, 3, 4, 7)]
NAMES = {  # the layer's name of each of the paper's
    "x": "x", "h0": "h0", "W_r": "W_xr", "U_r": "W_hr", "b_r": "b_r", "W_z": "W_xz", "U_z": "W_hz", "b_z": "b_z",
    "W": "W_xh", "U": "W_hh", "b": "b_h",
}  # fmt: skip


def logistic(v):
    return 1 / (1 + np.exp(-v))


def forward(p):
    """The states h of every step (T, N, H), and for each step and sample what the backward pass needs."""
    steps, batch, _ = p["x"].shape
    states, kept = np.empty((steps, batch, p["b"].size)), {}
    for n in range(batch):
        h = p["h0"][n]
        for t in range(steps):
            x, old = p["x"][t, n], h
            r = logistic(p["W_r"] @ x + p["U_r"] @ old + p["b_r"])
            z = logistic(p["W_z"] @ x + p["U_z"] @ old + p["b_z"])
            new = np.tanh(p["W"] @ x + p["U"] @ (r * old) + p["b"])
            h = z * old + (1 - z) * new
            states[t, n], kept[t, n] = h, (old, r, z, new)
    return states, kept


def backward(p, kept, upstream):
    """The gradient by each of the inputs and parameters, given that by the states."""
    steps, batch, _ = p["x"].shape
    d = {name: np.zeros_like(value) for name, value in p.items()}
    for n in range(batch):
        dh = np.zeros(p["b"].size)
        for t in reversed(range(steps)):
            x = p["x"][t, n]
            old, r, z, new = kept[t, n]
            dh = dh + upstream[t, n]
            d_new = dh * (1 - z) * (1 - new**2)  # by the argument of tanh
            d_seen = p["U"].T @ d_new  # by r * old
            d_r = d_seen * old * r * (1 - r)
            d_z = dh * (old - new) * z * (1 - z)
            for gate, state, by in (("_r", old, d_r), ("_z", old, d_z), ("", r * old, d_new)):
                d[f"W{gate}"] += np.outer(by, x)
                d[f"U{gate}"] += np.outer(by, state)
                d[f"b{gate}"] += by
                d["x"][t, n] += p[f"W{gate}"].T @ by
            dh = dh * z + d_seen * r + p["U_r"].T @ d_r + p["U_z"].T @ d_z
        d["h0"][n] = dh
    return d


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_original_gru(sizes):
    steps, batch, units, inputs = sizes
    rng = np.random.default_rng(sizes)
    shapes = {"x": (steps, batch, inputs), "h0": (batch, units)}
    for gate in ("_r", "_z", ""):
        shapes |= {f"W{gate}": (units, inputs), f"U{gate}": (units, units), f"b{gate}": (units,)}
    p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    upstream = rng.normal(size=(steps, batch, units))
    states, kept = forward(p)
    truth = backward(p, kept, upstream)
    function = derive.gradients(derive.load("gru", reset="before")).function()
    got = function(dh=upstream, **{NAMES[name]: value for name, value in p.items()})
    np.testing.assert_allclose(got["h"], states, rtol=BAR, atol=BAR)
    for name, value in truth.items():
        difference = np.linalg.norm(got[f"d{NAMES[name]}"] - value)
        assert difference <= BAR * np.linalg.norm(value), name
