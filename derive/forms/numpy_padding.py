"""Guards that say no more than that a window lies in its array: the window reads 0 outside, and the guards go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.forms.numpy_conditions import sides
from derive.forms.numpy_places import places_of
from derive.forms.numpy_reads import Stored, tensor
from derive.forms.numpy_scope import Scope
from derive.language.expr import Compare, Elem, Expr
from derive.language.integers import Integer, expand


def padded(
    factors: Sequence[Expr], conditions: Sequence[Compare], scope: Scope
) -> tuple[dict[int, Stored], tuple[Compare, ...]]:
    """Which factors of a product may be read as 0 outside, by position, and the conditions that are then left."""
    found: dict[int, Stored] = {}
    left = tuple(conditions)
    for k, factor in enumerate(factors):
        if isinstance(factor, Elem):
            stored = tensor(factor.name, scope)
            said = _saying_that_it_exists(factor, stored, left, scope)
            if said:
                found[k] = replace(stored, outside=0.0)
                left = tuple(c for c in left if c not in said)
    return found, left


def _saying_that_it_exists(
    element: Elem, stored: Stored, conditions: Sequence[Compare], scope: Scope
) -> tuple[Compare, ...]:
    """The conditions, where they are all that is needed for a window to lie in its array; else none."""
    places = places_of(stored.bounds, element.index, scope)
    if stored.outside is not None or stored.kind != "float" or any(p.runs is None for p in places):
        return ()
    needed = {
        side
        for place in places
        if not place.inside
        for side in (place.position, expand(place.last - place.position))
        if not scope.proved(side)
    }
    said = {c: excess for c in conditions if (excess := _excess(c)) in needed}
    return tuple(said) if needed == set(said.values()) else ()


def _excess(condition: Compare) -> Integer | None:
    """What an inequality of integers says is >= 0."""
    both = sides(condition)
    if both is None:
        return None
    left, right = both
    excess = {">=": left - right, ">": left - right - 1, "<=": right - left, "<": right - left - 1}
    return expand(excess[condition.op]) if condition.op in excess else None
