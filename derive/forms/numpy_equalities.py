"""Sums of which an equality leaves one term, and sums over positions that are better made over what is read there.

``sum([dst[e] == i]*x[i], i)`` is ``x[dst[e]]``.  With ``p = s*m + u``, ``sum([(p-u) % s == 0]*y[p]*x[(p-u)//s], p)`` is
``sum(y[s*m+u]*x[m], m)``, which needs no division.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy

from derive.forms.numpy_conditions import plain_reads, remainder, sides, without, without_proved
from derive.language.binding import (
    fresh_name,
    substitute,
)
from derive.language.expr import (
    Along,
    Bracket,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Size,
    size,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand, linear_in
from derive.language.ranges import Facts, proved
from derive.language.system import System
from derive.language.traverse import (
    all_index_names,
    conditions_of,
    transform,
)

Sum = tuple[tuple[Index, ...], tuple[Expr, ...]]


def settled(over: Sequence[Index], factors: Sequence[Expr], system: System, facts: Facts) -> Sum:
    """A sum of a product with such sums carried out, and without the guards that are proved."""
    total: Sum = (tuple(over), tuple(factors))
    while (new := _without_equality(*total, facts) or _without_division(*total, system)) is not None:
        total = new
    return total[0], without_proved(total[1], facts.within(total[0]))


def _without_equality(over: tuple[Index, ...], factors: tuple[Expr, ...], facts: Facts) -> Sum | None:
    """The sum without an index that an equality settles."""
    conditions = [c for f in factors for c in conditions_of(f) if c.op == "==" and sides(c)]
    divisible = [remainder(c) for c in conditions]
    for condition in conditions:
        for difference in _differences(condition, divisible):
            for sign in (1, -1):
                for index in over:
                    parts = linear_in(difference, index.symbol)
                    if parts is None or parts[0] != sign or parts[1].has(FloorDiv, Mod):
                        continue
                    place = expand(-sign * parts[1])
                    rest = tuple(i for i in over if i != index)
                    moved = [at_place(f, index.symbol, place) for f in without(factors, condition)]
                    inside = facts.within(rest)
                    ends = (Compare(">=", size(place), size(index.low)), Compare("<=", size(place), size(index.high)))
                    left = tuple(c for c in ends if not proved(c, inside))
                    return rest, (*((Bracket(left),) if left else ()), *moved)
    return None


def _differences(condition: Compare, divisible: Sequence[tuple[Integer, Integer] | None]) -> Iterator[Integer]:
    """Expressions that are 0 where an equality holds; a quotient in it is multiplied out where it leaves no rest."""
    both = sides(condition)
    assert both is not None
    difference = expand(both[0] - both[1])
    if not difference.has(FloorDiv) and not difference.has(Mod):
        yield difference
    for division in difference.atoms(FloorDiv):
        parts = linear_in(difference, division)
        numerator, divisor = expand(division.args[0]), division.args[1]
        if parts is not None and parts[0] in (1, -1) and (numerator, divisor) in divisible:
            yield expand(numerator + parts[0] * parts[1] * divisor)


def _without_division(over: tuple[Index, ...], factors: tuple[Expr, ...], system: System) -> Sum | None:
    """The sum over the position at which a quotient is read, instead of over the index that the quotient moves with."""
    divisible = [remainder(c) for f in factors for c in conditions_of(f)]
    for factor in factors:
        for elem in plain_reads(factor):
            if elem.name in system.outside:
                continue
            for place, bounds in zip(elem.index, system.storage(elem.name), strict=True):
                if not isinstance(place, FloorDiv) or (expand(place.args[0]), place.args[1]) not in divisible:
                    continue
                numerator, divisor = expand(place.args[0]), place.args[1]
                growing = [
                    s for s in numerator.free_symbols if not s.is_nonnegative and _coefficient(numerator, s) == 1
                ]
                index = next((i for i in over if growing == [i.symbol]), None)
                if index is None or index.symbol in divisor.free_symbols:
                    continue
                taken = frozenset().union(*(all_index_names(f) for f in factors)) | {i.name for i in over}
                new = Index(fresh_name(index.name, taken | set(system.indices)), *bounds)
                moved = expand(divisor * new.symbol - (numerator - index.symbol))
                ends = (Compare(">=", size(moved), size(index.low)), Compare("<=", size(moved), size(index.high)))
                rest = tuple(new if i == index else i for i in over)
                return rest, (Bracket(ends), *(at_place(f, index.symbol, moved) for f in factors))
    return None


def _coefficient(value: Integer, symbol: Integer) -> Integer | None:
    parts = linear_in(value, symbol)
    return None if parts is None else parts[0]


def at_place(expr: Expr, symbol: Integer, place: Integer, taken: frozenset[str] = frozenset()) -> Expr:
    """The expression with an index put at a place, and the divisions carried out that leave no rest there."""
    return transform(substitute(expr, {symbol: place}, taken), _divided_in)


def _divided_in(node: Expr) -> Expr:
    match node:
        case Elem(name, index):
            return Elem(name, tuple(map(divided, index)))
        case Size(value):
            return size(divided(value))
        case Delta(left, right):
            return Delta(divided(left), divided(right))
        case Along(op, over, body, at):
            return Along(op, over, body, tuple(map(divided, at)))
    return node


def divided(value: Integer) -> Integer:
    """An integer expression with the exact divisions in it carried out: ``(s*p)//s`` is p and ``(s*p) % s`` is 0."""
    if not value.has(FloorDiv) and not value.has(Mod):
        return value
    new = value
    for division in value.atoms(FloorDiv) | value.atoms(Mod):
        quotient = _exact(expand(division.args[0]), division.args[1])
        if quotient is not None:
            new = new.xreplace({division: quotient if isinstance(division, FloorDiv) else sympy.Integer(0)})
    return expand(new)


def _exact(numerator: Integer, divisor: Integer) -> Integer | None:
    if divisor.is_Symbol:
        parts = linear_in(numerator, divisor)
        return parts[0] if parts is not None and parts[1] == 0 else None
    if divisor.is_Integer:
        quotient = expand(numerator / divisor)
        whole = all(t.as_coeff_Mul()[0].is_Integer for t in sympy.Add.make_args(quotient))
        return quotient if whole else None
    return None
