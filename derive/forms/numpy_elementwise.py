"""Expressions that combine tensors element by element: over which indices, how costly, and when two are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from derive.language.expr import Add, Call, Elem, Expr, Index, Mul, Num, Pow, Size
from derive.language.functions import TABLE
from derive.language.integers import Integer, expand, is_size, symbols_of
from derive.language.system import System
from derive.language.traverse import walk

Key = tuple[object, ...]


@dataclass(frozen=True)
class Reading:
    """An expression over the elements of tensors at one place: ``x[t+1,n]*y[t+1]`` is read at ``t+1``, ``n``.

    key      equal for expressions that differ by the names of indices or by the place only
    axes     the ranges that the place runs over, as the tensors declare them
    symbols  the index in each coordinate of the place, and ``shifts`` what is added to it
    """

    key: Key
    axes: tuple[Index, ...]
    symbols: tuple[Integer, ...]
    shifts: tuple[Integer, ...]

    @property
    def place(self) -> tuple[Integer, ...]:
        return tuple(expand(s + shift) for s, shift in zip(self.symbols, self.shifts, strict=True))


def reading_of(expr: Expr, system: System) -> Reading | None:
    """How an expression reads tensors; None where it does more than that, or may fail to be finite at some places."""
    elements = []
    for node in walk(expr):
        match node:
            case Elem(name, _):
                if name in system.outside or system.tensors[name].integer:
                    return None
                elements.append(node)
            case Size(value) if all(is_size(s) for s in symbols_of(value)):
                pass
            case Call(function, _) if function in TABLE and not TABLE[function].domain and function not in _LARGE:
                pass
            case Pow(_, Num(value)) if value > 0 and value.denominator == 1:
                pass
            case Add() | Mul() | Num():
                pass
            case _:
                return None
    found = _place(elements, system)
    if not found:
        return None
    numbers = {symbol: k for k, symbol in enumerate(found)}
    shifts, axes = zip(*found.values(), strict=True)
    ranges = tuple((a.low, a.high) for a in axes)
    return Reading((ranges, _key(expr, numbers)), axes, tuple(found), shifts)


_LARGE = ("exp", "expm1")  # functions whose values may be too large for a number


def _place(elements: list[Elem], system: System) -> Mapping[Integer, tuple[Integer, Index]] | None:
    """By index the shift at which it is read and the axis; None where the elements are not at one place."""
    found: dict[Integer, tuple[Integer, Index]] = {}
    for element in sorted(elements, key=lambda e: -len(e.index)):
        parts = [_coordinate(i) for i in element.index]
        if None in parts or len({p[0] for p in parts if p}) < len(parts):
            return None
        for part, axis in zip(parts, system.tensors[element.name].axes, strict=True):
            assert part is not None
            symbol, shift = part
            first = found.setdefault(symbol, (shift, axis))
            if (first[0], first[1].low, first[1].high) != (shift, axis.low, axis.high):
                return None
    return found


@lru_cache(maxsize=4096)
def _coordinate(position: Integer) -> tuple[Integer, Integer] | None:
    """(t, 1) of ``t + 1``; None for what is no index and a number."""
    indices = [s for s in symbols_of(position) if not is_size(s)]
    if len(indices) != 1:
        return None
    shift = expand(position - indices[0])
    return (indices[0], shift) if shift.is_Integer else None


def _key(expr: Expr, numbers: Mapping[Integer, int]) -> Key:
    match expr:
        case Elem(name, index):
            return (name, *(numbers[next(s for s in symbols_of(i) if not is_size(s))] for i in index))
        case Num(value) | Size(value):
            return ("number", value)
        case Call(function, arguments):
            return ("call", function, *(_key(a, numbers) for a in arguments))
    return (type(expr).__name__, *(_key(c, numbers) for c in expr.children))


def cost(expr: Expr) -> int:
    """Operations an element, a function of the table counted as several."""
    own = {Add: len(expr.children) - 1, Mul: len(expr.children) - 1, Pow: 1}.get(type(expr), 0)
    if isinstance(expr, Call) and TABLE[expr.function].numpy != "x":
        own = _FUNCTION
    return own + sum(map(cost, expr.children))


_FUNCTION = 8  # operations that a function such as tanh takes as long as


def canonical(axes: tuple[Index, ...], taken: frozenset[str]) -> tuple[Index, ...]:
    """The axes with names that tell them apart, their own where these do."""
    new: list[Index] = []
    for axis in axes:
        name, number = axis.name, 1
        while name in taken or any(name == n.name for n in new):
            number += 1
            name = f"{axis.name}_{number}"
        new.append(axis.renamed(name))
    return tuple(new)
