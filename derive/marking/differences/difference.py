"""How a person's gradient differs from the right one, in words: its shape, which entries, by which factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from derive.checking.arrays import Array
from derive.language.system import System, Tensor
from derive.marking.differences import shapes
from derive.marking.differences.places import Place, coordinates, marked, place
from derive.marking.differences.ratio import ratio
from derive.marking.differences.reading import Reading, apart, equal, error, unequal
from derive.marking.record import Difference, Entry

__all__ = ["Reading", "difference"]

_ENTRIES = 3  # that are shown of those that differ


def difference(
    name: str, tensor: Tensor, system: System, readings: Sequence[Reading], tolerance: float
) -> Difference | None:
    """How the gradient ``name`` by ``tensor`` differs from the right one; None where it is equal at all test points.

    ``tensor`` is the layer's, its axes those of the right value.  ``tolerance`` is relative to the largest right entry.
    Where a value is the transpose of the right one, or that of another shape is right once it is brought to the right
    one, a ratio is between these.
    """
    if any(r.yours.shape != r.right.shape for r in readings):
        return _of_shape(name, tensor, system, readings, tolerance)
    if all(equal(r, tolerance) for r in readings):
        return None
    if factor := ratio(system, readings, tolerance):
        return _of_values(tensor, readings, tolerance, Difference(ratio=_but_one(factor)))
    for swapped in shapes.transposed(readings):
        if factor := ratio(system, swapped, tolerance):
            return _of_values(tensor, readings, tolerance, Difference(transposed=True, ratio=_but_one(factor)))
    return _of_values(tensor, readings, tolerance, Difference())


def _of_shape(name: str, tensor: Tensor, system: System, readings: Sequence[Reading], tolerance: float) -> Difference:
    """The difference of a value of another shape, and what else it is once that is put right."""
    said = shapes.sentence(name, tensor, system, readings)
    fits = [(fit, ratio(system, fit.readings, tolerance)) for fit in shapes.fitted(tensor, system, readings)]
    for fit, factor in sorted(fits, key=lambda found: found[1] != "1"):
        if factor == "1":
            shape = f"{said}; {fit.how}" if fit.how else said
            return Difference(shape, fit.transposed, sizes=readings[0].sizes, error=0.0)
        if factor and fit.plain:
            return _of_values(tensor, fit.readings, tolerance, Difference(said, fit.transposed, ratio=factor))
    plain = next((fit for fit, _ in fits if fit.plain), None)
    if plain is None:
        return Difference(said, sizes=readings[0].sizes)
    how = "compared with its axes in that order" if plain.transposed else ""
    return _of_values(tensor, plain.readings, tolerance, Difference(f"{said}; {how}" if how else said))


def _but_one(factor: str) -> str:
    return "" if factor == "1" else factor


def _of_values(tensor: Tensor, readings: Sequence[Reading], tolerance: float, known: Difference) -> Difference:
    """What is known of a difference, with the entries that differ, and where these are."""
    masks = [unequal(r, tolerance) for r in readings]
    shown = max(zip(readings, masks, strict=True), key=lambda found: bool(found[1].any()))
    where = "" if known.transposed else _where(tensor, readings, masks)
    entries = _entries(tensor, *shown)
    names = tuple(index.name for index in tensor.axes)
    worst = max(error(reading) for reading in readings)
    return replace(known, where=where, names=names, entries=entries, sizes=shown[0].sizes, error=worst)


def _where(tensor: Tensor, readings: Sequence[Reading], masks: Sequence[Array]) -> str:
    """Which entries differ; where some are not numbers, which of them these are."""
    undefined = [~np.isfinite(r.yours) & m for r, m in zip(readings, masks, strict=True)]
    if not any(u.any() for u in undefined):
        return _sentence(place(tensor.axes, list(map(marked, readings, masks))), "all right but", "right only")
    found = place(tensor.axes, list(map(marked, readings, undefined)))
    what = "not a number" if any(np.isnan(r.yours).any() for r in readings) else "infinite"
    return _sentence(found, what, f"{what} but") or f"{what} in some entries"


def _sentence(found: Place | None, there: str, but: str) -> str:
    if found is None:
        return ""
    often = f", where {found.sizes}" if found.sizes else ""
    if found.there:
        return f"{but if found.but else there} {found.there}{often}"
    return f"{'every entry' if there == 'all right but' else there + ' in every entry'}{often}"


def _entries(tensor: Tensor, reading: Reading, differs: Array) -> tuple[Entry, ...]:
    """A few entries that differ: the worst one first, then the first and the last of all."""
    places = [tuple(map(int, found)) for found in np.argwhere(differs)]
    if not places:
        return ()
    distance = apart(reading)
    chosen = dict.fromkeys([max(places, key=lambda at: float(distance[at])), places[0], places[-1]])
    lows = [int(values.min()) for values in coordinates(tensor.axes, reading)]
    return tuple(
        Entry(
            tuple(k + low for k, low in zip(at, lows, strict=True)), float(reading.yours[at]), float(reading.right[at])
        )
        for at in list(chosen)[:_ENTRIES]
    )
