"""What a gradient becomes at special places: the ends of a recurrence, and stride one."""

from __future__ import annotations

from derive.calculus.contract import CONTRACT, LEFTOVER
from derive.calculus.simplify import SIMPLIFY
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    ONE,
    Bracket,
    Compare,
    Elem,
    Expr,
    Index,
    Size,
    size,
)
from derive.language.integers import Integer, Mod, is_size, symbols_of
from derive.language.ranges import facts_of, refuted
from derive.language.system import System
from derive.language.text import integer_text
from derive.language.traverse import (
    walk,
)
from derive.steps.record import Case, Step
from derive.steps.rewrite import rewrite
from derive.steps.rule import Scope, scope_of


def cases(system: System, left: Elem, right: Expr, indices: tuple[Index, ...]) -> tuple[Case, ...]:
    """The ends of each index that a guard speaks of, the places between, and divisors of 1 where they may be."""
    found: list[Case] = []
    for condition in _end_guards(right, indices):
        found += _ends(system, left, right, indices, condition)
    divisors = sorted(_divisors(right), key=str)
    facts = facts_of(system)
    if divisors and not any(refuted(Compare("==", size(d), ONE), facts) for d in divisors):
        found.append(_at_one(system, left, right, indices, tuple(divisors)))
    return tuple(found)


def _conditions(expr: Expr) -> list[Compare]:
    return [c for n in walk(expr) if isinstance(n, Bracket) for c in n.conditions]


def _end_guards(right: Expr, indices: tuple[Index, ...]) -> list[tuple[Index, Compare]]:
    """Guards of the form ``t < T`` or ``t > 1``: one end of the range of one index is left out."""
    ends = []
    by_symbol = {i.symbol: i for i in indices}
    for condition in dict.fromkeys(_conditions(right)):
        match condition:
            case Compare("<", Size(symbol), bound) if symbol in by_symbol and _value(bound) == by_symbol[symbol].high:
                ends.append((by_symbol[symbol], condition))
            case Compare(">", Size(symbol), bound) if symbol in by_symbol and _value(bound) == by_symbol[symbol].low:
                ends.append((by_symbol[symbol], condition))
    return ends


def _value(side: Expr) -> Integer | None:
    return side.value if isinstance(side, Size) else getattr(side, "value", None)


def _simplified(expr: Expr, scope: Scope, indices: tuple[Index, ...]) -> tuple[Expr, tuple[Step, ...]]:
    steps: tuple[Step, ...] = ()
    for rules in (CONTRACT, LEFTOVER, SIMPLIFY):
        expr, more = rewrite(expr, rules, scope, indices)
        steps += more
    return expr, steps


def _ends(
    system: System, left: Elem, right: Expr, indices: tuple[Index, ...], guard: tuple[Index, Compare]
) -> list[Case]:
    index, condition = guard
    end = index.high if condition.op == "<" else index.low
    others = tuple(i for i in indices if i != index)
    at_end = {index.symbol: end}
    end_left = substitute(left, at_end)
    assert isinstance(end_left, Elem)
    end_right, end_steps = _simplified(substitute(right, at_end), scope_of(system, others, right), others)
    inside = scope_of(system, indices, right).given(Bracket((condition,)))
    between_right, between_steps = _simplified(right, inside, indices)
    place = f"{index.name} == {integer_text(end)}"
    comes = "after" if condition.op == "<" else "before"
    low, high = integer_text(index.low), integer_text(index.high)
    between = f"[{low} <= {index.name} < {high}]" if condition.op == "<" else f"[{low} < {index.name} <= {high}]"
    return [
        Case(f"[{place}]", end_left, end_right, others, f"Nothing comes {comes} it.", end_steps),
        Case(between, left, between_right, indices, "Every reader is there.", between_steps),
    ]


def _divisors(right: Expr) -> set[Integer]:
    """The sizes by which a guard demands divisibility."""
    found: set[Integer] = set()
    for condition in _conditions(right):
        for side in (condition.left, condition.right):
            if isinstance(side, Size):
                found |= {m.args[1] for m in side.value.atoms(Mod) if m.args[1].is_Symbol and is_size(m.args[1])}
    return found


def _at_one(system: System, left: Elem, right: Expr, indices: tuple[Index, ...], divisors: tuple[Integer, ...]) -> Case:
    ones = {d: 1 for d in divisors}
    at_one, steps = _simplified(substitute(right, ones), scope_of(system, indices, right), indices)
    where = "[" + ", ".join(f"{d.name} == 1" for d in divisors) + "]"
    kept = sorted({s.name for c in _conditions(at_one) for side in (c.left, c.right) if isinstance(side, Size)
                   for s in symbols_of(side.value) if is_size(s)})  # fmt: skip
    sentence = "Every place is reached, and no divisibility is left to ask for."
    if not kept:
        sentence += " No guard is left either."
    return Case(where, left, at_one, indices, sentence, steps)
