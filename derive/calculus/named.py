"""Which element of the layer an expression is, by the equation that defines it."""

from __future__ import annotations

from derive.calculus.match import match
from derive.language.expr import Compare, Elem, Expr, size
from derive.language.ranges import proved
from derive.language.system import Equation
from derive.steps.rule import Scope


def element_with(node: Expr, part: Expr, equation: Equation, scope: Scope) -> Elem | None:
    """The element in whose equation ``part`` of the right side is this expression, if its indices are in range."""
    free = frozenset(i.symbol for i in equation.indices)
    found = match(part, node, free, {})
    if found is None or any(i.symbol not in found for i in equation.indices):
        return None
    for index in equation.indices:
        for op, bound in ((">=", index.low), ("<=", index.high)):
            if not proved(Compare(op, size(found[index.symbol]), size(bound)), scope.facts):
                return None
    return Elem(equation.name, tuple(found.get(place, place) for place in equation.left.index))


def element_equal_to(node: Expr, equation: Equation, scope: Scope) -> Elem | None:
    """The element that an equation defines as this expression, if the indices are in its range."""
    return element_with(node, equation.right, equation, scope)
