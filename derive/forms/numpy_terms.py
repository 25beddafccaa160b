"""Terms of an equation that are best written at the places where they land, instead of read for every place.

The gradient of a strided window is ``dx[i] = sum([(i+q-d*u) % s == 0] * W[u] * dy[(i+q-d*u)//s], u)``: each element of
``dy`` lands on the places ``i = s*p + d*u - q``.  The change of variable from ``i`` to ``p`` removes the divisions and
most of the guards.  In the same way ``dW[v] = sum([tok[n] == v] * dy[n], n)`` lands on ``v = tok[n]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy

from derive.forms.numpy_conditions import plain_reads, remainder, sides, without_proved
from derive.forms.numpy_equalities import at_place, settled
from derive.language.binding import (
    fresh_name,
    substitute,
)
from derive.language.expr import (
    Add,
    Bracket,
    Compare,
    Expr,
    Index,
    Mul,
    Reduce,
    mul,
    size,
    sum_,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand, index_symbol, is_size, linear_in, symbols_of
from derive.language.ranges import Facts, nonnegative
from derive.language.system import System
from derive.language.traverse import (
    all_index_names,
    conditions_of,
)


@dataclass(frozen=True)
class Term:
    """A sum over indices of a product of factors."""

    over: tuple[Index, ...]
    factors: tuple[Expr, ...]

    @property
    def expr(self) -> Expr:
        return sum_(self.over, mul(*self.factors)) if self.over else mul(*self.factors)


@dataclass(frozen=True)
class Landing:
    """A term whose values are added at places of the left side.

    places  for some free indices of the equation the place in their stead
    runs    the indices in each place, that of the values first; they are axes of the term's values
    """

    term: Term
    places: Mapping[Index, Integer]
    runs: Mapping[Index, tuple[Index, ...]]


def term_of(expr: Expr, taken: frozenset[str], system: System, facts: Facts) -> Term:
    """An expression as one sum of one product: sums that are factors are merged, their indices named apart."""
    over: list[Index] = []
    factors: list[Expr] = []
    names = set(taken | all_index_names(expr))
    pending = list(expr.factors) if isinstance(expr, Mul) else [expr]
    while pending:
        factor = pending.pop(0)
        if isinstance(factor, Reduce) and factor.op == "sum":
            body = factor.body
            for index in factor.over:
                name = index.name
                if any(i.name == name for i in over) or name in taken:
                    name = fresh_name(name, names)
                    body = substitute(body, {index.symbol: index_symbol(name)})
                names.add(name)
                over.append(index.renamed(name))
            pending = [*(body.factors if isinstance(body, Mul) else [body]), *pending]
        else:
            factors.append(factor)
    return Term(*settled(over, factors, system, facts))


def terms_of(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum, also where the sum stands under a summation sign or behind a guard."""
    if isinstance(expr, Mul):
        *before, last = expr.factors
        if isinstance(last, Add) and all(isinstance(f, Bracket) for f in before):
            expr = Add(tuple(mul(*before, t) for t in last.terms))
    if isinstance(expr, Add):
        for term in expr.terms:
            yield from terms_of(term)
    elif isinstance(expr, Reduce) and expr.op == "sum" and isinstance(expr.body, Add):
        for term in expr.body.terms:
            yield from terms_of(sum_(expr.over, term))
    else:
        yield expr


# Windows


def window_landing(term: Term, free: Sequence[Index], system: System, facts: Facts) -> Landing | None:
    """The term at the places where its windows put it, or None if no window is read backwards in it."""
    places: dict[Index, Integer] = {}
    runs: dict[Index, tuple[Index, ...]] = {}
    claimed: set[Integer] = set()
    taken = {i.name for i in free} | all_index_names(term.expr) | set(system.indices)
    for index in free:
        for candidate in _candidates(index, term, free, claimed, system, facts):
            new = Index(fresh_name(index.name, taken), *candidate.bounds)
            taken.add(new.name)
            place = candidate.place(new)
            term = Term(term.over, tuple(at_place(f, index.symbol, place, frozenset(taken)) for f in term.factors))
            sharing = tuple(i for i in term.over if i.symbol in place.free_symbols)
            claimed |= {new.symbol, *(i.symbol for i in sharing)}
            places[index], runs[index] = place, (new, *sharing)
            break
    if not places:
        return None
    over = tuple(i for i in term.over if i.symbol not in claimed)
    inside = facts.within((*over, *(r for group in runs.values() for r in group)))
    within = tuple(
        c for i, p in places.items()
        for c in (Compare(">=", size(p), size(i.low)), Compare("<=", size(p), size(i.high)))
    )  # fmt: skip
    return Landing(Term(over, without_proved(term.factors, inside.given(Bracket(within)))), places, runs)


@dataclass(frozen=True)
class _Candidate:
    """A position that is read: ``index = divisor*position - rest``, and the bounds of the axis it is read in."""

    divisor: Integer
    rest: Integer
    bounds: tuple[Integer, Integer]

    def place(self, position: Index) -> Integer:
        return expand(self.divisor * position.symbol - self.rest)


def _candidates(
    index: Index, term: Term, free: Sequence[Index], claimed: set[Integer], system: System, facts: Facts
) -> Iterator[_Candidate]:
    """Positions in which the index is read backwards, so that only a guard keeps them in range."""
    other = {i.symbol for i in free if i != index} | claimed
    bound = {i.symbol for i in term.over}
    inside = facts.within((*free, *term.over))
    divisible = [remainder(c) for f in term.factors for c in conditions_of(f)]
    for factor in term.factors:
        for elem in plain_reads(factor):
            if elem.name in system.outside:
                continue
            for position, bounds in zip(elem.index, system.storage(elem.name), strict=True):
                if index.symbol not in position.free_symbols or position.has(sympy.Indexed):
                    continue
                numerator, divisor = position.args if isinstance(position, FloorDiv) else (position, sympy.Integer(1))
                parts = linear_in(expand(numerator), index.symbol)
                if parts is None or parts[0] != 1 or numerator.has(FloorDiv, Mod):
                    continue
                if not other.isdisjoint(symbols_of(position)) or not _affine(parts[1], bound):
                    continue
                if divisor != 1 and (expand(numerator), divisor) not in divisible:
                    continue
                if divisor == 1 and (bound.isdisjoint(parts[1].free_symbols) or _stays(position, bounds, inside)):
                    continue
                yield _Candidate(divisor, parts[1], bounds)


def _affine(value: Integer, symbols: set[Integer]) -> bool:
    """Whether a value is affine in some symbols, with coefficients that hold none of them."""
    for symbol in symbols & value.free_symbols:
        parts = linear_in(value, symbol)
        if parts is None or not symbols.isdisjoint(parts[0].free_symbols):
            return False
    return True


def _stays(position: Integer, bounds: tuple[Integer, Integer], facts: Facts) -> bool:
    return nonnegative(expand(position - bounds[0]), facts) and nonnegative(expand(bounds[1] - position), facts)


# Integer tensors


def element_landing(term: Term, free: Sequence[Index]) -> Landing | None:
    """The term at the places that integer tensors name, or None if no guard ``tok[n] == v`` asks for that."""
    places: dict[Index, Integer] = {}
    bound = {i.symbol for i in term.over}
    kept: list[Expr] = []
    for factor in term.factors:
        left: list[Compare] = []
        for condition in conditions_of(factor):
            solved = _named_place(condition, [i for i in free if i not in places], bound)
            if solved is None:
                left.append(condition)
            else:
                places[solved[0]] = solved[1]
        if not conditions_of(factor):
            kept.append(factor)
        elif left:
            kept.append(Bracket(tuple(left)))
    if not places:
        return None
    values = {i.symbol: p for i, p in places.items()}
    runs = {i: tuple(o for o in term.over if o.symbol in p.free_symbols) for i, p in places.items()}
    used = {o for group in runs.values() for o in group}
    over = tuple(o for o in term.over if o not in used)
    return Landing(Term(over, tuple(substitute(f, values) for f in kept)), places, runs)


def _named_place(condition: Compare, free: Sequence[Index], bound: set[Integer]) -> tuple[Index, Integer] | None:
    """The free index that a condition fixes, and where: at an element of an integer tensor, or in a window."""
    both = sides(condition)
    if both is None or condition.op != "==":
        return None
    difference = expand(both[0] - both[1])
    for index in free:
        parts = linear_in(difference, index.symbol)
        if parts is not None and parts[0] in (1, -1):
            place = expand(-parts[1] * parts[0])
            if not bound.isdisjoint(place.free_symbols) and (place.has(sympy.Indexed) or _is_window(place, bound)):
                return index, place
    return None


def _is_window(place: Integer, bound: set[Integer]) -> bool:
    """Whether a place is affine in summed indices alone."""
    indices = {s for s in place.free_symbols if not is_size(s)}
    return not place.has(FloorDiv, Mod) and indices <= bound and _affine(place, bound)
