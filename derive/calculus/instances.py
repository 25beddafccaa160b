"""Instances of equations: the right side at a given element, with bound indices kept apart from the names around."""

from __future__ import annotations

from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    Along,
    Elem,
    Expr,
    Reduce,
)
from derive.language.integers import Integer
from derive.language.ranges import facts_of
from derive.language.schedule import meets
from derive.language.system import Equation
from derive.language.traverse import (
    all_index_names,
    transform,
)
from derive.steps.rule import Scope, fresh_index


def instance(equation: Equation, element: Elem, scope: Scope, avoid: Expr) -> Expr | None:
    """The right side of an equation at an element of its tensor, its bound indices named apart from ``avoid``.

    None where the equation does not define that element.
    """
    if not meets(element, facts_of(scope.system), equation):
        return None
    values: dict[Integer, Integer] = {}
    free = {i.symbol for i in equation.indices}
    for place, at in zip(equation.left.index, element.index, strict=True):
        if place in free:
            values[place] = at
        elif place != at:
            return None
    clear = named_apart(equation.right, scope, all_index_names(avoid) | all_index_names(element))
    return substitute(clear, values)


def named_apart(expr: Expr, scope: Scope, taken: frozenset[str]) -> Expr:
    """The expression with bound indices renamed where their names are taken."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Reduce | Along) or taken.isdisjoint(i.name for i in node.over):
            return node
        body, over = node.body, list(node.over)
        used = taken | all_index_names(expr) - {i.name for i in node.over}
        for k, index in enumerate(node.over):
            if index.name in taken:
                over[k] = fresh_index(index, scope.system, used | {i.name for i in over})
                body = substitute(body, {index.symbol: over[k].symbol})
        if isinstance(node, Along):
            return Along(node.op, tuple(over), body, node.at)
        return Reduce(node.op, tuple(over), body)

    return transform(expr, change)
