"""Arrays as values of the code generator: source, the index that each axis runs over, and how they are put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from derive.forms.numpy_text import Level, Piece

Kind = Literal["float", "bool", "int", "number"]


@dataclass(frozen=True)
class Array:
    """The source of an array and its axes, one index name each.

    kind   type of the elements; a "number" is a Python number, which leaves the type of what it meets alone
    fresh  a new array, to which nothing else refers
    view   a view in which windows overlap: worth a copy before it is multiplied
    copy   such a copy
    rows   two matrices, whose product has the elements of the array, its first axes taken together
    einsum the two operands, where it is what ``np.einsum`` makes of them
    """

    piece: Piece
    axes: tuple[str, ...] = ()
    kind: Kind = "float"
    fresh: bool = True
    view: bool = False
    copy: bool = False
    rows: tuple[str, str] | None = None
    einsum: tuple[Array, Array] | None = None


@dataclass(frozen=True)
class Factor:
    """An array in a product, or one by which it is divided."""

    array: Array
    inverse: bool = False


def transposed(array: Array, axes: Sequence[str]) -> Array:
    """The array with its own axes in another order."""
    if tuple(axes) == array.axes:
        return array
    base = array.piece.at(Level.ATOM)
    order = [array.axes.index(a) for a in axes]
    text = f"{base}.T" if order == [1, 0] else f"{base}.transpose({', '.join(map(str, order))})"
    return replace(array, piece=Piece(text), axes=tuple(axes), rows=None, einsum=None)


def aligned(array: Array, axes: Sequence[str]) -> Piece:
    """Source that broadcasts against arrays with the given axes, which hold those of the array."""
    array = transposed(array, [a for a in axes if a in array.axes])
    first = next((k for k, a in enumerate(axes) if a in array.axes), len(axes))
    marks = [":" if a in array.axes else "None" for a in axes[first:]]
    if "None" not in marks:
        return array.piece
    while marks[-1] == ":" and "None" in marks[:-1]:
        marks.pop()
    return Piece(f"{array.piece.at(Level.ATOM)}[{', '.join(marks)}]")


def as_float(array: Array) -> Array:
    """The array with elements that can be calculated with."""
    if array.kind in ("float", "number"):
        return array
    return replace(array, piece=Piece(f"{array.piece.at(Level.ATOM)}.astype(dtype)"), kind="float", fresh=True)


def natural_order(arrays: Iterable[Array], order: Sequence[str]) -> tuple[str, ...]:
    """An order of axes in which an array with the most of them is not turned round; ``order`` if that will do."""
    arrays = list(arrays)
    most = max((len(a.axes) for a in arrays), default=0)
    widest = [a.axes for a in arrays if len(a.axes) == most]
    if not widest or any(axes == tuple(a for a in order if a in axes) for axes in widest):
        return tuple(order)
    return (*widest[0], *(a for a in order if a not in widest[0]))


def union(arrays: Iterable[Array], order: Sequence[str]) -> tuple[str, ...]:
    """The axes of several arrays, in the given order."""
    present = {a for array in arrays for a in array.axes}
    return tuple(a for a in order if a in present)


def product(factors: Sequence[Factor], order: Sequence[str]) -> Array:
    """The factors multiplied element by element, in reading order."""
    one = Factor(Array(Piece("1"), (), "number"))
    factors = [f for f in factors if f.inverse or f.array.piece.text != "1"] or [one]
    factors = [Factor(as_float(f.array), f.inverse) for f in factors]
    if len(factors) == 1 and not factors[0].inverse:
        return factors[0].array
    arrays = [f.array for f in factors]
    axes = union(arrays, natural_order(arrays, order))
    factors = _grouped(factors, axes)
    literal = re.fullmatch(r"-([0-9.]+)", factors[0].array.piece.text)
    negative = literal is not None and not factors[0].inverse
    if literal and negative:  # the sign goes in front of it all
        bare = replace(factors[0].array, piece=Piece(literal[1]))
        factors = factors[1:] if bare.piece.text == "1" else [Factor(bare), *factors[1:]]
    text = ""
    for factor in factors:
        piece = aligned(factor.array, axes)
        if text:
            text += f" {'/' if factor.inverse else '*'} {piece.at(Level.UNARY)}"
        else:
            least = Level.ATOM if negative and piece.level == Level.POWER else Level.PRODUCT  # -(a**b)
            text = f"1 / {piece.at(Level.UNARY)}" if factor.inverse else piece.at(least)
    kind: Kind = "number" if all(f.array.kind == "number" for f in factors) else "float"
    return Array(Piece(f"-{text}", Level.SUM) if negative else Piece(text, Level.PRODUCT), axes, kind)


def _grouped(factors: Sequence[Factor], axes: Sequence[str]) -> list[Factor]:
    """The factors, those over the same axes, but not all axes, multiplied first: before they are repeated."""
    out: list[Factor] = []
    done: set[frozenset[str]] = set()
    for factor in factors:
        own = frozenset(factor.array.axes)
        alike = [f for f in factors if frozenset(f.array.axes) == own]
        if not own or len(own) == len(axes) or len(alike) == 1:
            out.append(factor)
        elif own not in done:
            done.add(own)
            out.append(Factor(product(alike, [a for a in axes if a in own])))
    return out


def masked(mask: Array, value: Array, order: Sequence[str], elsewhere: str = "0") -> Array:
    """The value where a mask holds, and ``elsewhere`` where not."""
    value = as_float(value)
    axes = union((mask, value), natural_order((mask, value), order))
    if value.kind == "number" and elsewhere == "0":
        floats = as_float(mask)
        return floats if value.piece.text == "1" else product([Factor(value), Factor(floats)], order)
    text = f"np.where({aligned(mask, axes).text}, {aligned(value, axes).text}, {elsewhere})"
    return Array(Piece(text), axes)
