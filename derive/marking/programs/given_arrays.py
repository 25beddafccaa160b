"""Marks arrays from anywhere: inputs, upstream gradients and the gradients that somebody's program found for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from derive.checking.arrays import Array
from derive.language.errors import LayerError
from derive.marking.check import marking
from derive.marking.differences.difference import difference
from derive.marking.differences.reading import DOUBLE, ROUNDING, Reading, largest
from derive.marking.ground import Ground, Place
from derive.marking.programs.apart.program import real_array
from derive.marking.programs.callers import call_of
from derive.marking.programs.functions import mark_returned, unmarked
from derive.marking.programs.npz import arrays_of_file
from derive.marking.programs.own_values import OwnValues, largest_of, on_a_kink
from derive.marking.programs.returned import precision_of, stranger
from derive.marking.programs.rounding import single_scales, size_of
from derive.marking.record import Line, Marking
from derive.marking.values import EXACT

Found = Mapping[str, Array]


def mark_arrays(ground: Ground, answer: bytes | Mapping[str, Any], file: str = "") -> Marking:
    """The marks of the gradients among arrays by name (or the bytes of an ``.npz`` file that holds them).

    The inputs, parameters and upstream gradients (``dy``) must be among them, and sizes that no shape shows; the truth
    is computed at these values.  Of ``ground`` the derivation is taken.
    """
    call = call_of(ground.system, ground.places[0].point)
    try:
        arrays = arrays_of_file(answer) if isinstance(answer, bytes) else _arrays(answer)
        if call.functions:
            raise LayerError(f"{ground.system.name} is of an abstract function: arrays do not say which")
        values = OwnValues.of(ground.derivation, tuple(call.given), arrays)
    except LayerError as error:
        return unmarked(ground, str(error), file)
    found = {name: array for name, array in arrays.items() if name not in values.given}
    precision = precision_of([{n: a for n, a in arrays.items() if a.dtype.kind == "f"}])
    marked = (_large if values.is_large else _small)(ground, values, found, precision, file)
    return replace(marked, sizes=(values.arguments.sizes,))


def _arrays(answer: Mapping[str, Any]) -> dict[str, Array]:
    """What was given, as arrays of real numbers.  Raises LayerError where something is none."""
    arrays = {}
    for name, value in answer.items():
        try:
            arrays[str(name)] = real_array(value)
        except Exception:  # whatever reading it as an array comes to
            raise LayerError(f"{name} is no array of real numbers") from None
    return arrays


def _small(ground: Ground, values: OwnValues, found: Found, precision: float, file: str) -> Marking:
    """The marks where the truth can be had from the forward pass alone, and mistakes can be replayed."""
    place = Place(ground.derivation, values.point())
    own = Ground(ground.derivation, (place,))
    step = _step(precision)
    if place.point.margin > step * largest_of(values.given):
        return mark_returned(own, [found], file, precision)
    found, remarks = _without_kinks(values.gradients(), values.moved(step), found)
    return replace(mark_returned(own, [found], file, precision), remarks=remarks)


def _step(precision: float) -> float:
    """How far from a kink, relative to the largest value, values count as being on it."""
    return max(1e-7, 4 * precision)


def _without_kinks(right: Found, moved: Found, found: Found) -> tuple[Found, tuple[str, ...]]:
    """The arrays, right where the values lie on a kink or a tie; and how many elements these are."""
    judged, remarks = dict(found), []
    for name in found.keys() & right.keys():
        kinks = on_a_kink(size_of(name, right), moved[name]) if name[0] == "d" else np.zeros(())
        if kinks.any() and found[name].shape == kinks.shape:
            judged[name] = np.where(kinks, right[name], found[name])
            count = f"{kinks.sum()} of {kinks.size} elements of {name}"
            remarks.append(f"{count} lie on a kink or a tie, and are not judged")
    return judged, tuple(remarks)


def _large(ground: Ground, values: OwnValues, found: Found, precision: float, file: str) -> Marking:
    """The marks where the derived function has to be the truth."""
    step = _step(precision)
    right, moved = values.gradients(), values.moved(step)
    found, remarks = _without_kinks(right, moved, found)
    single = single_scales(values.function, values.given) if precision > DOUBLE else {}
    lines, seen = [], [EXACT, ROUNDING * precision]
    for name, array in found.items():
        if name in ground.parts:
            scale = single[name] if name in single else _terms(name, right, moved[name], step)
            reading = Reading(array, right[name], scale, values.arguments.sizes, precision=precision)
            seen.append(reading.noise / reading.size if reading.size else 0.0)
            lines.append(_line(ground, name, reading))
        elif name not in right:
            lines.append(stranger(ground, name, list(found)))
    told = "The arrays are large: the derived gradients were taken for right, and no mistakes were looked for."
    return replace(marking(ground, tuple(lines), file, max(seen)), remarks=(*remarks, told))


def _terms(name: str, right: Found, moved: Array, step: float) -> float:
    """The size of the terms of a gradient, as seen in how far it moves with the values."""
    size = size_of(name, right)
    terms = float(moved.max(initial=0.0, where=~on_a_kink(size, moved))) / step
    return max(terms, size) if size > largest(right[name]) else terms


def _line(ground: Ground, name: str, reading: Reading) -> Line:
    tensor = ground.system.tensors[ground.parts[name][0].tensor]
    found = difference(name, tensor, ground.system, [reading], EXACT)
    return Line(name, "right" if found is None else "wrong", difference=found)
