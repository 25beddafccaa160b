"""Which entries differ, in words."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from derive.marking.differences.places import Place, coordinates, marked, place
from derive.marking.differences.reading import Reading
from tests.marking.readings import axes_of, readings

Condition = Callable[..., np.ndarray]


def found(layer: str, tensor: str, condition: Callable[[Reading], np.ndarray], formula: str = "") -> Place | None:
    axes = axes_of(layer, tensor).axes
    seen = [marked(r, np.broadcast_to(condition(r), r.right.shape)) for r in readings(layer, tensor, formula)]
    return place(axes, seen)


def on_places(layer: str, tensor: str, condition: Condition) -> Place | None:
    """Entries marked by a condition on the sizes, by name, and on the indices."""
    axes = axes_of(layer, tensor).axes
    return found(layer, tensor, lambda r: condition(r.sizes, *coordinates(axes, r)))


@pytest.mark.parametrize(
    "condition, said",
    [
        (lambda s, t, n, i: t == s["T"], Place("at t = T")),
        (lambda s, t, n, i: t < s["T"], Place("at t = T", but=True)),
        (lambda s, t, n, i: t == 1, Place("at t = 1")),
        (lambda s, t, n, i: t > 1, Place("at t = 1", but=True)),
        (lambda s, t, n, i: (t == 1) & (i == 1), Place("at t = 1 and i = 1")),
        (lambda s, t, n, i: (i == 1) | (i == s["H"]), Place("at the border of i")),
        (lambda s, t, n, i: i % 2 == 1, Place("where i is odd")),
        (lambda s, t, n, i: i % 2 == 0, Place("where i is odd", but=True)),
        (lambda s, t, n, i: t > 0, Place()),
        (lambda s, t, n, i: (t > 0) & (s["T"] > 1), Place(sizes="T > 1")),
        (lambda s, t, n, i: (t == 2) & (i == 2) & (n != 3), None),
    ],
)
def test_conditions_on_indices(condition: Condition, said: Place | None) -> None:
    assert on_places("rnn", "h", condition) == said


@pytest.mark.parametrize(
    "condition, said",
    [
        (lambda s, i, k: i == k, Place("on the diagonal (i = k)")),
        (lambda s, i, k: i != k, Place("on the diagonal (i = k)", but=True)),
        (lambda s, i, k: i < k, Place("where i < k")),
        (lambda s, i, k: i <= k, Place("where i > k", but=True)),
        (lambda s, i, k: (i == 1) | (k == 1) | (i == s["H"]) | (k == s["H"]), Place("at the border of i, k")),
    ],
)
def test_conditions_on_two_indices_of_one_range(condition: Condition, said: Place) -> None:
    assert on_places("rnn", "W_h", condition) == said


def test_the_first_index_is_counted_as_the_layer_counts_it() -> None:
    assert on_places("embedding", "W", lambda s, v, e: v == 0) == Place("at v = 0")
    assert on_places("embedding", "W", lambda s, v, e: v == s["V"] - 1) == Place("at v = V-1")


def test_conditions_that_the_derivation_speaks_of() -> None:
    positive = "[x[n,i] > 0]"
    axes = axes_of("relu", "x").axes
    assert found("relu", "x", lambda r: r.holds[positive], "dy[n,i]") == Place(f"where {positive}")
    some = found("relu", "x", lambda r: r.holds[positive] & (coordinates(axes, r)[0] == 1), "dy[n,i]")
    assert some == Place(f"at n = 1 and where {positive}")


def test_entries_that_are_zero_on_both_sides_say_nothing() -> None:
    """The gradient of a ReLU is zero, right or wrong, where it is off: that those do not differ is no exception."""
    seen = []
    for reading in readings("relu", "x"):
        wrong = replace(reading, yours=-reading.right)
        seen.append(marked(wrong, wrong.yours != wrong.right))
    assert place(axes_of("relu", "x").axes, seen) == Place()


def test_sizes_that_cannot_be_told_apart_are_all_named() -> None:
    """At the points here, the stride and the dilation are 1 together or not at all."""
    axes = axes_of("conv1d", "W").axes
    seen = []
    for reading, (stride, dilation) in zip(readings("conv1d", "W"), ((1, 1), (2, 3), (3, 2)), strict=True):
        sizes = {"s": stride, "d": dilation}
        seen.append(
            marked(replace(reading, sizes={**reading.sizes, **sizes}), np.full(reading.right.shape, stride > 1))
        )
    assert place(axes, seen) == Place(sizes="d > 1 or s > 1")
