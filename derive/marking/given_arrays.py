"""Marks arrays from anywhere: inputs, upstream gradients and the gradients that somebody's program found for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from derive.checking.arrays import Array
from derive.language.errors import LayerError
from derive.marking.callers import call_of
from derive.marking.check import marking
from derive.marking.difference import difference
from derive.marking.functions import mark_returned, unmarked
from derive.marking.ground import Ground, Place
from derive.marking.npz import arrays_of_file
from derive.marking.own_values import STEP, OwnValues, largest_of, on_a_kink, size_of
from derive.marking.reading import Reading, largest
from derive.marking.record import Line, Marking
from derive.marking.returned import precision_of, resolution_of, stranger
from derive.marking.values import EXACT

Found = Mapping[str, Array]


def mark_arrays(ground: Ground, answer: bytes | Mapping[str, Array], file: str = "") -> Marking:
    """The marks of the gradients among arrays by name (or the bytes of an ``.npz`` file that holds them).

    The inputs, parameters and upstream gradients (``dy``) must be among them, and sizes that no shape shows; the truth
    is computed at these values.  Of ``ground`` the derivation is taken.
    """
    call = call_of(ground.system, ground.places[0].point)
    try:
        arrays = arrays_of_file(answer) if isinstance(answer, bytes) else {n: np.asarray(a) for n, a in answer.items()}
        if call.functions:
            raise LayerError(f"{ground.system.name} is of an abstract function: arrays do not say which")
        values = OwnValues.of(ground.derivation, tuple(call.given), arrays)
    except LayerError as error:
        return unmarked(ground, str(error), file)
    found = {name: array for name, array in arrays.items() if name not in values.given}
    precision = precision_of([{n: a for n, a in arrays.items() if a.dtype.kind == "f"}])
    marked = (_large if values.is_large else _small)(ground, values, found, precision, file)
    return replace(marked, sizes=(values.arguments.sizes,), resolution=resolution_of(precision))


def _small(ground: Ground, values: OwnValues, found: Found, precision: float, file: str) -> Marking:
    """The marks where the truth can be had from the forward pass alone, and mistakes can be replayed."""
    place = Place(ground.derivation, values.point())
    own = Ground(ground.derivation, (place,))
    if place.point.margin > STEP * largest_of(values.given):
        return mark_returned(own, [found], file, precision)
    found, remarks = _without_kinks(values, found)
    return replace(mark_returned(own, [found], file, precision), remarks=remarks)


def _without_kinks(values: OwnValues, found: Found) -> tuple[Found, tuple[str, ...]]:
    """The arrays, right where the values lie on a kink or a tie; and how many elements these are."""
    right, moved = values.gradients(), values.moved()
    judged, remarks = dict(found), []
    for name in found.keys() & right.keys():
        kinks = on_a_kink(size_of(name, right), moved[name])
        if kinks.any() and found[name].shape == kinks.shape:
            judged[name] = np.where(kinks, right[name], found[name])
            remarks.append(
                f"{kinks.sum()} of {kinks.size} elements of {name} lie on a kink or a tie, and are not judged"
            )
    return judged, tuple(remarks)


def _large(ground: Ground, values: OwnValues, found: Found, precision: float, file: str) -> Marking:
    """The marks where the derived function has to be the truth; how far rounding goes is seen by moving the values."""
    right, moved = values.gradients(), values.moved()
    judged, remarks = _without_kinks(values, found)
    lines = []
    for name, array in judged.items():
        if name in ground.parts and name in right:
            size = size_of(name, right)
            terms = float(moved[name].max(initial=0.0, where=~on_a_kink(size, moved[name]))) / STEP
            scale = max(terms, size) if size > largest(right[name]) else terms
            reading = Reading(array, right[name], scale, values.arguments.sizes, precision=precision)
            lines.append(_line(ground, name, reading))
        elif name not in right:
            lines.append(stranger(ground, name, list(judged)))
    told = "The arrays are large: the derived gradients were taken for right, and no mistakes were looked for."
    return replace(marking(ground, tuple(lines), file, 0.0), remarks=(*remarks, told))


def _line(ground: Ground, name: str, reading: Reading) -> Line:
    tensor = ground.system.tensors[ground.parts[name][0].tensor]
    found = difference(name, tensor, ground.system, [reading], EXACT)
    return Line(name, "right" if found is None else "wrong", difference=found)
