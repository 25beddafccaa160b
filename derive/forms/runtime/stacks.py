"""Arrays as stacks of matrices, of which a product in pieces takes one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from derive.forms.runtime.library import MOST, installed
from derive.forms.runtime.products import without_gaps

Array = Any  # a NumPy array of any type
Extents = Mapping[str, int]

_MUCH = 2**17  # elements, below which windows stay in the cache as a whole


def worth_cutting(elements: int, one: Array, two: Array) -> bool:
    """Whether the library can multiply two arrays, and with so many elements it pays to do that in pieces."""
    fit = one.dtype == two.dtype and one.dtype.char in "fd" and one.size and two.size
    return bool(elements >= _MUCH and max(elements, one.size, two.size) <= MOST and fit and installed())


def extents_of(axes: tuple[str, str], shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Extents:
    """How far each index of two arrays runs; nothing where they do not agree."""
    first, second = (dict(zip(a, shape, strict=True)) for a, shape in zip(axes, shapes, strict=True))
    return first | second if all(first.get(i, n) == n for i, n in second.items()) else {}


def size_of(axes: str, extents: Extents) -> int:
    """How many elements an array with these axes has."""
    return prod(extents[i] for i in axes)


@dataclass(frozen=True)
class Stack:
    """How an array is laid out as a stack of matrices: its axes in an order, a shape, and whether that is then turned.

    There is one matrix for each place of the index that is cut along, or only one, if the array has not that index.
    """

    order: tuple[int, ...]
    shape: tuple[int, int, int]
    turned: bool

    def of(self, array: Array) -> Array:
        """The stack, a view where that can be."""
        stack = array.transpose(self.order).reshape(self.shape)
        return without_gaps(stack.transpose(0, 2, 1) if self.turned else stack)


def stack_of(axes: str, lead: str, down: str, across: str, extents: Extents) -> Stack:
    """The stack of matrices with the axes ``down`` and ``across``."""
    turned = axes.replace(lead, "")[-1:] in tuple(down)
    first, second = (across, down) if turned else (down, across)
    cut = lead if lead in axes else ""
    shape = size_of(cut, extents), size_of(first, extents), size_of(second, extents)
    return Stack(tuple(axes.index(i) for i in cut + first + second), shape, turned)


def signature(single: bool, kinds: str) -> object:
    """The types of a turn, its own arguments told by letters.

    A stack of matrices, rows that are written to, a memory, a truth, a whole number: s, r, m, b, n; then lines.
    """
    from numba.core.types import Array, UniTuple, boolean, float32, float64, int64, void

    number, table = float32 if single else float64, Array(int64, 2, "C")
    stack, memory = Array(number, 3, "A", readonly=True), Array(number, 1, "C", readonly=True)
    types = {"s": stack, "r": Array(number, 2, "C"), "m": memory, "b": boolean, "n": int64}
    lines = (table, table, table, UniTuple(int64, 4))  # type: ignore[no-untyped-call]
    return void(Array(int64, 1, "C"), *[int64] * 5, *(types[k] for k in kinds), *lines)
