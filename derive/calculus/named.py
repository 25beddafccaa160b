"""Of which statement of the layer an expression is an instance: the element that an equation defines as it."""

from __future__ import annotations

from derive.calculus.match import Binding, match
from derive.language.expr import Compare, Elem, Expr, Index, size
from derive.language.ranges import proved
from derive.language.system import Equation
from derive.steps.rule import Scope


def values_of(indices: tuple[Index, ...], pattern: Expr, node: Expr, scope: Scope) -> Binding | None:
    """The values of the indices for which ``pattern`` is this expression; None if there are none, proved in range."""
    found = match(pattern, node, frozenset(i.symbol for i in indices), {})
    if found is None or any(i.symbol not in found for i in indices):
        return None
    for index in indices:
        for op, bound in ((">=", index.low), ("<=", index.high)):
            if not proved(Compare(op, size(found[index.symbol]), size(bound)), scope.facts):
                return None
    return found


def element_with(node: Expr, part: Expr, equation: Equation, scope: Scope) -> Elem | None:
    """The element in whose equation ``part`` of the right side is this expression, if its indices are in range."""
    found = values_of(equation.indices, part, node, scope)
    if found is None:
        return None
    return Elem(equation.name, tuple(found.get(place, place) for place in equation.left.index))


def element_equal_to(node: Expr, equation: Equation, scope: Scope) -> Elem | None:
    """The element that an equation defines as this expression, if the indices are in its range."""
    return element_with(node, equation.right, equation, scope)
