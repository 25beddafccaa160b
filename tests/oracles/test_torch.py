"""Layers of the catalogue against their PyTorch counterparts."""

from __future__ import annotations

import numpy as np
import pytest
from torch.nn import functional as F

from tests.oracles.autograd import compare

RNG = np.random.default_rng(11)


def convolutions(count: int):
    """Random settings of a convolution: kernels, strides, paddings, dilations and lengths, each axis by itself."""
    rng = np.random.default_rng(20)
    settings: list[tuple[tuple[int, ...], ...]] = []
    while len(settings) < count:
        kernel, stride, padding, dilation = (
            tuple(int(v) for v in rng.integers(low, high, 2)) for low, high in ((1, 4), (1, 5), (0, 4), (1, 4))
        )
        least = [max(1, d * (k - 1) + 1 - 2 * q) for k, q, d in zip(kernel, padding, dilation, strict=True)]
        length = tuple(int(low + rng.integers(0, 6)) for low in least)
        settings.append((length, kernel, stride, padding, dilation))
    return settings


@pytest.mark.parametrize("setting", convolutions(20), ids=str)
def test_conv2d(setting):
    length, kernel, stride, padding, dilation = setting
    batch, channels, outputs = (int(v) for v in RNG.integers(1, 4, 3))
    values = {
        "x": RNG.normal(size=(batch, channels, *length)),
        "W": RNG.normal(size=(outputs, channels, *kernel)),
        "b": RNG.normal(size=outputs),
    }
    sizes = {
        f"{letter}_{axis}": pair[k]
        for letter, pair in (("s", stride), ("q", padding), ("d", dilation))
        for k, axis in enumerate("hw")
    }
    compare("conv2d", values, lambda v: F.conv2d(v["x"], v["W"], v["b"], stride, padding, dilation), sizes)
