"""Conditions: which a factor states, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy

from derive.language.expr import (
    Along,
    Bracket,
    Call,
    Compare,
    Elem,
    Expr,
    Mul,
    Num,
    Reduce,
    Size,
)
from derive.language.integers import Integer, Mod, expand
from derive.language.ranges import Facts, proved
from derive.language.traverse import (
    conditions_of,
    walk,
)


def is_log_of_condition(expr: Expr) -> bool:
    """``log([j <= i])``: 0 where the condition holds, minus infinity elsewhere."""
    return isinstance(expr, Call) and expr.function == "log" and isinstance(expr.arguments[0], Bracket)


def sides(condition: Compare) -> tuple[Integer, Integer] | None:
    """Both sides of a condition on integers."""
    values = []
    for side in (condition.left, condition.right):
        if isinstance(side, Size):
            values.append(side.value)
        elif isinstance(side, Num) and side.value.denominator == 1:
            values.append(sympy.Integer(side.value.numerator))
        else:
            return None
    return values[0], values[1]


def reads_tensors(condition: Compare) -> bool:
    """Whether a condition reads a tensor."""
    return any(
        isinstance(n, Elem) or (isinstance(n, Size) and n.value.has(sympy.Indexed))
        for side in (condition.left, condition.right)
        for n in walk(side)
    )


def remainder(condition: Compare) -> tuple[Integer, Integer] | None:
    """``(a, b)`` of a condition ``a % b == 0``."""
    both = sides(condition)
    if both is None or condition.op != "==" or not isinstance(both[0], Mod) or both[1] != 0:
        return None
    return expand(both[0].args[0]), both[0].args[1]


def plain_reads(factor: Expr) -> Iterator[Elem]:
    """Reads in a factor that no guard protects but those beside the factor."""
    if isinstance(factor, Elem):
        yield factor
    guarded = isinstance(factor, Mul) and any(conditions_of(f) for f in factor.factors)
    if not guarded and not isinstance(factor, Reduce | Along | Bracket):
        for child in factor.children:
            yield from plain_reads(child)


def without_proved(factors: Sequence[Expr], facts: Facts) -> tuple[Expr, ...]:
    """The factors without the conditions that are proved."""
    kept: list[Expr] = []
    for factor in factors:
        conditions = conditions_of(factor)
        left = tuple(c for c in conditions if not proved(c, facts))
        if not conditions:
            kept.append(factor)
        elif left:
            kept.append(Bracket(left))
    return tuple(kept)


def without(factors: Sequence[Expr], condition: Compare) -> list[Expr]:
    """The factors without one condition."""
    kept: list[Expr] = []
    for factor in factors:
        left = tuple(c for c in conditions_of(factor) if c != condition)
        if not conditions_of(factor):
            kept.append(factor)
        elif left:
            kept.append(Bracket(left))
    return kept
