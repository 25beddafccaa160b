"""Compares lines of a derivation by value, on all axes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from derive.checking import arrays
from derive.checking.absolute import ROUNDING, terms
from derive.checking.arrays import Array
from derive.checking.forward import Evaluate
from derive.checking.reference import Interpreter
from derive.language.expr import Expr, Index

PLAIN = 1e-12  # an error up to this is taken as it is; a larger one may be rounding of large terms


@dataclass(frozen=True)
class Comparison:
    """What a comparison showed.

    error    the largest difference, relative to the largest value; infinite where a value is undefined
    telling  False where every value is plainly zero, so that a missing term would not have been seen
    """

    error: float
    telling: bool


def compared(
    reader: Interpreter,
    indices: Sequence[Index],
    lines: Sequence[Expr],
    where: Expr | None,
    terms_reader: Callable[[], Interpreter],
) -> Comparison:
    """Compare lines with the first of them, over all values of the indices (those where ``where`` is 1).

    ``terms_reader`` knows how large the terms are of which each gradient is made; it is asked only where it matters.
    """
    values = _values(reader, indices, lines, where, Interpreter.value)
    if not all(np.isfinite(value).all() for value in values):
        return Comparison(np.inf, True)
    size = max(map(_largest, values))
    difference = max((_largest(value - values[0]) for value in values[1:]), default=0.0)
    error = difference / max(_largest(values[0]), np.finfo(float).tiny)
    if size > 0.0 and error <= PLAIN:
        return Comparison(error, True)
    scale = max(map(_largest, _values(terms_reader(), indices, lines, where, terms)))
    if size == 0.0:
        return Comparison(0.0, scale > 0.0)
    return Comparison(difference / scale if difference <= ROUNDING * scale else error, True)


def _values(
    reader: Interpreter, indices: Sequence[Index], lines: Sequence[Expr], where: Expr | None, evaluate: Evaluate
) -> list[Array]:
    scope, _ = reader.bound(reader.scope, indices)
    values = [evaluate(reader, line, scope) for line in lines]
    if where is None:
        return values
    holds = reader.value(where, scope)
    return [arrays.product([value], [holds]) for value in values]


def _largest(value: Array) -> float:
    return float(np.abs(value).max(initial=0.0))


def closeness(value: Array, truth: Array) -> float:
    """The norm of the difference, relative to that of the truth; infinite where a value is undefined."""
    if value.shape != truth.shape or not np.isfinite(value).all():
        return np.inf
    difference, size = float(np.linalg.norm(value - truth)), float(np.linalg.norm(truth))
    return difference / size if size else 0.0 if difference == 0.0 else np.inf
