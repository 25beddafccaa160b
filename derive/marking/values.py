"""The values of an answer's lines at a test point, beside the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from derive.checking.absolute import ROUNDING, terms
from derive.checking.arrays import Array
from derive.checking.places import Grid, Stored
from derive.checking.reference import Interpreter
from derive.language.expr import Elem, Expr, Index
from derive.marking.differences.reading import DOUBLE, Reading, equal, largest
from derive.marking.ground import Place

EXACT = 1e-9  # relative difference up to which a formula evaluated in double precision counts as equal

Where = tuple[int | slice, ...]


@dataclass(frozen=True)
class Value:
    """A person's value of a gradient at one point and the right one, both as stored, base cases included.

    where      which elements the answer speaks of; ``yours`` is ``right`` at the others
    scale      the size of the terms that the values may be rounded from, where these cancel
    precision  of the arithmetic that ``yours`` was computed in
    """

    yours: Array
    right: Array
    where: Where
    scale: float = 0.0
    precision: float = DOUBLE

    def agrees(self, tolerance: float = EXACT) -> bool:
        return equal(Reading(self.yours, self.right, self.scale, {}, precision=self.precision), tolerance)

    def fits(self, other: Array, tolerance: float) -> bool:
        """Whether another value of the gradient is the person's, as far as the answer goes."""
        return close(other[self.where], self.yours[self.where], self.scale, max(tolerance, 256 * self.precision))

    def without(self, where: Where) -> Value:
        """The value with some elements left to another line."""
        yours = self.yours.copy()
        yours[where] = self.right[where]
        return replace(self, yours=yours)


Values = Sequence[Value | None]  # one for each place of the ground; None where an answer says nothing there


def holds(values: Values) -> bool:
    """Whether an answer has the right value wherever it says something, and says something somewhere."""
    return any(values) and all(value is None or value.agrees() for value in values)


def close(yours: Array, right: Array, scale: float, tolerance: float = EXACT) -> bool:
    """Whether values are near each other, measured by the largest of them, or by rounding of what they are made of."""
    if not np.isfinite(yours).all():
        return False
    difference = float(np.abs(yours - right).max(initial=0.0))
    return difference <= max(tolerance * float(np.abs(right).max(initial=0.0)), ROUNDING * scale)


def valued(reader: Interpreter, place: Place, left: Elem, indices: Sequence[Index], right: Expr) -> Value | None:
    """The value of a line ``left = right``; None where it speaks of places that the gradient has not at this point."""
    stored = place.true(left.name)
    where = offsets(reader, left, indices, stored)
    if where is None:
        return None
    true = stored.array[..., 0]
    yours = true.copy()
    yours[where] = reader.over(right, indices)
    if (plain := Value(yours, true, where)).agrees():
        return plain
    scale = place.scale(left.name)
    if not true.any():
        scale = max(scale, _largest_term(reader, right, indices))
    return Value(yours, true, where, scale)


def offsets(reader: Grid, left: Elem, indices: Sequence[Index], stored: Stored) -> Where | None:
    """Which elements of a stored tensor a left side names; None where some of them lie outside of it."""
    free = {i.symbol: i for i in indices}
    where: list[int | slice] = []
    for place, low, extent in zip(left.index, stored.lows, stored.array.shape, strict=False):
        index = free.get(place)
        start = reader.size(index.low if index else place) - low
        count = reader.size(index.extent) if index else 1
        if start < 0 or start + count > extent:
            return None
        where.append(slice(start, start + count) if index else start)
    return tuple(where)


def declared_part(place: Place, name: str, stored: Stored) -> Where:
    """Where the elements of the declared range are in a gradient as stored, which holds its base cases too."""
    axes = place.derivation.backward.tensors[name].axes
    starts = [place.reader.size(axis.low) - low for axis, low in zip(axes, stored.lows, strict=True)]
    return tuple(slice(s, s + place.reader.size(a.extent)) for s, a in zip(starts, axes, strict=True))


def _largest_term(reader: Interpreter, right: Expr, indices: Sequence[Index]) -> float:
    scope, _ = reader.bound(reader.scope, indices)
    return largest(terms(reader, right, scope))
