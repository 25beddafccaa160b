"""Judges arrays that a function gave back: each gradient by its name, at every test point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from derive.checking.arrays import Array
from derive.language.errors import nearest
from derive.marking.compare import line_difference
from derive.marking.differences.difference import difference
from derive.marking.differences.reading import DOUBLE, ROUNDING, Reading, largest
from derive.marking.ground import Ground
from derive.marking.programs.carry import follows
from derive.marking.programs.rounding import SINGLE, Rounding
from derive.marking.propagate import explain_all
from derive.marking.record import Line
from derive.marking.replay import Explanation
from derive.marking.values import EXACT, Value, Values, declared_part, holds
from derive.steps.record import gradient_name

_SLIGHT = 1e-5  # a relative difference that may come of computing in single precision
Found = Mapping[str, Array]  # what a function gave back at one place


def judge_returned(rounding: Rounding, found: Sequence[Found]) -> tuple[Line, ...]:
    """The marks of the arrays given back, one mapping for each place of the ground; forward values are passed over."""
    ground = rounding.ground
    forward = ground.system.tensors.keys() - ground.parts.keys()
    names = [n for n in dict.fromkeys(n for arrays in found for n in arrays) if n not in forward]
    with np.errstate(all="ignore"):  # the arrays may hold anything
        whole = {n: [a[n] for a in found] for n in names if n in ground.parts and all(n in a for a in found)}
        values = {n: v for n, arrays in whole.items() if (v := _values(rounding, n, arrays)) is not None}
        judged = _judged(ground, values)
        judged |= {n: _misshapen(rounding, n, arrays) for n, arrays in whole.items() if n not in judged}
    judged = {n: _with_type(line, whole[n]) for n, line in judged.items()}
    return tuple(judged[n] if n in judged else _without_value(ground, n, names, found) for n in names)


def _without_value(ground: Ground, name: str, names: Sequence[str], found: Sequence[Found]) -> Line:
    """The mark of a name that is none of the gradients', or under which nothing is given back at some place."""
    if name not in ground.parts:
        return stranger(ground, name, names)
    missing = next(place.point for place, arrays in zip(ground.places, found, strict=True) if name not in arrays)
    return Line(name, "wrong", remark=f"{name} is not given back at {missing}")


def precision_of(found: Sequence[Found]) -> float:
    """The precision in which a function computed: single if an array is of a type so coarse, or holds such numbers."""
    arrays = [np.asarray(array) for each in found for array in each.values()]
    return max((_precision(array) for array in arrays), default=DOUBLE)


def resolution_of(rounding: Rounding, names: Iterable[str]) -> float:
    """Relative differences smaller than this are not seen, in any of these gradients that are not zero."""
    seen = [EXACT, ROUNDING * rounding.precision]
    for k, place in enumerate(rounding.ground.places):
        for name in names if rounding.precision > DOUBLE else ():
            size, noise = largest(place.true(name).array), ROUNDING * rounding.precision * rounding.scale(name, k)
            seen.append(noise / size if size > noise else 0.0)
    return max(seen)


def _precision(array: Array) -> float:
    return SINGLE if array.dtype.kind == "f" and array.dtype.itemsize < 8 else DOUBLE


def _with_type(line: Line, arrays: Sequence[Array]) -> Line:
    """The mark, with what the type of the arrays may have to do with it."""
    found = line.difference
    if line.verdict != "wrong" or found is None:
        return line
    if any(np.asarray(a).dtype == np.float16 for a in arrays):
        return replace(line, remark=f"{line.name} is of type float16, which is coarser than what is judged here")
    if not found.shape and found.error < _SLIGHT and (found.ratio or not line.mistakes):
        told = "a difference so small may be rounding: what is computed in float32 should be given back in it"
        return replace(line, difference=replace(found, ratio=""), mistakes=(), others=(), remark=told)
    return line


def _values(rounding: Rounding, name: str, arrays: Sequence[Array]) -> Values | None:
    """The values of a gradient beside the right ones; None where their shape is another at some place."""
    values = []
    for k, (place, array) in enumerate(zip(rounding.ground.places, arrays, strict=True)):
        stored = place.true(name)
        where = declared_part(place, name, stored)
        right = stored.array[..., 0]
        if array.shape != right[where].shape:
            return None
        yours = right.copy()
        yours[where] = array
        value = Value(yours, right, where, precision=rounding.precision)
        values.append(value if value.agrees() else replace(value, scale=rounding.scale(name, k)))
    return values


def _judged(ground: Ground, values: Mapping[str, Values]) -> dict[str, Line]:
    """The marks of gradients of the right shape."""
    lines = {name: Line(name, "right") for name in values}
    wrong = [name for name in values if not holds(values[name])]
    resting = [name for name in wrong if follows(ground, name, {w: values[w] for w in wrong}, values)]
    finite = {n: v for n, v in values.items() if n not in resting and all(map(_is_finite, v))}
    explained = explain_all(ground, finite) if wrong else {}
    for name in wrong:
        if name in resting:
            lines[name] = Line(name, "follows")
        else:
            because = explained.get(name, Explanation())
            lines[name] = Line(
                name,
                "wrong",
                difference=line_difference(ground, name, values[name]),
                mistakes=because.mistakes,
                others=because.others,
                right=_right(ground, name),
            )
    return lines


def _is_finite(value: Value | None) -> bool:
    return value is None or bool(np.isfinite(value.yours).all())


def _misshapen(rounding: Rounding, name: str, arrays: Sequence[Array]) -> Line:
    """The mark of arrays of another shape than the gradient's."""
    ground, readings = rounding.ground, []
    if any(array.size == 0 for array in arrays):
        return Line(name, "wrong", remark=f"{name} has no elements", right=_right(ground, name))
    for k, (place, array) in enumerate(zip(ground.places, arrays, strict=True)):
        stored = place.true(name)
        right = stored.array[..., 0][declared_part(place, name, stored)]
        yours, scale = np.asarray(array, np.float64), rounding.scale(name, k)
        sizes, numbers = place.point.sizes, place.numbers
        readings.append(Reading(yours, right, scale, sizes, numbers, precision=rounding.precision))
    tensor = ground.system.tensors[ground.parts[name][0].tensor]
    found = difference(name, tensor, ground.system, readings, EXACT)
    return Line(name, "wrong", difference=found, right=_right(ground, name))


def stranger(ground: Ground, name: str, names: Sequence[str]) -> Line:
    """The mark of an array under a name that is none of the layer's gradients."""
    if name in ground.derivation.backward.tensors:
        return Line(name, "unjudged", remark=f"{name} is given, and not asked for")
    hint = nearest(name, [n for n in map(gradient_name, ground.derivation.wrt) if n not in names])
    if hint:
        return Line(name, "wrong", remark=f"there is no gradient {name}: {hint}")
    return Line(name, "unjudged", remark=f"{ground.system.name} has no gradient {name}")


def _right(ground: Ground, name: str) -> str:
    return "\n".join(f"{part.left} = {part.right}" for part in ground.parts[name])
