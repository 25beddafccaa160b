"""Array operations of the reference interpreter: sums of products, largest elements, functions of an axis.

Layout of every array of values: one axis for each index in scope, the *innermost* first, and last an axis of
perturbations (extent 1 where nothing is perturbed).  An axis on which an expression does not depend has extent 1,
or is absent if it stands in front, so that plain broadcasting aligns any two arrays and nothing is larger than it
need be.  Arrays of integers (places) have the same layout without the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_PLAIN = 1 << 14  # products of up to so many elements are multiplied out; larger ones go through einsum


def axis_values(low: int, high: int, depth: int) -> Array:
    """The values of the index bound at ``depth`` (0 is the outermost), laid out along its axis."""
    return np.arange(low, high + 1).reshape((-1,) + (1,) * depth)


def compact(value: Array) -> Array:
    """The array without the axes of extent 1 in front, so that it can be used where fewer indices are in scope."""
    first = next((k for k, n in enumerate(value.shape[:-1]) if n != 1), max(value.ndim - 1, 0))
    return value.reshape(value.shape[first:]) if first else value


def summed(value: Array, extents: Sequence[int], depth: int) -> Array:
    """The sum over the indices bound at ``depth`` and deeper, of extents ``extents`` (outermost first)."""
    lead = value.ndim - (depth + 1)
    repeated = _repeats(value.shape[:lead] if lead > 0 else (), extents)
    total = value.sum(axis=tuple(range(lead))) if lead > 0 else value
    return total if repeated == 1 else total * repeated


def _repeats(present: Sequence[int], extents: Sequence[int]) -> int:
    """How often each element counts because an axis of the sum is not in the array."""
    held = list(reversed(present)) + [1] * (len(extents) - len(present))
    return prod(n for n, have in zip(extents, held, strict=True) if have != n)


def product(factors: Sequence[Array], guards: Sequence[Array]) -> Array:
    """The product of factors; zero wherever a guard is zero, whatever stands beside it."""
    value = factors[0] if factors else np.ones(1)
    for factor in factors[1:]:
        value = value * factor
    for guard in guards:
        value = np.where(guard != 0, value, 0.0)
    return value


def sum_of_products(factors: Sequence[Array], guards: Sequence[Array], extents: Sequence[int], depth: int) -> Array:
    """``product`` summed over the indices bound at ``depth`` and deeper, without multiplying large products out."""
    if prod(np.broadcast_shapes(*(a.shape for a in (*factors, *guards)))) > _PLAIN:
        factors = [_guarded(f, guards) for f in factors]
        if all(np.isfinite(f).all() for f in factors):
            return _einsum([*factors, *guards], extents, depth)
    return summed(product(factors, guards), extents, depth)


def _guarded(factor: Array, guards: Sequence[Array]) -> Array:
    """A factor, zero where a guard on the same axes is zero (it may be undefined there)."""
    if not np.isfinite(factor).all():
        for guard in guards:
            if np.broadcast_shapes(factor.shape, guard.shape) == factor.shape:
                factor = np.where(guard != 0, factor, 0.0)
    return factor


def _einsum(arrays: Sequence[Array], extents: Sequence[int], depth: int) -> Array:
    """The sum of products by pairwise contraction; labels count the axes from the last one backwards."""
    operands: list[Any] = []
    present: dict[int, int] = {}
    for array in arrays:
        labels = [(array.ndim - 1 - k, n) for k, n in enumerate(array.shape) if n != 1]
        operands += [array.reshape([n for _, n in labels]), [label for label, _ in labels]]
        present |= dict(labels)
    kept = sorted((label for label in present if label <= depth), reverse=True)
    total = np.einsum(*operands, kept, optimize="greedy")
    shape = [present.get(label, 1) for label in range(max(kept, default=0), -1, -1)]
    absent = prod(n for k, n in enumerate(extents) if depth + 1 + k not in present)
    return np.asarray(total).reshape(shape) * absent


def flattened(value: Array, extents: Sequence[int], depth: int) -> Array:
    """The indices bound at ``depth`` and deeper as one full axis in front, the outermost of them slowest."""
    missing = len(extents) + depth + 1 - value.ndim
    value = value.reshape((1,) * missing + value.shape) if missing > 0 else value
    count = len(extents)
    full = np.broadcast_to(value, (*reversed(extents), *value.shape[count:]))
    ordered = full.transpose(*reversed(range(count)), *range(count, full.ndim))
    return ordered.reshape(-1, *full.shape[count:])


def first_maximum(flat: Array) -> Array:
    """Where along the front axis the first largest element stands, by real part."""
    return np.asarray(np.argmax(flat.real, axis=0))


def largest(flat: Array) -> Array:
    """The first largest element along the front axis, by real part."""
    return np.asarray(np.take_along_axis(flat, first_maximum(flat)[None], axis=0)[0])


def log_sum_exp(flat: Array) -> Array:
    top = largest(flat)
    return np.asarray(top + np.log(np.exp(flat - top).sum(axis=0)))


def softmax(flat: Array) -> Array:
    """The softmax along the front axis."""
    raised = np.exp(flat - largest(flat).real)
    return np.asarray(raised / raised.sum(axis=0))


def picked(flat: Array, place: Array | int) -> Array:
    """The element at ``place`` of the front axis (a place for each value of the indices outside)."""
    place = np.asarray(place)
    rank = max(flat.ndim - 2, place.ndim)
    array: Array = flat.reshape(flat.shape[:1] + (1,) * (rank + 2 - flat.ndim) + flat.shape[1:])
    outer: list[Array | int] = [
        axis_values(0, n - 1, rank - 1 - k) if n > 1 else 0 for k, n in enumerate(array.shape[1:-1])
    ]
    return np.asarray(array[(np.clip(place, 0, flat.shape[0] - 1), *outer)])


def as_values(places: Array | int | float | bool) -> Array:
    """An array of integers or truths as an array of values (the axis of perturbations added)."""
    return np.asarray(places, dtype=float)[..., None]
