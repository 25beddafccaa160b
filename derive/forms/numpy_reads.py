"""Reading elements: ``x[n,c,s*p+d*u-q]`` as slices, strided windows or index arrays of the array that holds x.

A read that is not proved to stay inside its array never raises or wraps: outside stands what the layer says is read
there, or else the nearest element, which a guard beside the read makes count for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy

from derive.forms.numpy_arrays import Array, Kind, aligned, union
from derive.forms.numpy_places import REVERSED, Place, places_of, slice_of, subscripted
from derive.forms.numpy_scope import Bounds, Scope
from derive.forms.numpy_text import Level, Piece, integer_piece
from derive.language.integers import Integer, expand


@dataclass(frozen=True)
class Stored:
    """An array that can be read: its source, the bounds of each axis, what stands outside, and a key for reuse."""

    piece: Piece
    bounds: Bounds
    outside: float | Fraction | None = None
    kind: Kind = "float"
    key: str | None = None


def tensor(name: str, scope: Scope) -> Stored:
    """The array that holds a tensor."""
    writer = scope.writer
    declared = writer.system.tensors[name]
    kind: Kind = "int" if declared.integer else "float"
    outside = writer.system.outside.get(name)
    return Stored(Piece(writer.tensor(name)), writer.bounds(name), outside, kind, name)


def read(stored: Stored, index: Sequence[Integer], scope: Scope) -> Array:
    """The element at ``index`` for every value of the indices in scope."""
    places = places_of(stored.bounds, index, scope)
    if stored.outside is not None and any(not p.inside and not p.runs for p in places):
        return _outside(stored, index, scope, places)
    if any(p.runs is None for p in places):
        subscript = subscript_of(places, scope)
        return Array(Piece(subscript.apply(stored.piece)), subscript.axes, stored.kind)
    return _windows(stored, places, scope)


# Slices and windows


def _windows(stored: Stored, places: Sequence[Place], scope: Scope) -> Array:
    """The read where every position is a sum of multiples of indices."""
    marks, windows, axes, axis = [], {}, [], 0
    view = False
    for place in places:
        assert place.runs is not None
        axes += [r.index for r in place.runs]
        if not place.runs:
            marks.append(fixed(place, scope).text)
            continue
        mark = slice_of(place, scope)
        if mark is None:
            windows[axis] = place
            view = view or len(place.runs) > 1
        marks.append(mark or ":")
        axis += 1
    text = subscripted(stored.piece, marks)
    if not windows:
        fresh = stored.key is None
        return Array(Piece(text), tuple(axes), stored.kind, fresh)
    described = ", ".join(f"{a}: {_runs(p, scope)}" for a, p in windows.items())
    outside = "" if stored.outside is None else f", {number(stored.outside)}"
    call = f"{scope.writer.helper('windows')}({text}, {{{described}}}{outside})"
    if stored.key is not None and not scope.inline:
        variable, _ = scope.writer.named(f"{stored.key}_windows", call, call)
        return Array(Piece(variable), tuple(axes), stored.kind, fresh=False, view=view)
    return Array(Piece(call), tuple(axes), stored.kind, fresh=False, view=view)


def _runs(place: Place, scope: Scope) -> str:
    assert place.runs is not None
    start = expand(place.rest + sum(r.coefficient * scope.index(r.index).low for r in place.runs))
    pairs = [f"({scope.extent(r.index).text}, {scope.integer(r.coefficient).text})" for r in place.runs]
    return f"({', '.join([scope.integer(start).text, *pairs])})"


def fixed(place: Place, scope: Scope) -> Piece:
    """A single position; a position that may be outside is moved to the nearest end."""
    piece = integer_piece(place.position, lambda leaf: _scalar_leaf(leaf, scope))
    if place.inside:
        return piece
    return Piece(f"min(max({piece.text}, 0), {scope.integer(place.last).text})")


def _scalar_leaf(leaf: Integer, scope: Scope) -> Piece:
    if leaf.is_Symbol:
        return scope.writer.size(leaf)
    return read(tensor(str(leaf.base.label), scope), tuple(leaf.indices), scope).piece


def number(value: float | Fraction) -> str:
    """A number as source."""
    value = float(value)
    if value in (float("inf"), float("-inf")):
        return "np.inf" if value > 0 else "-np.inf"
    return repr(value)


# Index arrays


@dataclass(frozen=True)
class Subscript:
    """Source that goes in brackets after an array (one bracket after the other), and the axes of what it gives."""

    brackets: tuple[tuple[str, ...], ...]
    axes: tuple[str, ...]

    def apply(self, piece: Piece) -> str:
        text = piece.at(Level.ATOM)
        for marks in self.brackets:
            text = subscripted(Piece(text), marks)
        return text


def subscript_of(places: Sequence[Place], scope: Scope, clip: bool = True) -> Subscript:
    """Subscripts that reach the places: single positions first, then slices and index arrays."""
    singles, marks, kinds = [], [], []
    for place in places:
        if place.runs == ():
            singles.append(fixed(place, scope).text)
            continue
        singles.append(":")
        slice_ = slice_of(place, scope)
        if slice_ is not None and slice_.endswith(REVERSED):
            slice_ = None
        marks.append(slice_)
        kinds.append(place)
    gathered = [p for p, mark in zip(kinds, marks, strict=True) if mark is None]
    joint = tuple(n for n in scope.order if any(n in scope.vector(p.position) for p in gathered))
    texts: list[str] = []
    axes: list[str] = []
    front: list[str] = []
    where = [k for k, mark in enumerate(marks) if mark is None]
    adjacent = not where or where == list(range(where[0], where[-1] + 1))
    for k, (place, mark) in enumerate(zip(kinds, marks, strict=True)):
        if mark is None:
            texts.append(_positions(place, joint, scope, clip))
            if k == where[0] and adjacent:
                axes += joint
        else:
            texts.append(mark)
            assert place.runs
            axes.append(place.runs[0].index)
    if not adjacent:
        front = list(joint)
    brackets = tuple(b for b in (tuple(singles), tuple(texts)) if any(m != ":" for m in b))
    return Subscript(brackets, tuple(front + axes))


def _positions(place: Place, axes: Sequence[str], scope: Scope, clip: bool) -> str:
    text = (_counted(place, axes, scope) or index_array(place.position, axes, scope)).text
    if place.inside or not clip:
        return text
    return f"np.clip({text}, 0, {scope.integer(place.last).text})"


def _counted(place: Place, axes: Sequence[str], scope: Scope) -> Piece | None:
    """Positions that are an index and no more than that, counted from 0."""
    names = scope.vector(place.position)
    index = scope.index(names[0])
    rest = expand(place.position - index.symbol)
    if len(names) > 1 or index.symbol in rest.free_symbols or rest.has(sympy.Indexed):
        return None
    first, stop = expand(index.low + rest), expand(index.high + rest + 1)
    return aligned(Array(_arange(first, stop, scope), (index.name,), "int"), axes)


def _arange(first: Integer, stop: Integer, scope: Scope) -> Piece:
    ends = ([] if first == 0 else [scope.integer(first).text]) + [scope.integer(stop).text]
    return Piece(f"np.arange({', '.join(ends)})")


def index_array(value: Integer, axes: Sequence[str], scope: Scope) -> Piece:
    """Source of an integer expression as an array of integers that broadcasts over the given axes."""

    def leaf(symbol: Integer) -> Piece:
        if not symbol.is_Symbol:
            array = read(tensor(str(symbol.base.label), scope), tuple(symbol.indices), scope)
            return aligned(array, axes)
        if symbol.name in scope.order and scope.index(symbol.name).symbol == symbol:
            return aligned(arange(symbol.name, scope), axes)
        return scope.writer.size(symbol)

    return integer_piece(value, leaf)


def arange(name: str, scope: Scope) -> Array:
    """The values of an index."""
    index = scope.index(name)
    return Array(_arange(index.low, expand(index.high + 1), scope), (name,), "int")


def integers(value: Integer, scope: Scope) -> Array:
    """An integer expression as a number or as an array of integers."""
    names = set(scope.vector(value))
    parts = [read(tensor(str(e.base.label), scope), tuple(e.indices), scope) for e in value.atoms(sympy.Indexed)]
    names |= set(union(parts, scope.order))
    axes = tuple(n for n in scope.order if n in names)
    kind: Kind = "int" if axes or parts else "number"
    return Array(index_array(value, axes, scope), axes, kind)


def _outside(stored: Stored, index: Sequence[Integer], scope: Scope, places: Sequence[Place]) -> Array:
    """A gathered read of a tensor that has a value outside its range."""
    inner = read(Stored(stored.piece, stored.bounds, None, stored.kind, stored.key), index, scope)
    tests = []
    for place in places:
        if not place.inside:
            where = integers(place.position, scope)
            tests += [(where, ">= 0"), (where, f"<= {scope.integer(place.last).text}")]
    axes = union([inner, *(t for t, _ in tests)], scope.order)
    assert stored.outside is not None
    if not axes:
        checks = " and ".join(f"{t.piece.at(Level.SUM)} {bound}" for t, bound in tests)
        return Array(
            Piece(f"{inner.piece.at(Level.COMPARE)} if {checks} else {number(stored.outside)}", Level.CONDITIONAL)
        )
    masks = " & ".join(f"({aligned(t, axes).at(Level.SUM)} {bound})" for t, bound in tests)
    return Array(Piece(f"np.where({masks}, {aligned(inner, axes).text}, {number(stored.outside)})"), axes)
