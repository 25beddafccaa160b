"""The compiled forward and backward pass beside PyTorch's, on the CPU in double precision: ``make bench``.

Both do the same work in the same process: the forward pass, and the gradients by every parameter and the input.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

import derive

ROUNDS = {"rounds": 30, "warmup_rounds": 3}


def rnn() -> tuple[Callable[[], object], Callable[[], object]]:
    """T=50, N=32, D=64, H=128, O=16; tanh, linear outputs, squared error."""
    T, N, D, H, O = 50, 32, 64, 128, 16  # noqa: E741 - the names of the layer
    rng = np.random.default_rng(0)
    shapes = {
        "x": (T, N, D), "h0": (N, H), "target": (T, N, O),
        "W_x": (H, D), "W_h": (H, H), "b_h": (H,), "W_y": (O, H), "b_y": (O,),
    }  # fmt: skip
    values = {name: rng.normal(size=shape) / np.sqrt(shape[-1]) for name, shape in shapes.items()}
    wrt = [name for name in shapes if name not in ("h0", "target")]
    function = derive.gradients("rnn", wrt=wrt).function()
    leaves = {name: torch.tensor(v, requires_grad=name in wrt) for name, v in values.items()}
    network = torch.nn.RNN(D, H, dtype=torch.float64)
    weights = {"weight_ih_l0": "W_x", "weight_hh_l0": "W_h", "bias_ih_l0": "b_h"}
    for theirs, ours in weights.items():
        getattr(network, theirs).data.copy_(leaves[ours].data)
    network.bias_hh_l0.data.zero_()

    def pytorch() -> object:
        hidden, _ = network(leaves["x"], leaves["h0"][None])
        y = torch.nn.functional.linear(hidden, leaves["W_y"], leaves["b_y"])
        return torch.autograd.grad(
            ((y - leaves["target"]) ** 2).sum(),
            [leaves["x"], leaves["W_y"], leaves["b_y"], *(getattr(network, theirs) for theirs in weights)],
        )

    return lambda: function(**values), pytorch


def conv2d() -> tuple[Callable[[], object], Callable[[], object]]:
    """16 samples of 8 channels of 32 × 32, to 16 channels; kernel 3 × 3, padding 1."""
    rng = np.random.default_rng(0)
    shapes = {"x": (16, 8, 32, 32), "W": (16, 8, 3, 3), "b": (16,), "dy": (16, 16, 32, 32)}
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    function = derive.gradients("conv2d").function()
    sizes = {"s_h": 1, "s_w": 1, "d_h": 1, "d_w": 1, "q_h": 1, "q_w": 1}
    x, weight, bias = (torch.tensor(values[name], requires_grad=True) for name in ("x", "W", "b"))
    upstream = torch.tensor(values["dy"])

    def pytorch() -> object:
        return torch.autograd.grad(torch.nn.functional.conv2d(x, weight, bias, padding=1), [x, weight, bias], upstream)

    return lambda: function(**values, **sizes), pytorch


@pytest.mark.parametrize("who", ["derive", "pytorch"])
@pytest.mark.parametrize("layer", [rnn, conv2d], ids=lambda f: f.__name__)
def test_forward_and_backward(
    benchmark: BenchmarkFixture, layer: Callable[[], tuple[Callable[[], object], Callable[[], object]]], who: str
) -> None:
    benchmark.group = layer.__name__
    benchmark.pedantic(layer()[who == "pytorch"], **ROUNDS)
