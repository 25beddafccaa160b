"""How fast the compiled functions are, beside PyTorch's own forward and backward pass: ``make bench``.

Double precision on the CPU, both libraries with their default threads.  The first row of each group is ours.  The
expectation, on a quiet machine: the recurrent network takes no longer than PyTorch, the convolution at most twice as
long.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

import derive

RNG = np.random.default_rng(0)


def rnn() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """T = 50, N = 32, D = 64, H = 128, O = 10: loss and gradients by all parameters and inputs."""
    t, n, d, h, o = 50, 32, 64, 128, 10
    shapes = {"x": (t, n, d), "h0": (n, h), "target": (t, n, o), "W_x": (h, d), "W_h": (h, h), "b_h": (h,)}
    arrays = {name: RNG.normal(size=s) / 8 for name, s in (shapes | {"W_y": (o, h), "b_y": (o,)}).items()}
    function = derive.gradients("rnn").function()
    leaf = {name: torch.tensor(a, requires_grad=name != "target") for name, a in arrays.items()}
    layer = torch.nn.RNN(d, h, dtype=torch.float64)
    weights = {"weight_ih_l0": leaf["W_x"], "weight_hh_l0": leaf["W_h"], "bias_ih_l0": leaf["b_h"]}
    with torch.no_grad():
        layer.bias_hh_l0.zero_()
        for name, value in weights.items():
            getattr(layer, name).copy_(value)
    leaves = [*layer.parameters(), *(leaf[name] for name in ("x", "h0", "W_y", "b_y"))]

    def theirs() -> Any:
        states, _ = layer(leaf["x"], leaf["h0"][None])
        output = torch.nn.functional.linear(states, leaf["W_y"], leaf["b_y"])
        return torch.autograd.grad(((output - leaf["target"]) ** 2).sum(), leaves)

    np.testing.assert_allclose(function(**arrays)["dW_h"], theirs()[1], rtol=1e-9, atol=1e-12)
    return lambda: function(**arrays), theirs


def conv2d() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """16 x 8 x 32 x 32 to 16 channels, 3 x 3 kernel, padding 1: output and gradients by input, kernel and bias."""
    shapes = {"x": (16, 8, 32, 32), "W": (16, 8, 3, 3), "b": (16,), "dy": (16, 16, 32, 32)}
    arrays = {name: RNG.normal(size=s) for name, s in shapes.items()}
    settings = {f"{name}_{axis}": 1 for name in "sdq" for axis in "hw"}
    function = derive.gradients("conv2d").function()
    x, weights, bias = (torch.tensor(arrays[name], requires_grad=True) for name in ("x", "W", "b"))
    upstream = torch.tensor(arrays["dy"])

    def theirs() -> Any:
        y = torch.nn.functional.conv2d(x, weights, bias, padding=1)
        return torch.autograd.grad(y, (x, weights, bias), upstream)

    for name, expected in zip(("dx", "dW", "db"), theirs(), strict=True):
        np.testing.assert_allclose(function(**arrays, **settings)[name], expected, rtol=1e-9, atol=1e-10)
    return lambda: function(**arrays, **settings), theirs


@pytest.mark.parametrize("side", [0, 1], ids=["derive", "torch"])
@pytest.mark.parametrize("layer", [rnn, conv2d], ids=lambda f: f.__name__)
def test_forward_and_backward(benchmark: BenchmarkFixture, layer: Callable[..., Any], side: int) -> None:
    benchmark.group = layer.__name__
    benchmark.pedantic(layer()[side], rounds=60, warmup_rounds=10)
