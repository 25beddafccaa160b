"""Masks: arrays of truth values that say where conditions hold."""

from __future__ import annotations

from collections.abc import Sequence

from derive.forms.numpy_arrays import Array, aligned, natural_order, union
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_text import Level, Piece
from derive.language.expr import Bracket, Compare
from derive.language.integers import Integer
from derive.language.traverse import free_symbols

Sides = tuple[str, Array, Array]  # a comparison, its left and its right side


def by_axes(conditions: Sequence[Compare], scope: Scope) -> list[list[Compare]]:
    """Conditions in groups that depend on the same indices of arrays."""
    symbols = frozenset(i.symbol for i in scope.indices)
    groups: dict[frozenset[Integer], list[Compare]] = {}
    for condition in conditions:
        groups.setdefault(symbols & free_symbols(Bracket((condition,))), []).append(condition)
    return list(groups.values())


def mask(comparisons: Sequence[Sides], scope: Scope, named: bool) -> Array:
    """Where all of some comparisons hold; ``named`` gives it, and what it computes twice, variables of their own."""
    if named:
        comparisons = _repeated_named(comparisons, scope)
    every = [a for _, left, right in comparisons for a in (left, right)]
    axes = union(every, natural_order(every, scope.order))
    texts = []
    for op, left, right in comparisons:
        own = union((left, right), axes)
        compared = f"{aligned(left, own).at(Level.SUM)} {op} {aligned(right, own).at(Level.SUM)}"
        texts.append(aligned(Array(Piece(compared, Level.COMPARE), own, "bool"), axes))
    if all(a.kind == "number" for a in every):
        return Array(Piece(" and ".join(t.text for t in texts), Level.COMPARE), (), "number")
    piece = texts[0] if len(texts) == 1 else Piece(" & ".join(t.at(Level.ATOM) for t in texts), Level.COMPARE)
    if named:
        variable, _ = scope.writer.named("mask", piece.text, piece.text, large=False)
        piece = Piece(variable)
    return Array(piece, axes, "bool")


def _repeated_named(comparisons: Sequence[Sides], scope: Scope) -> list[Sides]:
    every = [a for _, left, right in comparisons for a in (left, right)]

    def once(array: Array) -> Array:
        text = array.piece.text
        if array.piece.level == Level.ATOM or sum(a.piece.text == text and a.axes == array.axes for a in every) < 2:
            return array
        return Array(Piece(scope.writer.named("places", text, text, large=False)[0]), array.axes, array.kind)

    return [(op, once(left), once(right)) for op, left, right in comparisons]
