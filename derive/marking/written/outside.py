"""Reads past the end of a tensor's range in a person's line.

The gradient past either end of a recurrence is zero, as textbooks mean it: in ``da[t+1] @ W_h`` there is nothing at
t = T.  So such a read gets its guard ``[t+1 <= T]``, and the guard is put around all that the read is multiplied with,
as in ``f[t+1]*(da[t+1] + dc[t+1])``: what stands beside a zero may be anything.  Every other read outside a range is
found, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.language.coverage import Box, uncovered
from derive.language.expr import (
    MINUS_ONE,
    ONE,
    Add,
    Bracket,
    Compare,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Reduce,
    add,
    mul,
    size,
)
from derive.language.integers import Integer, expand
from derive.language.ranges import Facts, nonnegative
from derive.language.schedule import reads_in
from derive.language.text import integer_text
from derive.language.traverse import bound_at, free_symbols, transform

Sides = Callable[[Elem, Facts], tuple[Compare, ...]]


@dataclass(frozen=True)
class _Guarded:
    """An expression; the conditions still to be put beside it, and all conditions without which it is zero."""

    expr: Expr
    put: tuple[Compare, ...] = ()
    implied: tuple[Compare, ...] = ()

    @property
    def closed(self) -> Expr:
        """The expression with its guard beside it."""
        return _beside(self.put, self.expr)


def guarded(expr: Expr, facts: Facts, sides: Sides) -> Expr:
    """The expression in which each read counts only where the conditions hold that ``sides`` gives for it."""
    return _guarded(expr, facts, sides).closed


def with_complements(expr: Expr) -> Expr:
    """The expression with ``1 - [t < 2]`` as the condition that it is: ``[t >= 2]``."""
    return transform(expr, _complement)


def _complement(node: Expr) -> Expr:
    match node:
        case Add((one, Mul((minus, Bracket((condition,)))))) if one == ONE and minus == MINUS_ONE:
            return Bracket((Compare(_OPPOSITE[condition.op], condition.left, condition.right),))
    return node


_OPPOSITE: Mapping[str, str] = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def open_sides(read: Elem, box: Box, facts: Facts, axes: Iterable[int] | None = None) -> tuple[Compare, ...]:
    """The conditions under which a read lies in a box, without those that are proved; on some axes, or all."""
    found = []
    for axis in range(len(read.index)) if axes is None else axes:
        place, (low, high) = read.index[axis], box[axis]
        if not nonnegative(expand(place - low), facts):
            found.append(Compare(">=", size(place), size(low)))
        if not nonnegative(expand(high - place), facts):
            found.append(Compare("<=", size(place), size(high)))
    return tuple(found)


def reads_outside(expr: Expr, facts: Facts, boxes: Callable[[str], tuple[Box, ...]]) -> Iterator[tuple[Elem, Facts]]:
    """Every read that is not proved to lie where its tensor is defined."""
    for read, known in reads_in(expr, facts):
        defined = boxes(read.name)
        if defined and uncovered(read, defined, known) is not None:
            yield read, known


def failing(condition: Compare) -> str:
    """Where a condition on integers fails, in the language: ``t+1 > T``."""
    op = {">=": "<", "<=": ">"}[condition.op]
    return f"{_text(condition.left)} {op} {_text(condition.right)}"


def holding(conditions: Iterable[Compare]) -> str:
    """Conditions as the guard that says them: ``[i-u >= 0, i-u <= P-1]``."""
    return "[" + ", ".join(f"{_text(c.left)} {c.op} {_text(c.right)}" for c in conditions) + "]"


def _text(side: Expr) -> str:
    return str(side.value) if isinstance(side, Num) else integer_text(getattr(side, "value", side))


def vanishes(expr: Expr, zero: Callable[[str], bool]) -> bool:
    """Whether an expression is zero where the tensors are for which ``zero`` says so."""
    match expr:
        case Num(value):
            return value == 0
        case Elem(name):
            return zero(name)
        case Add(terms):
            return all(vanishes(t, zero) for t in terms)
        case Mul(factors):
            return any(vanishes(f, zero) for f in factors)
        case Reduce(op, _, body):
            return op in ("sum", "mean") and vanishes(body, zero)
        case Pow(base, Num(exponent)):
            return exponent > 0 and vanishes(base, zero)
    return False


def _guarded(expr: Expr, facts: Facts, sides: Sides) -> _Guarded:
    match expr:
        case Elem():
            conditions = sides(expr, facts)
            return _Guarded(expr, conditions, conditions)
        case Bracket(conditions):
            return _Guarded(expr, (), conditions)
        case Mul(factors):
            return _product(factors, facts, sides)
        case Add(terms):
            return _sum([_guarded(t, facts, sides) for t in terms])
        case Reduce(("sum" | "mean") as op, over, body):
            return _reduced(Reduce(op, over, body), facts, sides)
        case Pow(base, Num(exponent)) if exponent > 0:
            inner = _guarded(base, facts, sides)
            return _Guarded(expr.rebuilt((inner.expr, expr.exponent)), inner.put, inner.implied)
    facts = facts.within(bound_at(expr)) if bound_at(expr) else facts
    return _Guarded(expr.rebuilt(tuple(_guarded(c, facts, sides).closed for c in expr.children)))


def _product(factors: tuple[Expr, ...], facts: Facts, sides: Sides) -> _Guarded:
    """A product is zero where one of its factors is."""
    written = [f for f in factors if isinstance(f, Bracket)]
    parts = []
    for factor in factors:
        known = facts
        for bracket in written:
            known = known.given(bracket) if bracket is not factor else known
        parts.append(_guarded(factor, known, sides))
    here = {c for bracket in written for c in bracket.conditions}
    implied = _union(p.implied for p in parts)
    put = tuple(c for c in implied if c not in here)
    return _Guarded(mul(*(p.expr for p in parts)), put, implied)


def _sum(parts: list[_Guarded]) -> _Guarded:
    """A sum is zero where all of its terms are."""
    common = tuple(c for c in parts[0].implied if all(c in p.implied for p in parts))
    terms = (_beside(tuple(c for c in p.put if c not in common), p.expr) for p in parts)
    return _Guarded(add(*terms), tuple(c for c in common if any(c in p.put for p in parts)), common)


def _reduced(expr: Reduce, facts: Facts, sides: Sides) -> _Guarded:
    """A condition on a bound index stays inside of the sum."""
    inner = _guarded(expr.body, facts.within(expr.over), sides)
    bound = {i.symbol for i in expr.over}
    inside = tuple(c for c in inner.put if not _symbols(c).isdisjoint(bound))
    implied = tuple(c for c in inner.implied if _symbols(c).isdisjoint(bound))
    put = tuple(c for c in inner.put if c not in inside)
    return _Guarded(expr.rebuilt((_beside(inside, inner.expr),)), put, implied)


def _beside(conditions: tuple[Compare, ...], expr: Expr) -> Expr:
    return mul(Bracket(conditions), expr) if conditions else expr


def _union(groups: Iterable[tuple[Compare, ...]]) -> tuple[Compare, ...]:
    return tuple(dict.fromkeys(c for group in groups for c in group))


def _symbols(condition: Compare) -> frozenset[Integer]:
    return free_symbols(condition.left) | free_symbols(condition.right)
