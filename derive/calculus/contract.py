"""Rules that carry out the sums over Kronecker deltas, and keep the guards that this leaves.

``sum_k f(k) delta(c*k + r, a)`` has at most one term, ``k = (a - r)/c``.  It is there only if that k is a whole number
in the range of the sum; both conditions stay as guards unless the ranges prove them.
"""

from __future__ import annotations

from derive.calculus.guards import exact_division, impossible_guard, known_guard, merge_guards, range_condition
from derive.calculus.sums import count_terms, merge_sums, multiply_out, out_of_the_sum, split_sum
from derive.calculus.terms import factors_of
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    ZERO,
    Add,
    Bracket,
    Compare,
    Delta,
    Expr,
    Index,
    Mul,
    Reduce,
    mul,
    size,
    sum_,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand, is_size, linear_in, symbols_of
from derive.language.integral import as_integer
from derive.language.ranges import Facts, nonnegative, proved, refuted
from derive.language.text import integer_text
from derive.language.traverse import (
    all_index_names,
    bound_at,
    free_symbols,
    walk,
)
from derive.steps.rule import Rewrite, Scope, rule


@rule(
    "delta contraction",
    "sum(da[s,i]*delta(s-1, t), s) = [t < T]*da[t+1,i]",
    "`{delta}` leaves one term of the sum, `{index} = {place}`{guard}.",
)
def contract(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Reduce("sum", over, body):
            inside = scope.facts.within(over)
            for index, delta in _candidates(over, factors_of(body), scope, inside):
                solved = _solve(index, delta, inside)
                if solved is None:
                    continue
                place, divisor, numerator = solved
                rest = tuple(i for i in over if i != index)
                facts = scope.facts.within(rest)
                guards = _guards(index, place, divisor, numerator, facts)
                if guards is None:
                    return Rewrite(ZERO, _says(delta, index, place, None))
                kept = list(factors_of(body))
                kept.remove(delta)
                taken = frozenset().union(*(all_index_names(f) for f in kept)) | scope.taken
                factors = [substitute(f, {index.symbol: place}, taken) for f in kept]
                if guards:
                    factors.insert(sum(isinstance(f, Bracket) for f in factors), Bracket(guards))
                return Rewrite(sum_(rest, mul(*factors)), _says(delta, index, place, guards))
    return None


@rule(
    "equality in a sum",
    "sum([s == t]*da[s,i]*x[i], s) = sum(delta(s, t)*da[s,i]*x[i], s)",
    "`{condition}` is 1 where both sides are equal and 0 elsewhere: a Kronecker delta.",
)
def equality_to_delta(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Reduce("sum", over, body):
            with_deltas = _with_deltas(body, frozenset(i.symbol for i in over) - scope.held)
            if with_deltas != body:
                said = (c for n in walk(body) if isinstance(n, Bracket) for c in n.conditions)
                deltas = {n for n in walk(with_deltas) if isinstance(n, Delta)}
                turned = tuple(dict.fromkeys(c for c in said if _as_delta(c) in deltas))
                return Rewrite(Reduce("sum", over, with_deltas), {"condition": str(Bracket(turned))})
    return None


def _with_deltas(expr: Expr, symbols: frozenset[Integer]) -> Expr:
    """The expression with deltas for the equalities, in its products and sums, that settle one of these indices."""
    match expr:
        case Bracket(conditions):
            deltas = {c: delta for c in conditions if (delta := _as_delta(c)) and _settles(delta, symbols)}
            kept = tuple(c for c in conditions if c not in deltas)
            return mul(*((Bracket(kept),) if kept else ()), *deltas.values()) if deltas else expr
        case Mul() | Add() | Reduce("sum"):
            free = symbols - {i.symbol for i in bound_at(expr)}
            return expr.rebuilt(tuple(_with_deltas(child, free) for child in expr.children))
    return expr


def _as_delta(condition: Compare) -> Delta | None:
    """The delta that an equality of integers is."""
    sides = as_integer(condition.left), as_integer(condition.right)
    return Delta(*sides) if condition.op == "==" and None not in sides else None


def _settles(delta: Delta, symbols: frozenset[Integer]) -> bool:
    """Whether a delta leaves one value of one of these indices, with no division."""
    parts = (linear_in(delta.left - delta.right, symbol) for symbol in symbols)
    return any(part is not None and part[0] in (1, -1) for part in parts)


def _candidates(
    over: tuple[Index, ...], factors: tuple[Expr, ...], scope: Scope, facts: Facts
) -> list[tuple[Index, Delta]]:
    """Pairs of index and delta, those first that need no division; among these, outer indices first."""
    plain, divided = [], []
    bound = {i.symbol for i in over}
    for index in over:
        for delta in factors:
            if not isinstance(delta, Delta) or not scope.held.isdisjoint(free_symbols(delta)):
                continue
            parts = linear_in(delta.left - delta.right, index.symbol)
            if parts is None or parts[0] == 0:
                continue
            if parts[0] in (1, -1):
                crowded = bool(symbols_of(expand(parts[1])) & bound)
                plain.append((crowded, index, delta))
            else:
                divided.append((index, delta))
    plain.sort(key=lambda entry: entry[0])
    return [(i, d) for _, i, d in plain] + divided


def _solve(index: Index, delta: Delta, facts: Facts) -> tuple[Integer, Integer, Integer] | None:
    """(place, divisor, numerator) with ``delta`` = 1 exactly where the index is numerator/divisor, without rest."""
    parts = linear_in(delta.left - delta.right, index.symbol)
    if parts is None:
        return None
    coefficient, rest = parts
    if coefficient.could_extract_minus_sign():
        coefficient, rest = -coefficient, -rest
    numerator = expand(-rest)
    if coefficient == 1:
        return numerator, coefficient, numerator
    if not nonnegative(coefficient - 1, facts):
        return None
    return FloorDiv(numerator, coefficient), coefficient, numerator


def _guards(
    index: Index, place: Integer, divisor: Integer, numerator: Integer, facts: Facts
) -> tuple[Compare, ...] | None:
    """The conditions under which the one term is there, less those that are proved; None if it never is."""
    guards = [] if divisor == 1 else [Compare("==", size(Mod(numerator, divisor)), ZERO)]
    for op, bound in ((">=", index.low), ("<=", index.high)):
        multiplied = Compare(op, size(numerator), size(expand(divisor * bound)))  # the same, where nothing is left over
        if refuted(multiplied, facts):
            return None
        if not proved(multiplied, facts):
            guards.append(range_condition(op, place, bound))
    return tuple(guards)


def _says(delta: Delta, index: Index, place: Integer, guards: tuple[Compare, ...] | None) -> dict[str, str]:
    says = {"delta": str(delta), "index": index.name, "place": integer_text(place), "guard": ""}
    if guards is None:
        says["guard"] = ", and that is not in its range"
    elif guards and isinstance(place, FloorDiv):  # the line has the conditions, and they are long
        numerator, divisor = place.args
        says |= {"index": integer_text(divisor * index.symbol), "place": integer_text(numerator)}
        says["guard"] = f", where there is such a `{index.name}`"
    elif guards:
        says["guard"] = f", which is there only where `{Bracket(guards)}`"
    return says


@rule(
    "remaining delta",
    "delta(t, T)*x[k] = [t == T]*x[k]",
    "No sum is left to use `{delta}`, so it stays as a guard.",
)
def delta_to_guard(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Delta(left, right):
            if all(is_size(s) for s in symbols_of(left)):
                left, right = right, left  # the index first: [t == T]
            return Rewrite(Bracket((Compare("==", size(left), size(right)),)), {"delta": str(node)})
    return None


# The order matters: guards that the ranges settle go first, then deltas meet their sums.
CONTRACT = (
    impossible_guard, known_guard, equality_to_delta, multiply_out, split_sum, merge_sums, contract,
    merge_guards, exact_division, out_of_the_sum, count_terms,
)  # fmt: skip
LEFTOVER = (delta_to_guard, impossible_guard, known_guard, merge_guards, out_of_the_sum)
SETTLE = (equality_to_delta, contract, impossible_guard, known_guard)  # what an inserted equality needs
