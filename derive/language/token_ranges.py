"""Which values the integer tensors may take: those at which something is read without a guard on them."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from derive.language.expr import Compare, Elem, Expr, Mul
from derive.language.integers import Integer, elements
from derive.language.system import System
from derive.language.traverse import conditions_of

TokenRange = tuple[str, Integer, Integer]


def token_ranges(system: System) -> frozenset[TokenRange]:
    """(integer tensor, low, high) for each axis that is read at an element of the tensor, whatever its value.

    A value outside such a range is an error of the caller; any other use of an integer tensor allows every value.
    """
    found: set[TokenRange] = set()
    for equation in system.all_equations:
        for elem, guards in _reads(equation.right, ()):
            if elem.name in system.outside:
                continue
            for place, bounds in zip(elem.index, system.storage(elem.name), strict=True):
                if isinstance(place, sympy.Indexed) and not any(_mentions(c, place) for c in guards):
                    found.add((str(place.base.label), *bounds))
    return frozenset(found)


def _reads(expr: Expr, guards: tuple[Compare, ...]) -> Iterator[tuple[Elem, tuple[Compare, ...]]]:
    if isinstance(expr, Elem):
        yield expr, guards
    if isinstance(expr, Mul):
        guards += tuple(c for f in expr.factors for c in conditions_of(f))
    for child in expr.children:
        yield from _reads(child, guards)


def _mentions(condition: Compare, place: Integer) -> bool:
    """Whether a condition speaks of the integer tensor that an element belongs to."""
    name = place.base.label
    sides = [getattr(side, "value", None) for side in (condition.left, condition.right)]
    inside = any(e.base.label == name for s in sides if isinstance(s, sympy.Expr) for e in elements(s))
    return inside or any(isinstance(s, Elem) and s.name == str(name) for s in (condition.left, condition.right))
