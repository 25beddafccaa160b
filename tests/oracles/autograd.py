"""Compares the compiled gradients of a layer with those of PyTorch's autograd, in double precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

import derive

BAR = 1e-10  # of the error, relative to the norm of the gradient

Tensors = Mapping[str, torch.Tensor]


def compare(
    layer: str,
    values: Mapping[str, np.ndarray],
    forward: Callable[[Tensors], torch.Tensor],
    sizes: Mapping[str, int] | None = None,
    **options: str,
) -> None:
    """Check all gradients, and the output or loss, of a layer against those of ``forward`` (``y`` or the loss)."""
    system = derive.load(layer, **options)
    leaves = {k: torch.tensor(v, requires_grad=v.dtype.kind == "f") for k, v in values.items()}
    result = forward(leaves)
    given: dict[str, Any] = {**values, **(sizes or {})}
    if system.outputs:
        upstream = np.random.default_rng(0).normal(size=tuple(result.shape))
        (output,) = system.outputs
        given[f"d{output}"] = upstream
        result.backward(torch.tensor(upstream))
    else:
        output = "loss"
        result.backward()
    got = derive.gradients(system).function()(**given)
    assert error(got[output], result.detach().numpy()) <= BAR
    for name, leaf in leaves.items():
        if leaf.requires_grad:
            assert error(got[f"d{name}"], leaf.grad.numpy()) <= BAR, name


def error(value: np.ndarray, truth: np.ndarray) -> float:
    """The norm of the difference relative to that of the truth; for a truth that is zero, the norm itself."""
    assert np.shape(value) == np.shape(truth)
    return float(np.linalg.norm(value - truth) / (np.linalg.norm(truth) or 1.0))
