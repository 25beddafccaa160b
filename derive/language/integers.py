"""Integer arithmetic of indices and sizes, on SymPy: symbols, exact division, coefficients, values.

An index expression such as ``s*p + d*u - q`` is a SymPy integer expression.  Index symbols and size
symbols differ by assumption (a size is nonnegative), so the kind is read off the symbol itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import sympy

Integer = Any  # a SymPy integer expression (SymPy carries no types)


@cache
def index_symbol(name: str) -> Integer:
    """The symbol of an index, such as ``t``."""
    return sympy.Symbol(name, integer=True)


@cache
def size_symbol(name: str) -> Integer:
    """The symbol of a size, such as ``T``: a nonnegative integer."""
    return sympy.Symbol(name, integer=True, nonnegative=True)


def is_size(symbol: Integer) -> bool:
    """Whether a symbol is a size (and not an index)."""
    return bool(symbol.is_nonnegative)


class FloorDiv(sympy.Function):  # type: ignore[misc]
    """``numerator // denominator``, kept as written (SymPy's ``floor`` rearranges its argument)."""

    nargs = 2
    is_integer = True

    @classmethod
    def eval(cls, numerator: Integer, denominator: Integer) -> Integer | None:
        if denominator == 1:
            return numerator
        if numerator.is_Integer and denominator.is_Integer and denominator != 0:
            return sympy.Integer(int(numerator) // int(denominator))
        return None


class Mod(sympy.Function):  # type: ignore[misc]
    """``value % divisor``, kept as written."""

    nargs = 2
    is_integer = True

    @classmethod
    def eval(cls, value: Integer, divisor: Integer) -> Integer | None:
        if divisor == 1:
            return sympy.Integer(0)
        if value.is_Integer and divisor.is_Integer and divisor != 0:
            return sympy.Integer(int(value) % int(divisor))
        return None


def element(name: str, index: tuple[Integer, ...]) -> Integer:
    """An element of an integer tensor, standing inside an index expression (``tok[n,s]``)."""
    return sympy.Indexed(sympy.IndexedBase(name, integer=True), *index)


def elements(expression: Integer) -> frozenset[Integer]:
    """The elements of integer tensors in an index expression, those in the places of others included."""
    return frozenset(expression.atoms(sympy.Indexed))


@lru_cache(maxsize=65536)
def symbols_of(expression: Integer) -> frozenset[Integer]:
    """The index and size symbols in an expression (not the names of integer tensors)."""
    if not expression.has(sympy.Indexed):
        return frozenset(expression.free_symbols)
    bases = {e.base.label for e in expression.atoms(sympy.Indexed)}
    return frozenset(s for s in expression.free_symbols if s.is_Symbol and s not in bases)


@lru_cache(maxsize=65536)
def expand(expression: Integer) -> Integer:
    """The expanded polynomial form, in which equal expressions are equal."""
    return sympy.expand(expression)


@lru_cache(maxsize=65536)
def linear_in(expression: Integer, symbol: Integer) -> tuple[Integer, Integer] | None:
    """``(c, r)`` with ``expression = c*symbol + r`` and neither holding the symbol; None if not affine."""
    expanded = expand(expression)
    coefficient = expanded.coeff(symbol, 1)
    rest = expand(expanded - coefficient * symbol)
    if symbol in rest.free_symbols or symbol in coefficient.free_symbols:
        return None
    return coefficient, rest


def evaluate(expression: Integer, values: Mapping[Integer, Any], tensors: Mapping[str, Any]) -> Any:
    """The value of an integer expression; symbols may stand for ints or broadcastable integer arrays.

    ``tensors`` holds the integer tensors as ``(array, lower bounds)`` pairs; reads are clipped into
    the array, as a guard beside the read makes a clipped value count for nothing.
    """
    if expression.is_Integer:
        return int(expression)
    if expression.is_Symbol:
        return values[expression]
    parts = [evaluate(a, values, tensors) for a in expression.args if not isinstance(a, sympy.IndexedBase)]
    if expression.is_Add:
        return sum(parts[1:], parts[0])
    if expression.is_Mul:
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product
    if isinstance(expression, FloorDiv):
        return parts[0] // parts[1]
    if isinstance(expression, Mod):
        return parts[0] % parts[1]
    if expression.is_Pow:
        return parts[0] ** parts[1]
    if isinstance(expression, sympy.Indexed):
        array, lows = tensors[str(expression.base.label)]
        where = (np.clip(p - low, 0, n - 1) for p, low, n in zip(parts, lows, array.shape, strict=True))
        return array[tuple(where)]
    raise TypeError(f"not an integer expression: {expression!r}")
