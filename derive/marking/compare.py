"""How the lines of an answer differ from the right ones: their values as readings at the test points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.checking.arrays import Array
from derive.checking.reference import Interpreter
from derive.marking.differences.conditions import conditions
from derive.marking.differences.difference import difference
from derive.marking.differences.reading import Reading
from derive.marking.ground import Ground, Place
from derive.marking.record import Difference
from derive.marking.values import EXACT, Value, Values
from derive.marking.written.answer import AnswerLine
from derive.steps.record import Gradient


def line_difference(ground: Ground, name: str, values: Values, tolerance: float = EXACT) -> Difference | None:
    """How values of a gradient, by its own name, differ from the right ones, at the elements of which they speak."""
    part = ground.parts[name][0]
    said = [(place, value) for place, value in zip(ground.places, values, strict=True) if value is not None]
    free = [isinstance(at, slice) for at in said[0][1].where]
    tensor = ground.system.tensors[part.tensor]
    tensor = replace(tensor, axes=tuple(axis for axis, kept in zip(tensor.axes, free, strict=True) if kept))
    readings = [_reading(ground, place, part if all(free) else None, value) for place, value in said]
    return difference(name, tensor, ground.system, readings, tolerance)


def _reading(ground: Ground, place: Place, part: Gradient | None, value: Value) -> Reading:
    """A value at a place; with what the derivation says of its entries, where it is the whole of a part."""
    holds: Mapping[str, Array] = {}
    if part is not None:
        holds = conditions(ground.derivation, part, place.reader)
    yours, right = value.yours[value.where], value.right[value.where]
    return Reading(yours, right, value.scale, place.point.sizes, place.numbers, holds, value.precision)


def misshapen(ground: Ground, line: AnswerLine, readers: Sequence[Interpreter]) -> Difference | None:
    """How a line differs whose value, which the readers evaluate, has other axes than its gradient."""
    assert line.right is not None
    readings = []
    part = ground.parts[line.name][0]
    for place, reader in zip(ground.places, readers, strict=True):
        place.know((line.name,))
        right = place.reader.over(part.left, part.indices)
        yours = reader.over(line.right, line.axes)
        scale = 0.0 if right.any() else place.scale(line.name)
        readings.append(Reading(yours, right, scale, place.point.sizes, place.numbers))
    tensor = ground.system.tensors[part.tensor]
    return difference(line.name, tensor, ground.system, readings, EXACT)
