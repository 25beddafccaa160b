"""Contractions of two arrays, in the notation of ``np.einsum``, as one product of matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from derive.forms.runtime.products import Array, multiply


@dataclass(frozen=True)
class Sides:
    """The axes of both arrays, those of each that the other has not, those summed over, and those of the result."""

    axes: tuple[str, str]
    own: tuple[str, str]
    summed: str
    target: str


def contract(spec: str, one: Array, two: Array) -> Array:
    """``np.einsum(spec, one, two)``: the array, or a view of one that lies in memory as the product is made.

    That is, as NumPy makes it: the axes of the second array before those of the first.
    """
    sides = sides_of(spec)
    if sides is None or one.dtype != two.dtype or one.dtype.char not in "fd":
        return np.einsum(spec, one, two, optimize=True)
    extents = [dict(zip(axes, a.shape, strict=True)) for axes, a in zip(sides.axes, (one, two), strict=True)]
    if any(extents[0][i] != extents[1][i] for i in sides.summed):
        return np.einsum(spec, one, two, optimize=True)
    order = sides.axes[0 if one.size >= two.size else 1]
    summed = "".join(i for i in order if i in sides.summed)  # the larger array is not turned round
    left = _matrix(two, sides.axes[1], sides.own[1], summed, extents[1])
    right = _matrix(one, sides.axes[0], sides.own[0], summed, extents[0]).T
    made = sides.own[1] + sides.own[0]
    both = extents[0] | extents[1]
    found = multiply(left, right).reshape([both[i] for i in made])
    return found.transpose([made.index(i) for i in sides.target])


@lru_cache(maxsize=1024)
def sides_of(spec: str) -> Sides | None:
    """The sides of a contraction; None where it is no product of two matrices."""
    inputs, target = spec.split("->")
    one, two = inputs.split(",")
    summed = "".join(i for i in one if i in two)
    own = "".join(i for i in one if i not in two), "".join(i for i in two if i not in one)
    repeats = any(len(set(axes)) < len(axes) for axes in (one, two))
    if repeats or not summed or sorted(own[0] + own[1]) != sorted(target):
        return None
    return Sides((one, two), own, summed, target)


def _matrix(array: Array, axes: str, own: str, summed: str, extents: Mapping[str, int]) -> Array:
    """An array as a matrix, its own axes down and those summed across: a view where its axes lie so that it can be."""
    shape = prod(extents[i] for i in own), prod(extents[i] for i in summed)
    if axes[-1] in summed:
        return array.transpose([axes.index(i) for i in own + summed]).reshape(shape)
    return array.transpose([axes.index(i) for i in summed + own]).reshape(shape[::-1]).T
