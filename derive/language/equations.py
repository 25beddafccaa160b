"""Equations: the left side of each line, the axes of the tensors that they define, and their elaboration."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy

from derive.language.declarations import check_name
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Elem, Index
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.lexical import tokens
from derive.language.parser import has_matrix_operation, parse_onto, parse_place
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
    def is_base(self) -> bool:
        """Whether a place on the left is fixed."""
        return len(self.indices) < len(self.places)

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
    if error.hint or line.name not in names_in(line.right, scope) or not has_matrix_operation(line.right):
        return error
    hint = f"where {line.name} needs itself, write all its indices on the left, or give a base case that tells its axes"
    return LayerError(error.message, error.file, error.line, error.column, error.source, hint)


def names_in(text: Fragment, scope: Scope) -> set[str]:
    """Every name in a text, and in the options that it names."""
    names = {token for kind, token, _ in tokens(text) if kind == "name"}
    return names.union(*(names_in(scope.options[n], replace(scope, options={})) for n in names & set(scope.options)))


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
