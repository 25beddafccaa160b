"""Pieces of Python source with their binding strength, and the Python names of what the language names."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from enum import IntEnum

import sympy

from derive.language.integers import FloorDiv, Integer, Mod
from derive.language.text import reading_order


class Level(IntEnum):
    """How strongly a piece of source holds together; what binds less is put in brackets."""

    CONDITIONAL = 0
    COMPARE = 1
    SUM = 2
    PRODUCT = 3
    UNARY = 4
    POWER = 5
    ATOM = 6


@dataclass(frozen=True)
class Piece:
    """Source of an expression."""

    text: str
    level: Level = Level.ATOM

    def at(self, least: Level) -> str:
        """The source, in brackets if it binds less than ``least``."""
        return self.text if self.level >= least else f"({self.text})"


def join_sum(terms: Iterable[tuple[bool, Piece]]) -> Piece:
    """``a - b + c`` from (negative, piece) pairs."""
    (negative, first), *others = terms
    least = Level.ATOM if first.level == Level.POWER else Level.UNARY  # -(a**b), as formatters write it
    text = f"-{first.at(least)}" if negative else first.at(Level.SUM)
    for negative, piece in others:
        text += f" {'-' if negative else '+'} {piece.at(Level.PRODUCT)}"
    return Piece(text, Level.SUM)


def join_power(base: Piece, exponent: Piece) -> Piece:
    """``base**exponent``, with spaces where an operand is more than a name or a number."""
    operands = base.at(Level.ATOM), exponent.at(Level.ATOM)
    sign = "**" if all(_DOTTED.fullmatch(o) for o in operands) else " ** "
    return Piece(sign.join(operands), Level.POWER)


def join_slice(start: str, stop: str, step: str = "") -> str:
    """``start:stop:step``, with spaces where an end is more than a name or a number."""
    ends = [start, stop, step] if step else [start, stop]
    if all(not e or _SIMPLE.fullmatch(e) for e in ends):
        return ":".join(ends)
    return " : ".join(ends).strip()


_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9.]+", re.ASCII)
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*|[0-9.]+", re.ASCII)


def integer_piece(value: Integer, leaf: Callable[[Integer], Piece]) -> Piece:
    """Source of an index or size expression; ``leaf`` gives that of its symbols and integer-tensor elements."""
    if value.is_Integer:
        return Piece(str(value), Level.ATOM if value >= 0 else Level.SUM)
    if value.is_Symbol or isinstance(value, sympy.Indexed):
        return leaf(value)
    if value.is_Add:
        return join_sum(_signed(t, leaf) for t in sorted(value.args, key=reading_order))
    if value.is_Mul:
        return _integer_product(value, leaf)
    parts = [integer_piece(a, leaf) for a in value.args]
    if value.is_Pow:
        return join_power(*parts)
    if isinstance(value, FloorDiv | Mod):
        sign = "//" if isinstance(value, FloorDiv) else "%"
        return Piece(f"{parts[0].at(Level.PRODUCT)} {sign} {parts[1].at(Level.UNARY)}", Level.PRODUCT)
    raise TypeError(f"not an integer expression: {value!r}")


def _signed(term: Integer, leaf: Callable[[Integer], Piece]) -> tuple[bool, Piece]:
    number, _ = term.as_coeff_Mul()
    return (True, integer_piece(-term, leaf)) if number < 0 else (False, integer_piece(term, leaf))


def _integer_product(value: Integer, leaf: Callable[[Integer], Piece]) -> Piece:
    number, rest = value.as_coeff_Mul()
    if number < 0:
        return Piece(f"-{integer_piece(-value, leaf).at(Level.UNARY)}", Level.SUM)
    if not number.is_Integer:
        numerator = integer_piece(value * number.q, leaf)
        return Piece(f"{numerator.at(Level.PRODUCT)} // {number.q}", Level.PRODUCT)
    factors = sorted(sympy.Mul.make_args(rest), key=lambda f: (not _of_sizes(f), str(f)))
    pieces = [integer_piece(f, leaf) for f in factors]
    if number != 1:
        pieces.insert(0, Piece(str(number)))
    first, *others = pieces
    text = first.at(Level.PRODUCT) + "".join(f" * {p.at(Level.UNARY)}" for p in others)
    return Piece(text, Level.PRODUCT)


def _of_sizes(term: Integer) -> bool:
    return all(s.is_nonnegative for s in term.free_symbols)


def free_name(stem: str, taken: Container[str]) -> str:
    """A name that is not taken: ``stem``, or ``stem_2``, ``stem_3`` …"""
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)('*)", re.ASCII)


class Names:
    """Python names for tensors, sizes, indices and functions: spelled as in the language where Python allows it.

    Raises ValueError for a name that is no identifier, so that nothing else ever gets into the source.
    """

    def __init__(self, reserved: Iterable[str]) -> None:
        self._reserved = {"np", "dtype", *reserved, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
        self._taken = set(self._reserved)
        self._given: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """The Python name of what the language calls ``name`` and which is a ``kind`` (tensor, size, index …)."""
        key = (kind, name)
        if key not in self._given:
            match = _NAME.fullmatch(name)
            if match is None:
                raise ValueError(f"not a name: {name!r}")
            self._given[key] = self.new(match[1] + "_prime" * len(match[2]))
        return self._given[key]

    def new(self, stem: str) -> str:
        """A name that is not taken: ``stem``, or ``stem_2``, ``stem_3`` …; ``lambda_`` where Python has the word."""
        name = free_name(f"{stem}_" if stem in self._reserved else stem, self._taken)
        self._taken.add(name)
        return name
