"""The range reasoner: proves inequalities between index expressions for every value of the sizes.

``Facts`` holds what is known: the ranges of the indices in scope, least values of the sizes, the definitions of derived
sizes, constraints on sizes, and conditions of the guards around.  A proof is a certificate of linear arithmetic with
symbolic coefficients; what cannot be proved is answered by "no", never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy

from derive.language.expr import Bracket, Compare, Index, Num, Size
from derive.language.integers import FloorDiv, Integer, Mod, expand, linear_in, size_symbol, symbols_of
from derive.language.polynomial import (
    ZERO,
    Polynomial,
    atoms,
    linear_parts,
    minus,
    plus,
    polynomial,
    shifted,
    times,
)
from derive.language.system import Constraint, System
from derive.language.token_ranges import TokenRange, token_ranges


@dataclass(frozen=True)
class Facts:
    """What is known about the integers in scope.

    ranges  (symbol, low, high) of each index, the latest first
    lower   (symbol, least value) of each size
    known   expressions known to be >= 0: from derived sizes, constraints on sizes and guards
    tokens  (integer tensor, low, high) where its values have a range, as they are places of an axis
    """

    ranges: tuple[tuple[Integer, Integer, Integer], ...] = ()
    lower: tuple[tuple[Integer, int], ...] = ()
    known: tuple[Integer, ...] = ()
    tokens: tuple[TokenRange, ...] = ()

    def within(self, indices: Iterable[Index]) -> Facts:
        """The facts, with more indices in scope; what was known of other indices of the same names is forgotten."""
        new = tuple((i.symbol, i.low, i.high) for i in indices)
        names = {n[0] for n in new}
        ranges = new + tuple(r for r in self.ranges if r[0] not in names)
        return replace(self, ranges=ranges, known=tuple(k for k in self.known if names.isdisjoint(symbols_of(k))))

    def given(self, bracket: Bracket) -> Facts:
        """The facts, where the conditions of a bracket hold too."""
        known = [e for c in bracket.conditions for e in (*_consequences(c), *_past_an_end(c, self))]
        return replace(self, known=self.known + tuple(known)) if known else self


@lru_cache(maxsize=1024)
def _system_facts(
    derived: tuple[tuple[str, Integer], ...], lower: tuple[tuple[str, int], ...], constraints: tuple[Constraint, ...]
) -> Facts:
    symbol = {name: size_symbol(name) for name, _ in (*derived, *lower)}
    known: list[Integer] = [e for c in constraints for e in _consequences(c.condition)]
    for name, definition in derived:
        definition = expand(definition)  # as linear_in does, inside the division too
        for division in definition.atoms(FloorDiv):
            rest = linear_in(definition, division)
            if rest and rest[0] == 1:  # name = a//b + r, so b*(name - r) <= a < b*(name - r + 1)
                numerator, denominator = division.args
                quotient = symbol[name] - rest[1]
                known.append(expand(numerator - denominator * quotient))
                known.append(expand(denominator * (quotient + 1) - numerator - 1))
        if not definition.has(FloorDiv):
            known += [expand(symbol[name] - definition), expand(definition - symbol[name])]
    return Facts((), tuple((symbol[n], least) for n, least in lower), tuple(known))


def facts_of(system: System, indices: Iterable[Index] = ()) -> Facts:
    """What a system tells, with some indices in scope."""
    base = _system_facts(tuple(system.derived.items()), tuple(system.lower.items()), system.constraints)
    if any(t.integer for t in system.tensors.values()):
        base = replace(base, tokens=tuple(sorted(token_ranges(system), key=str)))
    return base.within(indices)


@lru_cache(maxsize=65536)
def nonnegative(expression: Integer, facts: Facts) -> bool:
    """Whether ``expression >= 0`` is proved for all values in range."""
    wanted = polynomial(expression)
    for known in (ZERO, *map(polynomial, facts.known)):  # the expression alone, or what it exceeds a known one by
        least = _without_indices(minus(wanted, known), facts)
        if least is not None and _plainly_nonnegative(least, facts):
            return True
    sufficient = _without_a_division(expand(expression), facts) if expression.has(FloorDiv, Mod) else None
    return sufficient is not None and nonnegative(sufficient, facts)


def _without_a_division(expression: Integer, facts: Facts) -> Integer | None:
    """An expression with one quotient or remainder fewer, such that this one is >= 0 wherever that one is."""
    divisions = expression.atoms(FloorDiv, Mod)
    for division in sorted(divisions, key=str):
        value, divisor = division.args
        parts = linear_in(expression.xreplace({division: _DIVISION}), _DIVISION)
        inside_another = any(d is not division and d.has(division) for d in divisions)
        if inside_another or parts is None or not _plainly_nonnegative(polynomial(divisor - 1), facts):
            continue
        often, rest = parts
        if isinstance(division, Mod):  # 0 <= a % b <= b - 1
            if _plainly_nonnegative(polynomial(often), facts):
                return rest
            if _plainly_nonnegative(polynomial(-often), facts):
                return expand(rest + often * (divisor - 1))
        elif often == 1:  # a//b >= c just where a >= b*c
            return expand(value + divisor * rest)
        elif often == -1:
            return expand(divisor * (rest + 1) - value - 1)
        elif often == divisor:  # a - b + 1 <= b*(a//b) <= a
            return expand(rest + value - divisor + 1)
        elif often == -divisor:
            return expand(rest - value)
    return None


_DIVISION = sympy.Symbol("_division", integer=True)


def _without_indices(expression: Polynomial, facts: Facts) -> Polynomial | None:
    """The least value over the ranges of the indices, or None where a coefficient's sign is not known."""
    for symbol, low, high in (*_tokens_in(expression, facts), *facts.ranges):
        parts = linear_parts(expression, symbol)
        if parts is None:
            return None
        coefficient, rest = parts
        if not coefficient:
            continue
        if _plainly_nonnegative(coefficient, facts):
            end = low
        elif _plainly_nonnegative(minus(ZERO, coefficient), facts):
            end = high
        else:
            return None
        expression = plus(times(coefficient, polynomial(end)), rest)
    return expression


def _tokens_in(expression: Polynomial, facts: Facts) -> list[tuple[Integer, Integer, Integer]]:
    """The elements of integer tensors in an expression, with their ranges."""
    ranges = {name: (low, high) for name, low, high in facts.tokens}
    found = (a for a in atoms(expression) if isinstance(a, sympy.Indexed)) if ranges else ()
    return [(a, *ranges[str(a.base.label)]) for a in found if str(a.base.label) in ranges]


def _plainly_nonnegative(expression: Polynomial, facts: Facts) -> bool:
    """Whether a polynomial of sizes has no negative coefficient once each size is written as least + more."""
    present, sizes = atoms(expression), _symbols(facts.lower)
    for atom in present:
        divided = isinstance(atom, FloorDiv | Mod)
        if not (symbols_of(atom) <= sizes and (divided or atom.is_Symbol)):
            return False
        if divided and not all(_plainly_nonnegative(part, facts) for part in _must_be_nonnegative(atom)):
            return False
    for symbol, least in facts.lower:
        if all(n >= 0 for n in expression.values()):
            return True
        if least and symbol in present:
            expression = shifted(expression, symbol, least)
    return all(n >= 0 for n in expression.values())


@lru_cache(maxsize=1024)
def _symbols(lower: tuple[tuple[Integer, int], ...]) -> frozenset[Integer]:
    """The sizes among the symbols: whole numbers that are inputs, of rank 0, may be below 0."""
    return frozenset(symbol for symbol, _ in lower)


def _must_be_nonnegative(division: Integer) -> tuple[Polynomial, ...]:
    """What must be >= 0 so that a quotient or a remainder is."""
    value, divisor = division.args
    if isinstance(division, Mod):
        return (polynomial(divisor - 1),)
    return polynomial(value), polynomial(divisor)


def proved(condition: Compare, facts: Facts) -> bool:
    """Whether a condition on integers holds for all values in range."""
    sides = _integer_sides(condition)
    if sides is None:
        return False
    left, right = sides
    match condition.op:
        case "<=":
            return nonnegative(right - left, facts)
        case "<":
            return nonnegative(right - left - 1, facts)
        case ">=":
            return nonnegative(left - right, facts)
        case ">":
            return nonnegative(left - right - 1, facts)
        case "==":
            return bool(expand(left - right) == 0) or (
                nonnegative(left - right, facts) and nonnegative(right - left, facts)
            )
        case "!=":
            return nonnegative(left - right - 1, facts) or nonnegative(right - left - 1, facts)
    return False


_OPPOSITE: Mapping[str, str] = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def refuted(condition: Compare, facts: Facts) -> bool:
    """Whether a condition on integers fails for all values in range."""
    return proved(Compare(_OPPOSITE[condition.op], condition.left, condition.right), facts)


def _past_an_end(condition: Compare, facts: Facts) -> list[Integer]:
    """What ``t != T`` says of a ``t`` that is at most ``T``: ``T - t - 1 >= 0``."""
    sides = _integer_sides(condition) if condition.op == "!=" else None
    if sides is None or any(side.has(Mod) for side in sides):
        return []
    left, right = sides
    return [apart - 1 for apart in (left - right, right - left) if nonnegative(apart, facts)]


def _integer_sides(condition: Compare) -> tuple[Integer, Integer] | None:
    sides = []
    for side in (condition.left, condition.right):
        if isinstance(side, Size):
            sides.append(side.value)
        elif isinstance(side, Num) and side.value.denominator == 1:
            sides.append(sympy.Integer(side.value.numerator))
        else:
            return None
    return sides[0], sides[1]


def _consequences(condition: Compare) -> list[Integer]:
    """Expressions that are >= 0 where the condition holds."""
    sides = _integer_sides(condition)
    if sides is None or any(side.has(Mod) for side in sides):
        return []
    left, right = sides
    return {
        "<=": [right - left],
        "<": [right - left - 1],
        ">=": [left - right],
        ">": [left - right - 1],
        "==": [left - right, right - left],
        "!=": [],
    }[condition.op]
