"""Pooling layers refuse the padding that PyTorch refuses, and no other."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

import derive
from derive.checking.sizes import size_value
from derive.forms.arguments import CallError
from tests.oracles.pytorch import all_sizes, run, unshaped

POOLS = ["maxpool1d", "maxpool2d", "avgpool1d", "avgpool2d"]
WINDOWS = [(kernel, padding, dilation) for kernel in (1, 2, 3, 4) for padding in (0, 1, 2, 3) for dilation in (1, 3)]


@cache
def function(name: str):
    return derive.gradients(derive.load(name)).function()


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("name", POOLS)
def test_a_padding_of_more_than_half_the_window_is_refused_as_pytorch_refuses_it(name, window):
    kernel, padding, dilation = window
    system = derive.load(name)
    chosen = {"N": 2, "C": 1, "L": 12, "K": kernel, "s": 1, "q": padding, "d": dilation}
    sizes = all_sizes(system, {size: chosen[size.partition("_")[0]] for size in system.sizes})
    x, dy = (np.ones([size_value(a.extent, sizes) for a in system.tensors[t].axes]) for t in "xy")
    arguments = {"x": x, "dy": dy, **unshaped(system, sizes)}
    if 2 * padding > kernel:
        with pytest.raises(RuntimeError, match="pad"):
            run(system, {"x": torch.tensor(x)}, sizes)
        with pytest.raises(CallError, match=r"expected 2\*q(_h)? <= K"):
            function(name)(**arguments)
    else:
        assert run(system, {"x": torch.tensor(x)}, sizes)["y"].shape == dy.shape
        assert function(name)(**arguments)["y"].shape == dy.shape
