"""Matrix form as people write it on paper: an axis that was summed away is not missed.

``y*(dy - sum(dy*y, k))`` subtracts from each row its own sum.  NumPy would want the axis kept; where its rule does not
fit, axes of the same name are the same axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.language.axes import Axes, ShapeError, Value, hint_of
from derive.language.binding import substitute
from derive.language.expr import Expr, Index


@dataclass(frozen=True)
class NamedAxes(Axes):
    """The operations of matrix form, in which values that do not align at the last axis align by the axes' names."""

    def broadcast(self, values: Sequence[Value]) -> tuple[tuple[Expr, ...], tuple[Index, ...]]:
        """The expressions over common axes: aligned at the last one, or else by name."""
        try:
            return super().broadcast(values)
        except ShapeError:
            widest = max(values, key=lambda v: len(v.axes)).axes
            by_name = {hint_of(axis): axis for axis in widest}
            if len(by_name) < len(widest) or not all(self._named(value, by_name) for value in values):
                raise
            return tuple(self._onto(value, by_name) for value in values), widest

    def _named(self, value: Value, by_name: dict[str, Index]) -> bool:
        """Whether each axis of a value is one of these, by name and range, and none twice."""
        found = [by_name.get(hint_of(axis)) for axis in value.axes]
        fits = all(f is not None and self.same_extent(a, f) for a, f in zip(value.axes, found, strict=True))
        return fits and len({hint_of(axis) for axis in value.axes}) == len(value.axes)

    def _onto(self, value: Value, by_name: dict[str, Index]) -> Expr:
        places = {a.symbol: by_name[hint_of(a)].symbol for a in value.axes}
        return substitute(value.expr, places)
