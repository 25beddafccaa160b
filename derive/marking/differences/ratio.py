"""A value that is a constant multiple of the right one, and the name of the constant in the layer's own sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import TypeVar

import numpy as np

from derive.checking.arrays import Array
from derive.checking.sizes import size_value
from derive.language.expr import (
    ONE,
    Call,
    Elem,
    Expr,
    Num,
    add,
    divide,
    mul,
    neg,
    num,
    power,
    size,
)
from derive.language.integers import size_symbol
from derive.language.system import System
from derive.marking.differences.reading import Reading, equal, largest

_Any = TypeVar("_Any")
_SAME = 1e-7  # relative: two ratios so close are one
_LARGEST_DENOMINATOR = 12  # of a number that is given as a fraction


@dataclass(frozen=True, eq=False)
class _Factor:
    """What ratios are made of: an expression, its value at each point, and how far from obvious it is."""

    expr: Expr
    values: Array
    cost: float


@dataclass(frozen=True)
class _Power:
    factor: _Factor
    exponent: Fraction
    cost: float

    @property
    def values(self) -> Array:
        return np.asarray(self.factor.values ** float(self.exponent))

    @property
    def expr(self) -> Expr:
        """The power without its sign: what stands above the line, or below it."""
        root = Call("sqrt", (self.factor.expr,)) if self.exponent.denominator == 2 else self.factor.expr
        return power(root, Num(abs(self.exponent) * self.exponent.denominator))


_EXPONENTS = {Fraction(1): 0.0, Fraction(-1): 0.5, Fraction(1, 2): 1.0, Fraction(-1, 2): 1.5, Fraction(2): 2.0,
              Fraction(-2): 2.5}  # fmt: skip


def ratio(system: System, readings: Sequence[Reading], tolerance: float) -> str:
    """What the right value is multiplied by to give the other, in the language: "-1", "N", "1/sqrt(d_k)".

    It is one number at each point, and its name fits all of them; a number without a name is given where it is the same
    at all points.  Empty where there is no such factor.
    """
    telling = [r for r in readings if largest(r.right) > r.noise]
    factors = [_factor(reading, tolerance) for reading in readings]
    if not telling or any(f is None for f in factors):
        return ""
    values = np.array([f for r, f in zip(readings, factors, strict=True) if largest(r.right) > r.noise], float)
    if np.ptp(values) <= _SAME * np.abs(values).max():
        return _number(float(values[0]))
    return _named(system, telling, values)


def _factor(reading: Reading, tolerance: float) -> float | None:
    """The number by which all entries are multiplied at one point; None where there is none."""
    if not np.isfinite(reading.yours).all():
        return None
    if largest(reading.right) <= reading.noise:
        return 1.0 if equal(reading, tolerance) else None
    unit = reading.right / largest(reading.right)
    with np.errstate(all="ignore"):
        factor = float(
            np.vdot(unit, reading.yours) / np.vdot(unit, reading.right)
        )  # of all entries: rounding is averaged
        right, scale = factor * reading.right, abs(factor) * reading.scale
        scaled = Reading(reading.yours, right, scale, {}, precision=reading.precision)
    return factor if np.isfinite(factor) and equal(scaled, max(tolerance, _SAME)) else None


def _number(value: float) -> str:
    """A number in the language: a fraction or a root where it is a simple one, else digits that show it is none."""
    simple = _simple(Fraction(value))
    if abs(float(simple) - value) <= _SAME * abs(value):
        return str(Num(simple))
    for root in (2, 3):
        for sign, exponent in product((1, -1), (Fraction(1, 2), Fraction(-1, 2))):
            if abs(sign * root ** float(exponent) - value) <= _SAME * abs(value):
                inner = Call("sqrt", (num(root),))
                return str(mul(num(sign), inner if exponent > 0 else divide(ONE, inner)))
    told = (f"{value:.{digits}g}" for digits in (4, 6, 9, 17))
    return next(number for number in told if _simple(Fraction(number)) != Fraction(number))


def _simple(value: Fraction) -> Fraction:
    return value.limit_denominator(_LARGEST_DENOMINATOR)


def _named(system: System, readings: Sequence[Reading], values: Array) -> str:
    """The simplest product of powers that has these values at all points, up to a sign."""
    powers = [
        _Power(factor, exponent, factor.cost + cost)
        for factor in _factors(system, readings)
        for exponent, cost in _EXPONENTS.items()
        if exponent.denominator == 1 or (factor.values > 0).all()
    ]
    fitting = list(_products(powers, values))
    if not fitting:
        return ""
    best = min(fitting, key=lambda found: sum(p.cost + 1.0 for p in found))
    expr = _quotient(best)
    negative = values[0] * np.prod([p.values[0] for p in best]) < 0
    return str(neg(expr) if negative else expr)


def _products(powers: Sequence[_Power], values: Array) -> Iterator[tuple[_Power, ...]]:
    """Powers, products of two and, two of them alike, of three that are the values, up to one sign for all points."""
    table = np.array([p.values for p in powers])
    yield from ((one,) for one in _fitting(powers, table, values))
    pairs = list(combinations(range(len(powers)), 2))
    pairs = [(one, other) for one, other in pairs if powers[one].factor is not powers[other].factor]
    twos = table[[one for one, _ in pairs]] * table[[other for _, other in pairs]]
    yield from ((powers[one], powers[other]) for one, other in _fitting(pairs, twos, values))
    plain = [k for k, p in enumerate(powers) if abs(p.exponent) == 1 and p.factor.cost == 1.0]
    for one, other in combinations(plain, 2):
        if powers[one].exponent == powers[other].exponent:
            rest = [k for k in plain if powers[k].factor not in (powers[one].factor, powers[other].factor)]
            for third in _fitting(rest, table[one] * table[other] * table[rest], values):
                yield (powers[one], powers[other], powers[third])


def _fitting(found: Sequence[_Any], table: Array, values: Array) -> list[_Any]:
    return [one for one, fits in zip(found, _same(table, values), strict=True) if fits]


def _same(candidates: Array, values: Array) -> Array:
    """Which candidates (last axis: points) are the values, up to a sign that is the same at all points."""
    quotients = values / candidates
    return np.asarray(
        (np.abs(np.abs(quotients) - 1.0) <= _SAME).all(axis=-1)
        & (np.sign(quotients) == np.sign(quotients[..., :1])).all(axis=-1)
    )


def _quotient(powers: Sequence[_Power]) -> Expr:
    """The product, with what it is divided by below one line."""
    above = mul(*(p.expr for p in powers if p.exponent > 0))
    below = [p.expr for p in powers if p.exponent < 0]
    return divide(above, mul(*below)) if below else above


def _factors(system: System, readings: Sequence[Reading]) -> list[_Factor]:
    """What ratios are made of: sizes, extents of indices, inputs that are single numbers, and small numbers."""
    whole = {
        **{size_symbol(name): 1.0 for name in (*system.sizes, *system.derived)},
        **{size_symbol(name) + step: 2.0 for step in (-1, 1) for name in system.sizes},
    }
    for index in system.indices.values():
        whole.setdefault(index.extent, 2.0)
    found = [_Factor(num(2), np.full(len(readings), 2.0), 1.0)]
    for integer, cost in whole.items():
        found.append(_Factor(size(integer), np.array([float(size_value(integer, r.sizes)) for r in readings]), cost))
    for name in readings[0].numbers:
        values = np.array([r.numbers[name] for r in readings], float)
        found.append(_Factor(Elem(name), values, 1.0))
        found.append(_Factor(add(ONE, neg(Elem(name))), 1 - values, 1.0))
    return [f for f in found if (f.values != 0).all() and np.isfinite(f.values).all()]
