"""The axes of the tensors that equations define: the indices on the left, then the axes that are left on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.language.axes import Value, described, hint_of
from derive.language.equations import Line, names_in
from derive.language.expr import Index
from derive.language.parser import has_matrix_operation, left_over, parse_value, terms_of
from derive.language.scope import Scope
from derive.language.system import Tensor


def tensors_of(lines: Sequence[Line], scope: Scope) -> dict[str, Tensor]:
    """All tensors: those declared, and those that the lines define, in the order of the lines.

    A line in matrix form tells the axes that are left only once those of the tensors it reads are known, so lines are
    taken as soon as that is so.  In a recurrence none may be; then the terms that need nothing unknown tell them, and
    where there are no such terms, a left side is supposed complete.
    """
    known: dict[str, Tensor] = dict(scope.tensors)
    waiting = [line for line in lines if line.name not in known]
    while waiting:
        line, axes = _next(waiting, lines, replace(scope, tensors=known))
        known[line.name] = Tensor(line.name, axes, "computed")
        waiting = [w for w in waiting if w.name != line.name]
    order = [*scope.tensors, *dict.fromkeys(line.name for line in lines if line.name not in scope.tensors)]
    return {name: known[name] for name in order}


def _next(waiting: Sequence[Line], lines: Sequence[Line], scope: Scope) -> tuple[Line, tuple[Index, ...]]:
    """The next line whose tensor's axes can be told, and these axes."""
    for axes_of in (_axes_told, _axes_of_terms):
        for line in waiting:
            value = axes_of(line, lines, scope)
            if value is not None:
                if value.axes:
                    _check_left(value, line, scope)
                given = _given_axes(line.name, len(line.places), lines)
                return line, given + _named(value, given, line, scope)
    line = max(waiting, key=lambda w: len(w.places))
    return line, _given_axes(line.name, len(line.places), lines)


def _axes_told(line: Line, lines: Sequence[Line], scope: Scope) -> Value | None:
    """The value of the right side; None if it needs a tensor not yet known, or is a base case that tells nothing."""
    if _unknown(line, lines, scope):
        return None
    value = parse_value(line.right, replace(scope, free=line.free))
    recurs = any(other.name == line.name and not other.is_base for other in lines)
    return None if line.is_base and recurs and not value.axes else value


def _axes_of_terms(line: Line, lines: Sequence[Line], scope: Scope) -> Value | None:
    """The term with the most axes, of those terms of the right side that need nothing unknown; None if none has any."""
    values = [v for v in terms_of(line.right, replace(scope, free=line.free)) if v.axes]
    return max(values, key=lambda v: len(v.axes)) if values else None


def _unknown(line: Line, lines: Sequence[Line], scope: Scope) -> bool:
    reads = names_in(line.right, scope)
    return any(other.name in reads and other.name not in scope.tensors for other in lines)


def _check_left(value: Value, line: Line, scope: Scope) -> None:
    """Refuse axes that are left over where an index was forgotten, as in ``y[n,o] = sum(W[o,i]*x[n,i], i) + b``."""
    left = described(value.axes)
    names = {hint_of(a) for a in value.axes}
    if not has_matrix_operation(line.right) and (same := [i.name for i in line.indices if i.name in names]):
        raise left_over(
            line.right, scope, f"axis {same[0]} is left over, and {same[0]} is an index on the left already"
        )
    last = line.indices[-1].name if line.indices else None
    if last and last not in names_in(line.right, scope):
        raise left_over(line.right, scope, f"axes {left} are left over, and index {last} stands on the left side only")


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
