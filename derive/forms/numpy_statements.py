"""Equations as statements: what holds everywhere in one assignment, what holds in a part or lands elsewhere added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from derive.forms.numpy_arrays import Array, aligned, as_float
from derive.forms.numpy_conditions import conditions_of
from derive.forms.numpy_guards import narrowed, split_conditions
from derive.forms.numpy_lower import lower, signed, with_axes
from derive.forms.numpy_reads import places_of, slice_text, subscript_of, subscripted
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_terms import Landing, element_landing, term_of, terms_of, window_landing
from derive.forms.numpy_text import Level, Piece
from derive.language.expr import (
    ZERO,
    Add,
    Bracket,
    Compare,
    Expr,
    Index,
    Mul,
    Reduce,
    add,
    free_symbols,
    mul,
    size,
    sum_,
)  # fmt: skip
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
        return _tuple([scope.extent(i.name).text for i in self.ranges])


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def write(equation: Equation, scope: Scope, exists: bool, part: bool = False, added: Expr | None = None) -> None:
    """Write the statements of an equation.

    exists  the variable is an array already, of which the statements fill the places on the left side
    part    more will be added to the values later, so they must be an array of their own
    added   instead of the right side, what is added to the values that are there
    """
    ranges = tuple(i for i in equation.indices if i.name not in scope.names())
    target = Target(equation, scope, ranges, exists)
    dense, parts = _parts(equation.right if added is None else added, target)
    own = part or bool(parts)
    if added is not None:
        if dense != ZERO:
            scope.writer.line(f"{target.at(ranges)} += {_value(dense, target, ranges).text}")
    elif dense != ZERO or not parts:
        _assign(dense, target, own)
    else:
        parts = _start(parts, target)
    for when in dict.fromkeys(p.when for p in parts):
        _add([p for p in parts if p.when == when], when, target)


def _start(parts: list[Part], target: Target) -> list[Part]:
    """Write the assignment where no term holds everywhere; gives back the parts that are still to be added."""
    for part in parts:
        if part.landing and not part.when and (code := _landed(part, target)):
            _put(target, code)
            return [p for p in parts if p is not part]
    _put(target, f"np.zeros({target.shape()}, dtype)", "0")
    return parts


def _assign(expr: Expr, target: Target, own: bool) -> None:
    """``target = expr``; ``own`` asks for an array that nothing else refers to."""
    inside = target.scope.over(target.ranges)
    axes = tuple(i.name for i in target.ranges)
    if isinstance(expr, Add) and not target.exists and _one_by_one(expr, target):
        return
    array = as_float(lower(expr, inside))
    if target.exists:
        target.scope.writer.line(f"{target.at(target.ranges)} = {aligned(array, axes).text}")
        return
    if axes and array.kind == "number":
        zero = expr == ZERO
        text = f"np.{'zeros' if zero else 'full'}({target.shape()}, {'' if zero else f'{array.piece.text}, '}dtype)"
    elif array.kind == "number":
        text = f"dtype.type({array.piece.text})"
    else:
        whole = with_axes(array, axes, inside)
        text = aligned(whole, axes).text
        if whole.axes != array.axes or (own and not whole.fresh):
            text = f"np.array({text})"
    target.scope.writer.line(f"{target.name} = {text}")


def _one_by_one(expr: Add, target: Target) -> bool:
    """Write a sum that holds a contraction of all axes term by term, so that no second array of its size is needed."""
    inside = target.scope.over(target.ranges)
    axes = tuple(i.name for i in target.ranges)
    terms = [(negative, as_float(lower(t, inside))) for negative, t in map(signed, expr.terms)]
    lead = next((k for k, (negative, a) in enumerate(terms) if not negative and _is_contraction(a, axes)), None)
    if lead is None:
        return False
    writer = target.scope.writer
    writer.line(f"{target.name} = {aligned(terms[lead][1], axes).text}")
    for negative, array in terms[:lead] + terms[lead + 1 :]:
        writer.line(f"{target.name} {'-' if negative else '+'}= {aligned(array, axes).text}")
    return True


def _is_contraction(array: Array, axes: tuple[str, ...]) -> bool:
    return array.axes == axes and array.piece.text.startswith("np.einsum(")


def _put(target: Target, text: str, scalar: str | None = None) -> None:
    if target.exists:
        target.scope.writer.line(f"{target.at(target.ranges)} = {scalar or text}")
    else:
        target.scope.writer.line(f"{target.name} = {text}")


def _value(expr: Expr, target: Target, ranges: Sequence[Index]) -> Piece:
    array = as_float(lower(expr, target.scope.over(ranges)))
    return aligned(array, [i.name for i in ranges])


def _parts(expr: Expr, target: Target) -> tuple[Expr, list[Part]]:
    """(what holds for all indices, what is to be added in statements of its own)."""
    dense: list[Expr] = []
    parts: list[Part] = []
    for whole in expr.terms if isinstance(expr, Add) else (expr,):
        terms = list(terms_of(whole))
        found = [_part(term, target) for term in terms]
        if all(part is None for part in found):
            dense.append(whole)
            continue
        dense += [term for term, part in zip(terms, found, strict=True) if part is None]
        parts += [part for part in found if part is not None]
    return add(*dense), parts


def _part(expr: Expr, target: Target) -> Part | None:
    """How to add a term in a statement of its own, or None if it is as well added with the others."""
    scope, ranges = target.scope, target.ranges
    if not target.equation.left.index:
        return None
    conditions, rest = _pulled(expr)
    inside = scope.over(ranges)
    scalar, vector, _ = split_conditions([Bracket(conditions)] if conditions else [], inside)
    known = scope.given(scalar) if scalar else scope
    landing = _landing(mul(*((Bracket(vector),) if vector else ()), rest), ranges, known)
    if landing is not None:
        return Part(landing.term.expr, scalar, ranges, landing)
    new = {i.name: i for i in ranges}
    symbols = frozenset(i.symbol for i in ranges)
    left = []
    for condition in vector:
        index = next((i for i in new.values() if i.symbol in free_symbols(Bracket((condition,)))), None)
        cut = index and narrowed(index, condition, symbols, known.facts)
        if cut:
            new[cut.name] = cut
        else:
            left.append(condition)
    narrow = tuple(new[i.name] for i in ranges)
    if not scalar and narrow == ranges:
        return None
    return Part(mul(*((Bracket(tuple(left)),) if left else ()), rest), scalar, narrow)


def _pulled(expr: Expr) -> tuple[tuple[Compare, ...], Expr]:
    """The guards of a term, those under its summation signs that hold for all of the sum included, and what is left."""
    if isinstance(expr, Reduce) and expr.op == "sum":
        bound = {i.symbol for i in expr.over}
        conditions, body = _pulled(expr.body)
        out = tuple(c for c in conditions if bound.isdisjoint(free_symbols(Bracket((c,)))))
        inside = tuple(c for c in conditions if c not in out)
        return out, sum_(expr.over, mul(*((Bracket(inside),) if inside else ()), body))
    factors = expr.factors if isinstance(expr, Mul) else (expr,)
    conditions, others = (), []
    for factor in factors:
        if conditions_of(factor):
            conditions += conditions_of(factor)
        elif isinstance(factor, Reduce) and factor.op == "sum":
            more, factor = _pulled(factor)
            conditions += more
            others.append(factor)
        else:
            others.append(factor)
    return tuple(dict.fromkeys(conditions)), mul(*others)


def _landing(expr: Expr, free: tuple[Index, ...], scope: Scope) -> Landing | None:
    system = scope.writer.system
    term = term_of(expr, scope.names() | {i.name for i in free}, system, scope.facts.within(free))
    landing = element_landing(term, free)
    if landing is not None:
        return landing
    return window_landing(term, free, system, scope.facts)


def _add(parts: Sequence[Part], when: tuple[Compare, ...], target: Target) -> None:
    """Add parts to the values that are there, where conditions hold."""
    writer, scope = target.scope.writer, target.scope
    if when:
        tests = " and ".join(_test(c, scope) for c in when)
        with writer.block(f"if {tests}:"):
            _add(parts, (), replace(target, scope=scope.in_block(when)))
        return
    for part in parts:
        if part.landing is None:
            writer.line(f"{target.at(part.ranges)} += {_value(part.expr, target, part.ranges).text}")
        elif (slices := _strided(part, target)) is not None:
            writer.line(slices)
        elif code := _landed(part, target):
            writer.line(f"{target.at(part.ranges)} += {code}")
        else:
            writer.line(_added_at(part, target))


def _test(condition: Compare, scope: Scope) -> str:
    return lower(Bracket((condition,)), scope.over(())).piece.at(Level.COMPARE)


def _landed(part: Part, target: Target) -> str | None:
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
    array = as_float(lower(landing.term.expr, target.scope.over(order)))
    if array.kind == "number":
        array = with_axes(array, [moving[0].name], target.scope.over(order))
    writer = target.scope.writer
    parts, _ = writer.named(f"{target.equation.name}_parts", array.piece.text, array.piece.text)
    values = aligned(replace(array, piece=Piece(parts)), [i.name for g in groups for i in g]).text
    scope = target.scope.over([i for g in groups for i in g])
    windows = []
    for axis, (index, group) in enumerate(zip(part.ranges, groups, strict=True)):
        if index in landing.runs:
            windows.append(f"{axis}: {_steps(index, group, landing.places[index], scope)}")
    return f"{scope.writer.helper('add_windows')}({target.shape()}, {values}, {{{', '.join(windows)}}})"


def _strided(part: Part, target: Target) -> str | None:
    """A statement that adds to a slice, where each place has an index of its own and is in range."""
    landing = part.landing
    assert landing is not None
    if any(len(landing.runs[i]) != 1 or not _is_run(landing.runs[i], p) for i, p in landing.places.items()):
        return None
    ranges = [landing.runs[i][0] if i in landing.runs else i for i in part.ranges]
    scope = target.scope.over(ranges)
    index = [_replaced(p, landing) for p in target.equation.left.index]
    places = places_of(scope.writer.bounds(target.equation.name), index, scope)
    if not all(p.inside for p in places):
        return None
    left = subscript_of(places, scope)
    value = aligned(as_float(lower(landing.term.expr, scope)), left.axes).text
    return f"{left.apply(Piece(target.name))} += {value}"


def _is_run(group: tuple[Index, ...], place: Integer) -> bool:
    return bool(group) and group[0].symbol in place.free_symbols and not place.has(sympy.Indexed)


def _steps(index: Index, group: Sequence[Index], place: Integer, scope: Scope) -> str:
    start = place.xreplace({i.symbol: i.low for i in group})
    pairs = [f"({scope.extent(i.name).text}, {scope.integer(expand(place.diff(i.symbol))).text})" for i in group]
    return _tuple([scope.integer(expand(start - index.low)).text, *pairs])


def _added_at(part: Part, target: Target) -> str:
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
