"""The conditions on values that a layer makes, and which sides of them a test point shows.

``[x[n,i] < 3]`` must be true of some element at some point and false of another, or leaving it out would not be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from derive.checking.elementwise import kinks
from derive.checking.reference import Interpreter
from derive.language.expr import Along, Bracket, Call, Compare, Expr, Index, Num, Reduce
from derive.language.system import System
from derive.language.traverse import names_read

_MOST = 200_000  # elements of which a condition is looked at


@dataclass(frozen=True)
class Condition:
    """A condition on values, and the indices that are in scope where it stands."""

    holds: Bracket
    indices: tuple[Index, ...]


Side = tuple[Condition, bool]


def conditions_of(system: System) -> frozenset[Condition]:
    """The brackets that read tensors, and on which side of its kink each function with one is."""
    return frozenset(c for e in system.all_equations for c in _within(e.right, e.indices))


def _within(expr: Expr, scope: tuple[Index, ...]) -> Iterator[Condition]:
    inner = (*scope, *expr.over) if isinstance(expr, Reduce | Along) else scope
    match expr:
        case Bracket() if names_read(expr):
            yield Condition(expr, scope)
        case Call(function, (argument,)):
            for kink in kinks(function):
                yield Condition(Bracket((Compare(">", argument, Num(Fraction(kink))),)), scope)
    for child in expr.children:
        yield from _within(child, inner)


def sides_shown(conditions: frozenset[Condition], reader: Interpreter) -> frozenset[Side]:
    """Which conditions are true of some element, and which are false of some."""
    return frozenset((c, side) for c in conditions for side in _sides(c, reader))


def _sides(condition: Condition, reader: Interpreter) -> set[bool]:
    if prod(reader.size(index.extent) for index in condition.indices) > _MOST:
        return {True, False}
    return {bool(holds) for holds in (reader.over(condition.holds, condition.indices) != 0).ravel()}
