"""Terms that are added at the places where they land: windows, strided slices, places that integer tensors name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from derive.forms.numpy_arrays import aligned, as_float
from derive.forms.numpy_contract import einsum_arguments
from derive.forms.numpy_helpers import ADD_PRODUCT_WINDOWS, COMPILED_HELPER
from derive.forms.numpy_lower import lower, with_axes
from derive.forms.numpy_places import places_of, slice_text, subscripted
from derive.forms.numpy_reads import subscript_of
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_terms import Landing
from derive.forms.numpy_text import Piece
from derive.language.expr import Bracket, Compare, Expr, Index, mul, size
from derive.language.integers import Integer, expand
from derive.language.system import Equation


@dataclass(frozen=True)
class Part:
    """A term of the right side that is added in a statement of its own.

    when     conditions that the code tests first
    ranges   the indices of the left side, as far as the term is there
    landing  set where the term's values land elsewhere than where they stand
    """

    expr: Expr
    when: tuple[Compare, ...]
    ranges: tuple[Index, ...]
    landing: Landing | None = None


@dataclass(frozen=True)
class Target:
    """The array on the left side: its variable, and whether it exists already."""

    equation: Equation
    scope: Scope  # loop indices only
    ranges: tuple[Index, ...]  # its axes
    exists: bool

    @property
    def name(self) -> str:
        return self.scope.writer.tensor(self.equation.name)

    def at(self, ranges: Sequence[Index]) -> str:
        """The variable at the places of the equation's left side, for some ranges of its indices."""
        by_symbol = {i.symbol: i for i in ranges}
        marks = []
        inside = self.scope.over(ranges)
        for place, (low, high) in zip(self.equation.left.index, inside.writer.bounds(self.equation.name), strict=True):
            if place in by_symbol:
                index = by_symbol[place]
                ends = expand(index.low - low), expand(index.high - low)
                marks.append(slice_text(*ends, sympy.Integer(1), expand(high - low), inside))
            else:
                marks.append(inside.integer(expand(place - low)).text)
        return subscripted(Piece(self.name), marks)

    def shape(self) -> str:
        scope = self.scope.over(self.ranges)
        return tuple_text([scope.extent(i.name).text for i in self.ranges])


def tuple_text(parts: Sequence[str]) -> str:
    """A tuple as source."""
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def landed(part: Part, target: Target) -> str | None:
    """The values of windows added at their places, as a new array."""
    landing = part.landing
    assert landing is not None
    if any(
        index not in landing.runs or not _is_run(landing.runs[index], place) for index, place in landing.places.items()
    ):
        return None
    groups = [landing.runs.get(i, (i,)) for i in part.ranges]
    moving = [g[0] for i, g in zip(part.ranges, groups, strict=True) if i in landing.runs]
    order = [i for g in groups for i in g if i not in moving] + moving  # positions innermost, so that they lie together
    array = as_float(lower(landing.term.expr, replace(target.scope.over(order), windows=True)))
    if array.kind == "number":
        array = with_axes(array, [moving[0].name], target.scope.over(order))
    writer = target.scope.writer
    axes = [i.name for g in groups for i in g]
    if writer.fused and array.einsum and set(array.axes) == set(axes):
        add, values = ADD_PRODUCT_WINDOWS, einsum_arguments(array.einsum, axes)
    else:
        add = COMPILED_HELPER if writer.fused else writer.helper("add_windows")
        parts, _ = writer.named(f"{target.equation.name}_parts", array.piece.text, array.piece.text)
        values = aligned(replace(array, piece=Piece(parts)), axes).text
    scope = target.scope.over([i for g in groups for i in g])
    windows = []
    for axis, (index, group) in enumerate(zip(part.ranges, groups, strict=True)):
        if index in landing.runs:
            windows.append(f"{axis}: {_steps(index, group, landing.places[index], scope)}")
    places = f"{{{', '.join(windows)}}}"
    if len(places) + len(values) > _LONG and target.scope.at_top:
        places, _ = writer.named("places", places, places, large=False)
    return f"{add}({target.shape()}, {values}, {places})"


_LONG = 70  # characters of two arguments, above which one is named on a line of its own


def strided(part: Part, target: Target) -> tuple[str, str] | None:
    """A slice and what is added to it, where each place has an index of its own and is in range."""
    landing = part.landing
    assert landing is not None
    if any(len(landing.runs[i]) != 1 or not _is_run(landing.runs[i], p) for i, p in landing.places.items()):
        return None
    ranges = [landing.runs[i][0] if i in landing.runs else i for i in part.ranges]
    scope = target.scope.over(ranges)
    index = [_replaced(p, landing) for p in target.equation.left.index]
    places = places_of(scope.writer.bounds(target.equation.name), index, scope)
    if not all(p.inside and p.runs is not None for p in places):
        return None
    left = subscript_of(places, scope)
    value = aligned(as_float(lower(landing.term.expr, scope)), left.axes).text
    return left.apply(Piece(target.name)), value


def _is_run(group: tuple[Index, ...], place: Integer) -> bool:
    return bool(group) and group[0].symbol in place.free_symbols and not place.has(sympy.Indexed)


def _steps(index: Index, group: Sequence[Index], place: Integer, scope: Scope) -> str:
    start = place.xreplace({i.symbol: i.low for i in group})
    pairs = [f"({scope.extent(i.name).text}, {scope.integer(expand(place.diff(i.symbol))).text})" for i in group]
    return tuple_text([scope.integer(expand(start - index.low)).text, *pairs])


def added_at(part: Part, target: Target) -> str:
    """A statement that adds values at the places that integer tensors name."""
    landing = part.landing
    assert landing is not None
    shared = {i for group in landing.runs.values() for i in group}
    scope = target.scope.over(
        [i for i in part.ranges if i not in landing.places] + sorted(shared, key=lambda i: i.name)
    )
    index = [_replaced(p, landing) for p in target.equation.left.index]
    bounds = scope.writer.bounds(target.equation.name)
    places = places_of(bounds, index, scope)
    expr = landing.term.expr
    checks = [c for place, (low, high), p in zip(index, bounds, places, strict=True) if not p.inside
              for c in (Compare(">=", size(place), size(low)), Compare("<=", size(place), size(high)))]  # fmt: skip
    if checks:
        expr = mul(Bracket(tuple(checks)), expr)
    subscript = subscript_of(places, scope)
    array = as_float(lower(expr, scope))
    *outer, last = subscript.brackets
    base = target.name + "".join(f"[{', '.join(b)}]" for b in outer)
    kept = list(last)
    while kept[-1] == ":":
        kept.pop()
    marks = kept[0] if len(kept) == 1 else f"np.s_[{', '.join(kept)}]"
    return f"np.add.at({base}, {marks}, {aligned(array, subscript.axes).text})"


def _replaced(place: Integer, landing: Landing) -> Integer:
    return next((p for i, p in landing.places.items() if i.symbol == place), place)
