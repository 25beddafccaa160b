"""The rotary embedding: scores depend on distances alone, and halves are paired by another order of the numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import derive
from tests.oracles.autograd import BAR, error


def turned(x: np.ndarray, dy: np.ndarray) -> dict[str, np.ndarray]:
    return derive.gradients("rotary_embedding").function()(x=x, dy=dy)


def test_a_score_depends_on_the_distance_alone():
    """The same query and key stand at every position: their dot products are equal along each diagonal."""
    rng = np.random.default_rng(0)
    query, key = np.broadcast_to(rng.normal(size=(2, 1, 1, 4, 2)), (2, 1, 9, 4, 2))
    q, k = (turned(x, x)["y"].reshape(9, 8) for x in (query, key))
    scores = q @ k.T
    for distance in range(-8, 9):
        assert np.ptp(np.diagonal(scores, distance)) <= 1e-13 * np.abs(scores).max()
    assert np.ptp(scores) > 0.1 * np.abs(scores).max()


def test_the_gradient_is_the_rotation_back():
    rng = np.random.default_rng(1)
    x, dy = rng.normal(size=(2, 3, 7, 5, 2))
    assert error(turned(x, turned(dy, dy)["y"])["dx"], dy) <= 1e-14


@pytest.mark.parametrize(("samples", "positions", "pairs"), [(1, 1, 1), (2, 5, 3), (3, 1, 4), (1, 8, 2), (2, 3, 1)])
def test_pairs_of_halves_are_the_same_in_another_order(samples: int, positions: int, pairs: int) -> None:
    """Number k of the first half with number k of the second: x * cos + rotate_half(x) * sin."""
    rng = np.random.default_rng([samples, positions, pairs])
    values, upstream = rng.normal(size=(2, samples, positions, 2 * pairs))
    x = torch.tensor(values, requires_grad=True)
    angle = torch.outer(
        torch.arange(positions, dtype=torch.float64), 1e4 ** (-torch.arange(pairs, dtype=torch.float64) / pairs)
    )
    both = torch.cat([angle, angle], dim=-1)
    first, second = x.chunk(2, dim=-1)
    y = x * both.cos() + torch.cat([-second, first], dim=-1) * both.sin()
    y.backward(torch.tensor(upstream))

    def pair(a: np.ndarray) -> np.ndarray:
        return a.reshape(samples, positions, 2, pairs).swapaxes(2, 3)

    got = turned(pair(values), pair(upstream))
    assert error(got["y"], pair(y.detach().numpy())) <= BAR
    assert error(got["dx"], pair(x.grad.numpy())) <= BAR
