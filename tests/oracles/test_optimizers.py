"""The optimizers' steps are those of ``torch.optim``, and the gradients through them those of autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import derive
from tests.oracles.autograd import BAR, error

OUTPUTS = ("w_sgd", "w_momentum", "w_adam")
USUAL = {"eta": 1e-3, "beta": 0.9, "beta_1": 0.9, "beta_2": 0.999, "eps": 1e-8}
CASES = [
    (1, 1, USUAL),
    (7, 3, USUAL),
    (4, 1, {"eta": 0.5, "beta": 0.3, "beta_1": 0.5, "beta_2": 0.7, "eps": 0.1}),
    (12, 5, {"eta": 0.1, "beta": 0.99, "beta_1": 0.8, "beta_2": 0.95, "eps": 1e-3}),
    (2, 4, {"eta": 2.0, "beta": 0.01, "beta_1": 0.2, "beta_2": 0.1, "eps": 1.0}),
]


def drawn(steps: int, weights: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """The first weights, the gradients, and the upstream gradients."""
    rng = np.random.default_rng([steps, weights])
    up = {f"d{name}": rng.normal(size=weights) for name in OUTPUTS}
    return rng.normal(size=weights), rng.normal(size=(steps, weights)), up


def trained(w0: np.ndarray, g: np.ndarray, make: Callable[[list[torch.Tensor]], torch.optim.Optimizer]) -> np.ndarray:
    """The weights after a step of an optimizer of PyTorch for each gradient."""
    weight = torch.tensor(w0, requires_grad=True)
    optimizer = make([weight])
    for gradient in g:
        weight.grad = torch.tensor(gradient)
        optimizer.step()
    return weight.detach().numpy()


@pytest.mark.parametrize(("steps", "weights", "usual"), CASES)
def test_the_weights_are_those_of_pytorch(steps: int, weights: int, usual: dict[str, float]) -> None:
    w0, g, up = drawn(steps, weights)
    got = derive.gradients("optimizers").function()(w0=w0, g=g, **usual, **up)
    rate, betas = usual["eta"], (usual["beta_1"], usual["beta_2"])
    truths = (
        trained(w0, g, lambda w: torch.optim.SGD(w, lr=rate)),
        trained(w0, g, lambda w: torch.optim.SGD(w, lr=rate, momentum=usual["beta"])),
        trained(w0, g, lambda w: torch.optim.Adam(w, lr=rate, betas=betas, eps=usual["eps"])),
    )
    for name, truth in zip(OUTPUTS, truths, strict=True):
        assert error(got[name] - w0, truth - w0) <= BAR, name


@pytest.mark.parametrize(("steps", "weights", "usual"), CASES)
def test_the_gradients_are_those_of_autograd(steps: int, weights: int, usual: dict[str, float]) -> None:
    """The formulas of the papers, step by step; PyTorch's own optimizers hold parts of their state fixed."""
    w0, g, up = drawn(steps, weights)
    leaves: dict[str, Any] = {
        k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in {"w0": w0, "g": g, **usual}.items()
    }
    eta, beta, beta_1, beta_2, eps = (leaves[name] for name in usual)
    plain = heavy = adam = leaves["w0"]
    velocity = first = second = torch.zeros(weights, dtype=torch.float64)
    for t, gradient in enumerate(leaves["g"], start=1):
        plain = plain - eta * gradient
        velocity = beta * velocity + gradient
        heavy = heavy - eta * velocity
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        adam = adam - eta * (first / (1 - beta_1**t)) / ((second / (1 - beta_2**t)).sqrt() + eps)
    results = zip(OUTPUTS, (plain, heavy, adam), strict=True)
    sum((torch.tensor(up[f"d{name}"]) * result).sum() for name, result in results).backward()
    got = derive.gradients("optimizers").function()(w0=w0, g=g, **usual, **up)
    for name, leaf in leaves.items():
        if steps > 1 or name not in ("beta", "beta_1", "beta_2"):  # the first step is the same whatever these are
            assert error(got[f"d{name}"], leaf.grad.numpy()) <= BAR, name
