"""Equations: the left side of each line, the axes of the tensors that they define, and their elaboration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.axes import Value, hint_of
from derive.language.declarations import check_name
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Elem, Index
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.parser import parse_onto, parse_place, parse_value
from derive.language.scope import Scope
from derive.language.system import Equation, Tensor

_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")


@dataclass(frozen=True)
class Line:
    """One equation as written: the tensor it defines, the places on its left, and its right side."""

    text: Fragment
    left: Fragment
    right: Fragment
    name: str
    places: tuple[Integer, ...]
    indices: tuple[Index, ...]  # those among the places, in order

    @property
    def free(self) -> frozenset[str]:
        return frozenset(i.name for i in self.indices)


def line_of(text: Fragment, scope: Scope) -> Line:
    """The two sides of a line."""
    signs = list(_EQUALS.finditer(text.text))
    if len(signs) != 1:
        at = signs[1].start() if signs else 0
        raise text.error("an equation has one = sign", at, "a condition is written ==" if signs else "write y[n,o] = ...")
    left, right = text.part(0, signs[0].start()), text.part(signs[0].end(), len(text.text))
    if not left.text:
        raise text.error("the left side is missing", hint="write it as y[n,o] = ...")
    name, places = parse_place(left, scope)
    check_name(left.part(0, len(name)), "a tensor")
    indices = tuple(_free_index(p, left, scope) for p in places if any(not is_size(s) for s in symbols_of(p)))
    if len({i.name for i in indices}) < len(indices):
        raise left.error("an index stands twice on the left")
    return Line(text, left, right, name, places, indices)


def _free_index(place: Integer, left: Fragment, scope: Scope) -> Index:
    index = scope.indices.get(str(place)) if place.is_Symbol else None
    if index is None:
        raise left.error(
            f"the left side is read at {place}", hint="a place on the left is an index, or fixed as in h[0,n]; shift the equation"
        )
    return index


def tensors_of(lines: Sequence[Line], scope: Scope) -> Mapping[str, Tensor]:
    """All tensors: those declared, and those that the lines define, in the order of the lines.

    A line in matrix form tells the axes that are left only once those of the tensors it reads are known, so
    lines are taken as soon as that is so; where none can be taken, the left side of one is supposed complete.
    """
    known: dict[str, Tensor] = dict(scope.tensors)
    waiting = [line for line in lines if line.name not in known]
    while waiting:
        axes = None
        for line in waiting:
            axes = _axes_told(line, lines, replace(scope, tensors=known))
            if axes is not None:
                break
        else:
            line = max(waiting, key=lambda w: len(w.places))
            axes = _given_axes(line.name, len(line.places), lines)
        known[line.name] = Tensor(line.name, axes, "computed")
        waiting = [w for w in waiting if w.name != line.name]
    order = [*scope.tensors, *dict.fromkeys(line.name for line in lines if line.name not in scope.tensors)]
    return {name: known[name] for name in order}


def _axes_told(line: Line, lines: Sequence[Line], scope: Scope) -> tuple[Index, ...] | None:
    """The axes of a line's tensor: the places given, then the axes that are left on the right; None if not yet known."""
    reads = {n for n in re.findall(r"[A-Za-z_]\w*", line.right.text)}
    if any(other.name in reads and other.name not in scope.tensors for other in lines):
        return None
    value = parse_value(line.right, replace(scope, free=line.free))
    if not value.axes and len(line.indices) < len(line.places):
        longest = max(len(other.places) for other in lines if other.name == line.name)
        if longest > len(line.places):
            return None
    given = _given_axes(line.name, len(line.places), lines)
    return given + _named(value, given, line, scope)


def _given_axes(name: str, count: int, lines: Sequence[Line]) -> tuple[Index, ...]:
    """The indices of the first axes, from any line of the tensor that has an index there."""
    own = [line for line in lines if line.name == name]
    axes: list[Index] = []
    for axis in range(count):
        here = [_at(line, axis) for line in own if axis < len(line.places)]
        found = next((i for i in here if i is not None), None)
        if found is None:
            raise own[0].left.error(f"{name} is defined at one place of axis {axis + 1} only", hint="give its equation for an index there")
        axes.append(found)
    return tuple(axes)


def _at(line: Line, axis: int) -> Index | None:
    place = line.places[axis]
    return next((i for i in line.indices if i.symbol == place), None)


def _named(value: Value, given: tuple[Index, ...], line: Line, scope: Scope) -> tuple[Index, ...]:
    """Declared indices for the axes that are left: the names they carry, or others with the same range."""
    taken = {i.name for i in given}
    out: list[Index] = []
    for axis in value.axes:
        siblings = [i for i in scope.indices.values() if (i.low, i.high) == (axis.low, axis.high)]
        siblings.sort(key=lambda i: i.name != hint_of(axis))
        free = [i for i in siblings if i.name not in taken]
        if not free:
            raise line.left.error(
                f"no index is left to name the axes of {line.name}", hint=f"declare another index with the range of {hint_of(axis)}"
            )
        taken.add(free[0].name)
        out.append(free[0])
    return tuple(out)


def define(line: Line, scope: Scope) -> Equation:
    """The equation of a line, in index form."""
    tensor = scope.tensors[line.name]
    if len(line.places) > len(tensor.axes):
        raise line.left.error(f"{line.name} has {len(tensor.axes)} indices, here it has {len(line.places)}")
    rest = _rest(line, tensor, scope)
    indices = (*line.indices, *rest)
    names = frozenset(i.name for i in indices)
    try:
        right = parse_onto(line.right, replace(scope, free=line.free | names), rest)
    except LayerError as error:
        raise error
    left = Elem(line.name, (*line.places, *(i.symbol for i in rest)))
    return Equation(left, right, indices, line.text.text)


def _rest(line: Line, tensor: Tensor, scope: Scope) -> tuple[Index, ...]:
    """The indices of the axes that the left side leaves out."""
    taken = set(line.free)
    out = []
    for axis in tensor.axes[len(line.places) :]:
        siblings = [axis, *(i for i in scope.indices.values() if (i.low, i.high) == (axis.low, axis.high))]
        free = [i for i in siblings if i.name not in taken]
        if not free:
            raise line.left.error(f"no index is left for axis {axis.name} of {tensor.name}", hint="declare another index with its range")
        taken.add(free[0].name)
        out.append(free[0])
    return tuple(out)
