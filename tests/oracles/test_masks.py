"""The logarithm of a condition as a mask: softmax, maximum and log-sum-exp over the places where it holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

import derive
from tests.oracles.autograd import BAR, error

LARGE = 1e4  # where nothing may be seen: it would drown the rest, or overflow


@pytest.mark.parametrize(
    ("equation", "reduction"),
    [
        ("y[n,i] = max(x[n,i,j] + log([j <= i]), j)", lambda x: x.amax(-1)),
        ("y[n,i] = logsumexp(x[n,i,j] + log([j <= i]), j)", lambda x: x.logsumexp(-1)),
        ("y[n,i] = softmax(x[n,i,j] + log([j <= i]), j)[1]", lambda x: x.softmax(-1)[..., 0]),
    ],
)
def test_places_where_the_condition_fails_count_for_nothing(
    equation: str, reduction: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    rng = np.random.default_rng(3)
    seen = np.tril(np.ones((5, 5), dtype=bool))
    values = np.where(seen, rng.normal(size=(3, 5, 5)), LARGE)
    upstream = rng.normal(size=(3, 5))
    layer = derive.Layer(indices="n:N  i,j:L", inputs="x[n,i,j]", equations=equation, output="y")
    got = derive.gradients(layer).function()(x=values, dy=upstream)
    x = torch.tensor(values, requires_grad=True)
    y = reduction(x.masked_fill(torch.tensor(~seen), -torch.inf))
    y.backward(torch.tensor(upstream))
    assert x.grad is not None
    assert error(got["y"], y.detach().numpy()) <= BAR and error(got["dx"], x.grad.numpy()) <= BAR
    assert not got["dx"][:, ~seen].any()
    assert derive.gradients(layer).verify().ok and derive.gradients(layer).evidence().ok
