"""Guards: which the code can test once, which narrow the range of an index, and which blank out values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy

from derive.forms.numpy_conditions import is_log_of_condition, reads_tensors, sides
from derive.forms.numpy_scope import Scope
from derive.language.binding import (
    fresh_name,
    substitute,
)
from derive.language.expr import (
    ZERO,
    Along,
    Bracket,
    Compare,
    Expr,
    Index,
    Mul,
    Reduce,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand, index_symbol, linear_in
from derive.language.ranges import Facts, facts_of, nonnegative, refuted
from derive.language.system import Equation, System
from derive.language.traverse import (
    all_index_names,
    conditions_of,
    free_symbols,
    walk,
)


def without_impossible(equation: Equation, system: System) -> Equation:
    """The equation with 0 for what is multiplied by a guard that never holds: what is read there need not exist yet."""
    if not any(conditions_of(n) for n in walk(equation.right)):
        return equation
    return replace(equation, right=_possible(equation.right, facts_of(system, equation.indices)))


def _possible(expr: Expr, facts: Facts) -> Expr:
    conditions = [c for f in (expr.factors if isinstance(expr, Mul) else (expr,)) for c in conditions_of(f)]
    if any(refuted(c, facts) for c in conditions):
        return ZERO
    if isinstance(expr, Bracket) or is_log_of_condition(expr):
        return expr
    inside = facts.given(Bracket(tuple(conditions))) if conditions else facts
    inside = inside.within(expr.over) if isinstance(expr, Reduce | Along) else inside
    children = tuple(_possible(c, inside) for c in expr.children)
    return expr if children == expr.children else expr.rebuilt(children)


def has_axes(expr: Expr, scope: Scope) -> bool:
    """Whether a value depends on an index of arrays."""
    return not {i.symbol for i in scope.indices}.isdisjoint(free_symbols(expr))


def split_conditions(
    factors: Sequence[Expr], scope: Scope
) -> tuple[tuple[Compare, ...], tuple[Compare, ...], list[Expr]]:
    """(conditions on sizes and loop indices only, all other conditions, the factors that are no guards)."""
    scalar: list[Compare] = []
    vector: list[Compare] = []
    others: list[Expr] = []
    for factor in factors:
        conditions = conditions_of(factor)
        if not conditions:
            others.append(factor)
        for c in conditions:
            (vector if has_axes(Bracket((c,)), scope) or reads_tensors(c) else scalar).append(c)
    return tuple(scalar), tuple(vector), others


def named_apart(over: Sequence[Index], body: Expr, scope: Scope) -> tuple[tuple[Index, ...], Expr]:
    """The bound indices, and the body over them, renamed where their names are in scope."""
    taken = set(scope.names())
    new = []
    for index in over:
        if index.name in taken:
            name = fresh_name(index.name, taken | all_index_names(body) | {i.name for i in over})
            body = substitute(body, {index.symbol: index_symbol(name)})
            index = index.renamed(name)
        taken.add(index.name)
        new.append(index)
    return tuple(new), body


def narrowed_over(over: Sequence[Index], factors: Sequence[Expr], scope: Scope) -> tuple[tuple[Index, ...], list[Expr]]:
    """Summation indices with the guards on them alone taken into their ranges."""
    ranges = {i.name: i for i in over}
    kept: list[Expr] = []
    others = frozenset(i.symbol for i in (*over, *scope.indices))
    for factor in factors:
        left = []
        for condition in conditions_of(factor):
            index = next((i for i in ranges.values() if i.symbol in free_symbols(Bracket((condition,)))), None)
            new = index and narrowed(index, condition, others, scope.facts)
            if new:
                ranges[new.name] = new
            else:
                left.append(condition)
        if not conditions_of(factor):
            kept.append(factor)
        elif left:
            kept.append(Bracket(tuple(left)))
    return tuple(ranges[i.name] for i in over), kept


def narrowed(index: Index, condition: Compare, indices: frozenset[Integer], facts: Facts) -> Index | None:
    """The index with a range in which the condition holds, and outside of which it does not.

    None if the condition speaks of other ``indices`` of arrays too, or if it is not known how the range ends.
    """
    both = sides(condition)
    if both is None:
        return None
    difference = expand(both[0] - both[1])
    parts = linear_in(difference, index.symbol)
    if parts is None or parts[0] not in (1, -1) or difference.has(FloorDiv, Mod, sympy.Indexed):
        return None
    bound = expand(-parts[1] * parts[0])
    if not indices.isdisjoint(bound.free_symbols):
        return None
    op = condition.op if parts[0] == 1 else _MIRRORED[condition.op]
    new = _cut(index, op, bound, facts)
    return new if new is not None and nonnegative(new.extent, facts) else None


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def _cut(index: Index, op: str, bound: Integer, facts: Facts) -> Index | None:
    low, high = index.low, index.high
    if op == "==":
        inside = nonnegative(bound - low, facts) and nonnegative(high - bound, facts)
        return Index(index.name, bound, bound) if inside else None
    if op == "!=":
        ends = {
            expand(high - bound): Index(index.name, low, high - 1),
            expand(bound - low): Index(index.name, low + 1, high),
        }
        return ends.get(sympy.Integer(0))
    if op in ("<", "<="):
        last = expand(bound - 1) if op == "<" else bound
        return (
            index
            if nonnegative(last - high, facts)
            else Index(index.name, low, last)
            if nonnegative(high - last, facts)
            else None
        )
    first = expand(bound + 1) if op == ">" else bound
    return (
        index
        if nonnegative(low - first, facts)
        else Index(index.name, first, high)
        if nonnegative(first - low, facts)
        else None
    )
