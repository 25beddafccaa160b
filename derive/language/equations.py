"""Equations: the left side of each line, the axes of the tensors that they define, and their elaboration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sympy

from derive.language.axes import Value, described, hint_of
from derive.language.declarations import check_name
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Elem, Index, free_symbols
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.lexical import tokens
from derive.language.parser import has_matrix_operation, left_over, parse_onto, parse_place, parse_value
from derive.language.scope import Scope, counted
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
        """The names of the indices on the left."""
        return frozenset(i.name for i in self.indices)


def line_of(text: Fragment, scope: Scope) -> Line:
    """The two sides of a line."""
    signs = list(_EQUALS.finditer(text.text))
    if len(signs) != 1:
        at = signs[1].start() if signs else 0
        hint = "a condition is written ==" if signs else "as in y[n,o] = ..."
        raise text.error("an equation has one = sign", at, hint)
    left, right = text.part(0, signs[0].start()), text.part(signs[0].end(), len(text.text))
    if not left.text or not right.text:
        side = "right" if left.text else "left"
        raise text.error(f"the {side} side is missing", signs[0].start(), "as in y[n,o] = ...")
    name, placed = parse_place(left, scope)
    check_name(left.part(0, len(name)), "a tensor")
    indices: list[Index] = []
    for place, at in placed:
        index = _free_index(place, left, at, scope)
        if index in indices:
            hint = "write a condition [i == j] on the right instead"
            raise left.error(f"index {place} stands twice on the left", at, hint)
        if index:
            indices.append(index)
    return Line(text, left, right, name, tuple(p for p, _ in placed), tuple(indices))


def _free_index(place: Integer, left: Fragment, at: int, scope: Scope) -> Index | None:
    """The index that stands at a place of the left side, or None where the place is fixed."""
    if not place.has(sympy.Indexed):
        if all(map(is_size, symbols_of(place))):
            return None
        if place.is_Symbol:
            return scope.indices.get(place.name)
    hint = "as in h[t,n] or h[0,n]; shift the equation, so that it defines h[t,n]"
    raise left.error("a place on the left is an index, or fixed", at, hint)


def tensors_of(lines: Sequence[Line], scope: Scope) -> Mapping[str, Tensor]:
    """All tensors: those declared, and those that the lines define, in the order of the lines.

    A line in matrix form tells the axes that are left only once those of the tensors it reads are known, so
    lines are taken as soon as that is so; where none can be taken, the left side of one is supposed complete.
    """
    known: dict[str, Tensor] = dict(scope.tensors)
    waiting = [line for line in lines if line.name not in known]
    while waiting:
        told = ((w, _axes_told(w, lines, replace(scope, tensors=known))) for w in waiting)
        line, axes = next(((w, axes) for w, axes in told if axes is not None), (None, None))
        if line is None or axes is None:
            line = max(waiting, key=lambda w: len(w.places))
            axes = _given_axes(line.name, len(line.places), lines)
        known[line.name] = Tensor(line.name, axes, "computed")
        waiting = [w for w in waiting if w.name != line.name]
    order = [*scope.tensors, *dict.fromkeys(line.name for line in lines if line.name not in scope.tensors)]
    return {name: known[name] for name in order}


def _axes_told(line: Line, lines: Sequence[Line], scope: Scope) -> tuple[Index, ...] | None:
    """The axes of a line's tensor: the places given, then those left on the right; None if not yet known."""
    reads = _names_in(line.right, scope)
    if any(other.name in reads and other.name not in scope.tensors for other in lines):
        return None
    value = parse_value(line.right, replace(scope, free=line.free))
    if not value.axes and len(line.indices) < len(line.places):
        longest = max(len(other.places) for other in lines if other.name == line.name)
        if longest > len(line.places):
            return None
    if value.axes:
        _check_left(value, line, scope)
    given = _given_axes(line.name, len(line.places), lines)
    return given + _named(value, given, line, scope)


def _check_left(value: Value, line: Line, scope: Scope) -> None:
    """Refuse axes that are left over where an index was forgotten, as in ``y[n,o] = sum(W[o,i]*x[n,i], i) + b``."""
    left = described(value.axes)
    names = {hint_of(a) for a in value.axes}
    if not has_matrix_operation(line.right) and (same := [i.name for i in line.indices if i.name in names]):
        raise left_over(
            line.right, scope, f"axis {same[0]} is left over, and {same[0]} is an index on the left already"
        )
    if line.indices and line.indices[-1].symbol not in free_symbols(value.expr):
        last = line.indices[-1].name
        raise left_over(line.right, scope, f"axes {left} are left over, and index {last} stands on the left side only")


def _names_in(text: Fragment, scope: Scope) -> set[str]:
    names = {token for kind, token, _ in tokens(text) if kind == "name"}
    return names.union(*(_names_in(scope.options[n], replace(scope, options={})) for n in names & set(scope.options)))


def _given_axes(name: str, count: int, lines: Sequence[Line]) -> tuple[Index, ...]:
    """The indices of the first axes, from any line of the tensor that has an index there."""
    own = [line for line in lines if line.name == name]
    axes: list[Index] = []
    for axis in range(count):
        here = [_at(line, axis) for line in own if axis < len(line.places)]
        found = next((i for i in here if i is not None), None)
        if found is None:
            message = f"{name} is defined at one place of its axis {axis + 1} only"
            raise own[0].left.error(message, 0, "give an equation with an index there; this one is its base case")
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
            hint = f"declare another index with the range of {hint_of(axis)}"
            raise line.left.error(f"no index is left to name the axes of {line.name}", 0, hint)
        taken.add(free[0].name)
        out.append(free[0])
    return tuple(out)


def define(line: Line, scope: Scope) -> Equation:
    """The equation of a line, in index form."""
    tensor = scope.tensors[line.name]
    if len(line.places) > len(tensor.axes):
        listed = ",".join(a.name for a in tensor.axes)
        message = f"{line.name} has {counted(len(tensor.axes), 'index')}, here it has {len(line.places)}"
        raise line.left.error(message, 0, f"write {line.name}[{listed}]")
    rest = _rest(line, tensor, scope)
    indices = (*line.indices, *rest)
    try:
        right = parse_onto(line.right, replace(scope, free={i.name for i in indices}), rest)
    except LayerError as error:
        raise _with_recurrence_hint(error, line, scope) from None
    left = Elem(line.name, (*line.places, *(i.symbol for i in rest)))
    return Equation(left, right, indices, line.text.text)


def _with_recurrence_hint(error: LayerError, line: Line, scope: Scope) -> LayerError:
    """The error; where a recurrence in matrix form left its axes untold, with a hint to write them."""
    if error.hint or line.name not in _names_in(line.right, scope) or not has_matrix_operation(line.right):
        return error
    hint = f"where {line.name} needs itself, write all its indices on the left, or give a base case that tells its axes"
    return LayerError(error.message, error.file, error.line, error.column, error.source, hint)


def _rest(line: Line, tensor: Tensor, scope: Scope) -> tuple[Index, ...]:
    """The indices of the axes that the left side leaves out."""
    taken = set(line.free)
    out = []
    for axis in tensor.axes[len(line.places) :]:
        siblings = [axis, *(i for i in scope.indices.values() if (i.low, i.high) == (axis.low, axis.high))]
        free = [i for i in siblings if i.name not in taken]
        if not free:
            hint = f"declare another index with the range of {axis.name}"
            raise line.left.error(f"no index is left for axis {axis.name} of {tensor.name}", 0, hint)
        taken.add(free[0].name)
        out.append(free[0])
    return tuple(out)
