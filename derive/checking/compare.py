"""Compares lines of a derivation by value, on all axes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derive.checking import arrays
from derive.checking.arrays import Array
from derive.checking.places import Scope
from derive.checking.reference import Interpreter
from derive.language.expr import Add, Bracket, Delta, Expr, Index, Mul, Reduce

_VANISHING = 1e-12  # a value so much smaller than the terms it is the sum of is zero but for rounding
_ROUNDING = 64 * np.finfo(float).eps  # a difference so much smaller than the terms is rounding: 1 - y**2 at y near 1


@dataclass(frozen=True)
class Comparison:
    """What a comparison showed.

    error    the largest difference, relative to the largest value; infinite where a value is undefined
    telling  False where every value is plainly zero, so that a missing term would not have been seen
    """

    error: float
    telling: bool


def compared(
    reader: Interpreter, indices: Sequence[Index], lines: Sequence[Expr], where: Expr | None = None
) -> Comparison:
    """Compare lines with the first of them, over all values of the indices (those ``where`` is 1)."""
    scope, _ = reader.bound(reader.scope, indices)
    values = [reader.value(line, scope) for line in lines]
    if where is not None:
        holds = reader.value(where, scope)
        values = [arrays.product([value], [holds]) for value in values]
    if not all(np.isfinite(value).all() for value in values):
        return Comparison(np.inf, True)
    size = max(_largest(value) for value in values)
    if size == 0.0:
        return Comparison(0.0, any(_largest(_terms(reader, line, scope)) > 0 for line in lines))
    difference = max((_largest(value - values[0]) for value in values[1:]), default=0.0)
    error = difference / max(_largest(values[0]), np.finfo(float).tiny)
    if error > _VANISHING:
        terms = max(_largest(_terms(reader, line, scope)) for line in lines)
        if size <= _VANISHING * terms or difference <= _ROUNDING * terms:
            return Comparison(difference / terms, True)
    return Comparison(error, True)


def _largest(value: Array) -> float:
    return float(np.abs(value).max(initial=0.0))


def _terms(reader: Interpreter, expr: Expr, scope: Scope) -> Array:
    """The sum of the sizes of the terms of an expression: where they cancel, its value is small beside it."""
    match expr:
        case Add(terms):
            sizes = [_terms(reader, t, scope) for t in terms]
            return np.asarray(sum(sizes[1:], sizes[0]))
        case Mul(factors):
            guards = [reader.value(f, scope) for f in factors if isinstance(f, Bracket | Delta)]
            return arrays.product(
                [_terms(reader, f, scope) for f in factors if not isinstance(f, Bracket | Delta)], guards
            )
        case Reduce("sum" | "mean", over, body):
            inner, extents = reader.bound(scope, over)
            return arrays.summed(_terms(reader, body, inner), extents, scope.depth)
    return np.asarray(np.abs(reader.value(expr, scope)))


def terms_size(reader: Interpreter, indices: Sequence[Index], expr: Expr) -> float:
    """The size of the terms of an expression, whether or not they cancel."""
    scope, _ = reader.bound(reader.scope, indices)
    return _largest(_terms(reader, expr, scope))


def closeness(value: Array, truth: Array) -> float:
    """The norm of the difference, relative to that of the truth; infinite where a value is undefined."""
    if value.shape != truth.shape or not np.isfinite(value).all():
        return np.inf
    difference, size = float(np.linalg.norm(value - truth)), float(np.linalg.norm(truth))
    return difference / size if size else 0.0 if difference == 0.0 else np.inf
