"""The left side of a line: a gradient, or a name of the person's own, and the places at which the line holds."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy

from derive.language.axes import Axes
from derive.language.declarations import check_name
from derive.language.elaborate import Elaborator, items_of
from derive.language.errors import Fragment
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.lexical import tree_of
from derive.language.scope import Scope


@dataclass(frozen=True)
class LeftSide:
    """A name, and what stands in its brackets: the name of an index, or a fixed place such as ``T+1``.

    ``shifts`` holds what is added to an index there: -1 for t in ``dh[t-1]``.
    """

    text: Fragment
    name: str
    places: tuple[str | Integer, ...]
    shifts: Mapping[str, Integer] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(p for p in self.places if isinstance(p, str))

    @property
    def is_fixed(self) -> bool:
        """Whether one of the places is fixed."""
        return len(self.letters) < len(self.places)


def left_side(text: Fragment, scope: Scope) -> LeftSide:
    """The left side of a line.  Raises LayerError."""
    tree = tree_of(text)
    if isinstance(tree, ast.Attribute) and tree.attr == "T":
        raise text.error("the left side is a gradient, not its transpose", 0, "transpose the right side: (...).T")
    if not isinstance(tree, ast.Name) and not (isinstance(tree, ast.Subscript) and isinstance(tree.value, ast.Name)):
        raise text.error("the left side is one gradient, or a name of your own", 0, "as in dW[o,i] = ... or dW = ...")
    if isinstance(tree, ast.Name):
        check_name(text.part(0, len(tree.id)), "a tensor")
        return LeftSide(text, tree.id, ())
    assert isinstance(tree.value, ast.Name)
    name = tree.value.id
    check_name(text.part(0, len(name)), "a tensor")
    reader = Elaborator(text, replace(scope, free=None), Axes(scope.derived))
    shifts: dict[str, Integer] = {}
    places = tuple(_place(item, reader, shifts) for item in items_of(tree.slice))
    left = LeftSide(text, name, places, shifts)
    for k, letter in enumerate(left.letters):
        if letter in left.letters[:k]:
            hint = "write a condition [i == j] on the right instead"
            raise text.error(f"index {letter} stands twice on the left", 0, hint)
    return left


def _place(item: ast.expr, reader: Elaborator, shifts: dict[str, Integer]) -> str | Integer:
    scope = reader.scope
    match item:
        case ast.BinOp(left=ast.Name(id=letter), op=ast.Add() | ast.Sub() as op, right=ast.Constant() as distance):
            if letter not in scope.sizes and letter not in scope.tensors:
                shift = reader.integer(distance)
                shifts[letter] = shift if isinstance(op, ast.Add) else -shift
                return letter
    if isinstance(item, ast.Name) and item.id not in scope.sizes:
        known = scope.tensors.get(item.id)
        if known is None or not known.integer:
            return item.id
    place = reader.integer(item)
    if place.has(sympy.Indexed) or not all(map(is_size, symbols_of(place))):
        hint = "as in dh[t]; a fixed place is dh[T] or dh[0]"
        raise reader.error(item, "a place on the left is an index, or fixed", hint)
    return place
