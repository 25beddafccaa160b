"""Where an array is read or written: positions along each axis, and slices that reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from derive.forms.numpy_scope import Bounds, Scope
from derive.forms.numpy_text import Level, Piece, join_slice
from derive.language.integers import Integer, expand, linear_in


@dataclass(frozen=True)
class Run:
    """``coefficient * index`` in a position."""

    index: str
    coefficient: Integer


@dataclass(frozen=True)
class Place:
    """A position along one axis, counted from 0: ``runs + rest``; ``runs`` is None where that is not its form."""

    position: Integer
    last: Integer  # the last position of the axis
    runs: tuple[Run, ...] | None
    rest: Integer
    inside: bool


def places_of(bounds: Bounds, index: Sequence[Integer], scope: Scope) -> list[Place]:
    """Where each axis is read."""
    if len(bounds) != len(index):
        raise ValueError(f"{len(index)} places for {len(bounds)} axes")
    places = [_place(expand(i), low, high, scope) for i, (low, high) in zip(index, bounds, strict=True)]
    used = [name for p in places for name in scope.vector(p.position)]
    shared = {name for name in used if used.count(name) > 1}
    return [replace(p, runs=None) if any(r.index in shared for r in p.runs or ()) else p for p in places]


def _place(value: Integer, low: Integer, high: Integer, scope: Scope) -> Place:
    position = expand(value - low)
    last = expand(high - low)
    inside = scope.proved(position) and scope.proved(expand(last - position))
    if isinstance(value, sympy.Indexed):
        inside = (str(value.base.label), low, high) in scope.writer.tokens
    runs, rest = _runs_of(position, scope)
    return Place(position, last, runs, rest, inside)


def _runs_of(position: Integer, scope: Scope) -> tuple[tuple[Run, ...] | None, Integer]:
    """The multiples of indices in a position, and the rest of it; None for the first if that is not its form.

    Their order does not depend on where the read stands, so that equal windows are found again.
    """
    names, rest = scope.vector(position), position
    symbols = {scope.index(n).symbol for n in names}
    runs: list[Run] = []
    for name in names:
        parts = linear_in(rest, scope.index(name).symbol)
        if parts is None or not symbols.isdisjoint(parts[0].free_symbols) or position.has(sympy.Indexed):
            return None, rest
        runs.append(Run(name, parts[0]))
        rest = parts[1]
    return tuple(sorted(runs, key=lambda r: (str(r.coefficient), str(scope.index(r.index).extent)))), rest


def subscripted(piece: Piece, marks: Sequence[str]) -> str:
    """``x[a, b]``, without the whole axes at the end; x itself where all axes are whole.

    A mark that ends in ``REVERSED`` is a slice to be read backwards.
    """
    first = ["::-1" if m == f":{REVERSED}" else m.removesuffix(REVERSED) for m in marks]
    left = [m for m in marks if ":" in m]
    second = ["::-1" if m.endswith(REVERSED) and m != f":{REVERSED}" else ":" for m in left]
    text = piece.at(Level.ATOM)
    for bracket in (first, second):
        while bracket and bracket[-1] == ":":
            bracket.pop()
        text += f"[{', '.join(bracket)}]" if bracket else ""
    return text


REVERSED = "|reversed"


def slice_of(place: Place, scope: Scope) -> str | None:
    """A slice for a single run that stays inside; None where it takes windows."""
    if place.runs is None or len(place.runs) != 1 or not place.inside:
        return None
    run = place.runs[0]
    index = scope.index(run.index)
    forward = scope.proved(run.coefficient - 1)
    if not forward and not scope.proved(-run.coefficient - 1):
        return None
    step = run.coefficient if forward else -run.coefficient
    ends = [expand(run.coefficient * end + place.rest) for end in (index.low, index.high)]
    first, last = ends if forward else ends[::-1]
    return slice_text(first, last, step, place.last, scope) + ("" if forward else REVERSED)


def slice_text(first: Integer, last: Integer, step: Integer, end: Integer, scope: Scope) -> str:
    """Positions ``first`` to ``last`` of an axis that ends at position ``end``."""
    start = "" if first == 0 else scope.at_least_zero(first).text
    stop = "" if expand(last - end) == 0 else scope.at_least_zero(expand(last + 1)).text
    return join_slice(start, stop, "" if step == 1 else scope.integer(step).text)
