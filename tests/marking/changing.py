"""Rules by which a formula is changed: mistakes, unless the value happens to stay."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from derive.language.expr import (
    Add,
    Bracket,
    Delta,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Reduce,
    add,
    mul,
    neg,
    num,
)
from derive.language.integers import Integer
from tests.marking.rewriting import Place, Rule


def flip_sign(expr: Expr, place: Place, random: Random) -> Expr | None:
    return None if isinstance(expr, Bracket | Delta) else neg(expr)


def lose_factor(expr: Expr, place: Place, random: Random) -> Expr | None:
    if not isinstance(expr, Mul):
        return None
    kept = [k for k, f in enumerate(expr.factors) if not isinstance(f, Bracket | Delta)]
    lost = random.choice(kept) if kept else None
    return None if lost is None else mul(*(f for k, f in enumerate(expr.factors) if k != lost))


def lose_term(expr: Expr, place: Place, random: Random) -> Expr | None:
    if not isinstance(expr, Add):
        return None
    lost = random.randrange(len(expr.terms))
    return add(*(t for k, t in enumerate(expr.terms) if k != lost))


def other_index(expr: Expr, place: Place, random: Random) -> Expr | None:
    """One index of an element is another of the same range."""
    if not isinstance(expr, Elem) or not expr.index:
        return None
    at = random.randrange(len(expr.index))
    known = {i.symbol: i for i in place.scope}
    old = known.get(expr.index[at])
    new = [i.symbol for i in place.scope if old and i != old and (i.low, i.high) == (old.low, old.high)]
    return _moved(expr, at, random.choice(new)) if new else None


def swap_places(expr: Expr, place: Place, random: Random) -> Expr | None:
    """Two indices of one range change places."""
    if not isinstance(expr, Elem):
        return None
    known = {i.symbol: (i.low, i.high) for i in place.scope}
    pairs = [
        (a, b)
        for a in range(len(expr.index))
        for b in range(a)
        if known.get(expr.index[a]) == known.get(expr.index[b]) is not None
    ]
    if not pairs:
        return None
    a, b = random.choice(pairs)
    return _moved(_moved(expr, a, expr.index[b]), b, expr.index[a])


def _moved(element: Elem, at: int, to: Integer) -> Elem:
    return Elem(element.name, (*element.index[:at], to, *element.index[at + 1 :]))


def other_number(expr: Expr, place: Place, random: Random) -> Expr | None:
    return num(expr.value + random.choice((-1, 1, Fraction(1, 2)))) if isinstance(expr, Num) else None


def average(expr: Expr, place: Place, random: Random) -> Expr | None:
    match expr:
        case Reduce("sum", over, body):
            return Reduce("mean", over, body)
    return None


def power_more(expr: Expr, place: Place, random: Random) -> Expr | None:
    return None if isinstance(expr, Bracket | Delta | Num) else Pow(expr, num(2))


CHANGING: tuple[Rule, ...] = (
    flip_sign, lose_factor, lose_term, other_index, swap_places, other_number, average, power_more,
)  # fmt: skip
