"""Where things are: stored tensors, an axis for each index in scope, and the values of index expressions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.checking.arrays import Array, axis_values
from derive.checking.tree import Places, compiled, ordered_symbols
from derive.language.expr import Index
from derive.language.integers import Integer, size_symbol


@dataclass(frozen=True)
class Stored:
    """A tensor's values: its axes, then the axis of perturbations (integer tensors have none), and its lower bounds."""

    array: Array
    lows: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Moved:
    """The element whose values are given an imaginary step: a tensor and a place for each value of the indices."""

    name: str
    places: tuple[Places, ...]


@dataclass(frozen=True)
class Scope:
    """The values of sizes and of the indices in scope, how many axes there are, and what is moved."""

    values: Mapping[Integer, Places]
    depth: int = 0
    moved: Moved | None = None


@dataclass
class Grid:
    """Gives every index in scope an axis, and evaluates index expressions on the axes (each once)."""

    sizes: Mapping[str, int]
    tensors: Mapping[str, Stored]

    def __post_init__(self) -> None:
        single = {n: int(t.array) for n, t in self.tensors.items() if t.array.ndim == 0}  # whole numbers, of rank 0
        self.scope = Scope({size_symbol(name): value for name, value in {**self.sizes, **single}.items()})
        self._axes: dict[tuple[int, int, int], Array] = {}
        self._places: dict[Hashable, Any] = {}
        self._offsets: dict[Hashable, tuple[Places, Array | None]] = {}

    def bound(self, scope: Scope, over: Sequence[Index]) -> tuple[Scope, list[int]]:
        """The scope with more indices, each along an axis of its own, and their extents."""
        values, extents = dict(scope.values), []
        for depth, index in enumerate(over, scope.depth):
            low, high = self.integer(index.low, scope), self.integer(index.high, scope)
            if (low, high, depth) not in self._axes:
                self._axes[low, high, depth] = axis_values(low, high, depth)
            values[index.symbol] = self._axes[low, high, depth]
            extents.append(high - low + 1)
        return replace(scope, values=values, depth=scope.depth + len(over)), extents

    def integer(self, integer: Integer, scope: Scope) -> Places:
        """The value of an index or size expression."""
        if integer.is_Integer:
            return int(integer)
        if integer.is_Symbol:
            return scope.values[integer]
        key = (integer, *(token(scope.values[s]) for s in ordered_symbols(integer)))
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = compiled(integer)(scope.values, self._read_integer)
        return known

    def size(self, integer: Integer) -> int:
        """The value of a size expression."""
        return int(self.integer(integer, self.scope))

    def _read_integer(self, name: str, places: tuple[Places, ...]) -> Places:
        stored = self.tensors[name]
        where = tuple(
            np.clip(np.asarray(p) - low, 0, n - 1)
            for p, low, n in zip(places, stored.lows, stored.array.shape, strict=True)
        )
        return stored.array[where]

    def clipped(self, integer: Integer, scope: Scope, low: int, extent: int) -> tuple[Places, Array | None]:
        """The offset into an axis, clipped into it, and where it was inside (None: everywhere)."""
        offset = self.integer(integer, scope) - low
        if isinstance(offset, int):
            return (offset, None) if 0 <= offset < extent else (0, np.zeros(1, dtype=bool))
        key = (integer, low, extent, *(token(scope.values[s]) for s in ordered_symbols(integer)))
        known = self._offsets.get(key)
        if known is None:
            inside = (offset >= 0) & (offset < extent)
            clipped = np.clip(offset, 0, extent - 1)
            known = self._offsets[key] = (clipped, None if inside.all() else inside[..., None])
        return known


def token(value: Places) -> Hashable:
    """What identifies the value of an index: itself, or the array (which is kept, so that its id stays its own)."""
    return (value,) if isinstance(value, int) else id(value)
