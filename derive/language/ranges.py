"""The range reasoner: proves inequalities between index expressions for every value of the sizes.

``Facts`` holds what is known: the ranges of the indices in scope, least values of the sizes, the definitions of derived
sizes, and conditions of the guards around.  A proof is a certificate of linear arithmetic with symbolic coefficients;
what cannot be proved is answered by "no", never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy

from derive.language.expr import Bracket, Compare, Index, Num, Size
from derive.language.integers import FloorDiv, Integer, Mod, expand, is_size, linear_in, symbols_of
from derive.language.system import System


@dataclass(frozen=True)
class Facts:
    """What is known about the integers in scope.

    ranges  (symbol, low, high) of each index, the latest first
    lower   (symbol, least value) of each size
    known   expressions known to be >= 0: from derived sizes and from guards
    """

    ranges: tuple[tuple[Integer, Integer, Integer], ...] = ()
    lower: tuple[tuple[Integer, int], ...] = ()
    known: tuple[Integer, ...] = ()

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
def _system_facts(derived: tuple[tuple[str, Integer], ...], lower: tuple[tuple[str, int], ...]) -> Facts:
    symbol = {name: sympy.Symbol(name, integer=True, nonnegative=True) for name, _ in (*derived, *lower)}
    known: list[Integer] = []
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
    base = _system_facts(tuple(system.derived.items()), tuple(system.lower.items()))
    return base.within(indices)


@lru_cache(maxsize=65536)
def nonnegative(expression: Integer, facts: Facts) -> bool:
    """Whether ``expression >= 0`` is proved for all values in range."""
    for known in (None, *facts.known):  # the expression alone, or what it exceeds a known one by
        excess = expand(expression if known is None else expression - known)
        least = _without_indices(excess, facts)
        if least is not None and _plainly_nonnegative(least, facts):
            return True
    sufficient = _without_a_division(expand(expression), facts)
    return sufficient is not None and nonnegative(sufficient, facts)


def _without_a_division(expression: Integer, facts: Facts) -> Integer | None:
    """An expression with one quotient or remainder fewer, such that this one is >= 0 wherever that one is."""
    divisions = expression.atoms(FloorDiv, Mod)
    for division in sorted(divisions, key=str):
        value, divisor = division.args
        parts = linear_in(expression.xreplace({division: _DIVISION}), _DIVISION)
        inside_another = any(d is not division and d.has(division) for d in divisions)
        if inside_another or parts is None or not _plainly_nonnegative(divisor - 1, facts):
            continue
        times, rest = parts
        if isinstance(division, Mod):  # 0 <= a % b <= b - 1
            if _plainly_nonnegative(times, facts):
                return rest
            if _plainly_nonnegative(-times, facts):
                return expand(rest + times * (divisor - 1))
        elif times == 1:  # a//b >= c just where a >= b*c
            return expand(value + divisor * rest)
        elif times == -1:
            return expand(divisor * (rest + 1) - value - 1)
        elif times == divisor:  # a - b + 1 <= b*(a//b) <= a
            return expand(rest + value - divisor + 1)
        elif times == -divisor:
            return expand(rest - value)
    return None


_DIVISION = sympy.Symbol("_division", integer=True)


def _without_indices(expression: Integer, facts: Facts) -> Integer | None:
    """The least value over the ranges of the indices, or None where a coefficient's sign is not known."""
    for symbol, low, high in facts.ranges:
        if symbol not in expression.free_symbols:
            continue
        parts = linear_in(expression, symbol)
        if parts is None:
            return None
        coefficient, rest = parts
        if _plainly_nonnegative(coefficient, facts):
            expression = expand(coefficient * low + rest)
        elif _plainly_nonnegative(-coefficient, facts):
            expression = expand(coefficient * high + rest)
        else:
            return None
    return expression


def _plainly_nonnegative(expression: Integer, facts: Facts) -> bool:
    """Whether a polynomial of sizes has no negative coefficient once each size is written as least + more."""
    expression = expand(expression)
    if expression.is_Integer:
        return bool(expression >= 0)
    if any(not is_size(s) for s in symbols_of(expression)) or expression.has(sympy.Indexed):
        return False
    if not all(_plainly_nonnegative(part, facts) for part in _parts_of_divisions(expression)):
        return False
    shift = {s: s + least for s, least in facts.lower if least and s in expression.free_symbols}
    shifted = expand(expression.xreplace(shift))
    return all(t.as_coeff_Mul()[0] >= 0 for t in sympy.Add.make_args(shifted))


def _parts_of_divisions(expression: Integer) -> list[Integer]:
    """What must be >= 0 so that every quotient and remainder in an expression is."""
    quotients, remainders = expression.atoms(FloorDiv), expression.atoms(Mod)
    return [part for q in quotients for part in q.args] + [expand(r.args[1] - 1) for r in remainders]


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
