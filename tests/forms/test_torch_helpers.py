"""The PyTorch helpers do what the NumPy helpers do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from derive.forms.numpy_helpers import helper_sources
from derive.forms.torch_helpers import HELPERS

N: dict[str, Any] = {"np": np}
exec("\n\n".join(helper_sources(["windows", "add_windows", "softmax", "logsumexp", "first_max"])), N)
T: dict[str, Any] = {"torch": torch}
exec("\n\n".join(HELPERS.values()), T)

RNG = np.random.default_rng(4)
PLACES = [
    {0: (-1, (3, 2), (2, 1))},
    {1: (2, (2, -1)), 0: (0, (4, 1), (2, 2))},
    {0: (3, (2, -2), (3, 1)), 2: (-2, (4, 1))},
]


@pytest.mark.parametrize("places", PLACES, ids=str)
@pytest.mark.parametrize("outside", [None, 0.0, float("-inf")])
def test_windows(places: dict[int, Any], outside: float | None) -> None:
    x = RNG.normal(size=(4, 3, 2))
    np.testing.assert_array_equal(T["windows"](torch.tensor(x), places, outside), N["windows"](x, places, outside))


@pytest.mark.parametrize("places", PLACES, ids=str)
def test_add_windows(places: dict[int, Any]) -> None:
    parts = RNG.normal(size=N["windows"](np.zeros((4, 3, 2)), places, 0.0).shape)
    found = T["add_windows"]((4, 3, 2), torch.tensor(parts), places)
    np.testing.assert_allclose(found, N["add_windows"]((4, 3, 2), parts, places), rtol=1e-14)


@pytest.mark.parametrize(
    "index", [np.s_[0], np.s_[0, 1], np.s_[:, 0], np.s_[:, 0, 1], np.s_[0, :, 1], np.s_[1:, 0]], ids=str
)
def test_add_at(index: Any) -> None:
    rows, columns = np.array([[0, 1], [2, 0]]), np.array([[1, 1], [0, 1]])
    index = index if isinstance(index, tuple) else (index,)
    named = tuple(i if isinstance(i, slice) else (rows, columns)[i] for i in index)
    expected = np.zeros((3, 3, 3))
    values = RNG.normal(size=expected[named].shape)
    np.add.at(expected, named, values)
    found = torch.zeros(3, 3, 3, dtype=torch.float64)
    T["add_at"](found, tuple(i if isinstance(i, slice) else torch.tensor(i) for i in named), torch.tensor(values))
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", ["softmax", "logsumexp"])
@pytest.mark.parametrize("axis", [1, (0, 2)])
def test_functions_of_an_axis(name: str, axis: Any) -> None:
    x = 300 * RNG.normal(size=(4, 3, 2))
    np.testing.assert_allclose(T[name](torch.tensor(x), axis), N[name](x, axis), rtol=1e-13)


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2)])
def test_the_first_of_equal_maxima_counts(axes: tuple[int, ...]) -> None:
    x = RNG.integers(0, 3, size=(4, 3, 2)).astype(float)
    np.testing.assert_array_equal(T["first_max"](torch.tensor(x), axes), N["first_max"](x, axes))
