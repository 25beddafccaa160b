"""Windowed sums of products, recognised by how they are indexed: correlations and (transposed) convolutions.

A correlation reads one tensor at ``s*p + d*u - q``, p being an index of the result and u one that is summed.  A convolution
reads it at ``i + q - d*u``: the window runs backwards, which is the kernel flipped.  Read at ``(i + q - d*u)//s``, where s
divides it, it is the transpose of a correlation with stride s.  In every direction what lies outside counts as nothing; a
guard must say just that, or the sum has no name here.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from derive.forms.matrix_axes import is_plain
from derive.forms.matrix_contract import NotSayable
from derive.forms.matrix_tree import Convolution, MatExpr, Plus, Scalar, Slide, Tensor, times
from derive.language.expr import (
    ZERO, Add, Bracket, Compare, Elem, Expr, Index, Mul, Num, Reduce, Size, free_symbols, mul, size, walk,
)  # fmt: skip
from derive.language.integers import FloorDiv, Integer, Mod, expand, is_size, linear_in, symbols_of
from derive.language.ranges import Facts, facts_of, proved
from derive.language.system import System


def convolution(system: System, left: Elem, right: Expr, indices: tuple[Index, ...]) -> MatExpr | str | None:
    """The right side by the names of its convolutions; a reason if it slides a window otherwise; None if it slides none."""
    if not any(isinstance(n, Elem) and any(map(_is_windowed, n.index)) for n in walk(right)):
        return None
    entries = tuple(i for i in indices if i.symbol in left.index)
    terms = right.terms if isinstance(right, Add) else (right,)
    try:
        said = tuple(_term(system, t, entries) for t in terms)
    except NotSayable as refusal:
        return str(refusal)
    return said[0] if len(said) == 1 else Plus(said)


def _is_windowed(place: Integer) -> bool:
    if place.has(sympy.Indexed):
        return False  # an integer tensor chooses the place
    indices = [s for s in symbols_of(place) if not is_size(s)]
    return len(indices) > 1 or bool(indices and place.has(FloorDiv, Mod))


def _term(system: System, term: Expr, entries: tuple[Index, ...]) -> MatExpr:
    over, factors = _flattened(term)
    summed = {i.symbol for i in over}
    front = [f for f in factors if summed.isdisjoint(free_symbols(f))]
    inside = [f for f in factors if f not in front]
    if not inside:
        return times(*map(_single, front))
    elems = [f for f in inside if isinstance(f, Elem)]
    guards = [f for f in factors if isinstance(f, Bracket)]
    if len(elems) != 2 or any(f not in elems and f not in guards for f in inside):
        raise NotSayable(f"`{term}` slides a window but is no sum of products of two tensors")
    signal, kernel = elems if any(map(_is_windowed, elems[0].index)) else (elems[1], elems[0])
    windows = _windows(signal, kernel, entries, over)
    facts = facts_of(system, entries).within(over)
    _check_guards(system, signal, windows, guards, facts)
    slides = tuple(w.slide for w in windows)
    taps = {s.tap for s in slides}
    rest = tuple(i for i in over if i not in taps)
    result = Convolution(_kind(windows), signal, kernel, slides, rest, entries)
    return times(*(_single(f) for f in front if f not in guards), result)


def _flattened(term: Expr) -> tuple[tuple[Index, ...], tuple[Expr, ...]]:
    """(indices summed over, factors) of a product of factors and at most one sum."""
    factors = term.factors if isinstance(term, Mul) else (term,)
    sums = [f for f in factors if isinstance(f, Reduce) and f.op == "sum"]
    if len(sums) != 1:
        return (), factors
    over, inner = _flattened(sums[0].body)
    outside = tuple(f for f in factors if f is not sums[0])
    product = mul(*outside, *inner)
    return sums[0].over + over, product.factors if isinstance(product, Mul) else (product,)


def _single(factor: Expr) -> MatExpr:
    """A factor or term with nothing summed in it: a number, or an element with its indices."""
    match factor:
        case Elem(name, index) if not any(map(_is_windowed, index)):
            return Tensor(name, index, ())
        case Num() | Size():
            return Scalar(factor)
    raise NotSayable(f"`{factor}` beside a sliding window has no name")


@dataclass(frozen=True)
class _Window:
    """A slide, the axis of the signal that it runs along, and the numerator and divisor of the place that is read."""

    slide: Slide
    axis: int
    numerator: Integer
    divisor: Integer
    flipped: bool


def _windows(
    signal: Elem, kernel: Elem, entries: tuple[Index, ...], over: tuple[Index, ...]
) -> tuple[_Window, ...]:
    windows = []
    for axis, place in enumerate(signal.index):
        if _is_windowed(place):
            windows.append(_window(signal, axis, entries, over))
        elif not is_plain(place):
            raise NotSayable(f"`{signal}` is read at a place that is no sliding window")
    places = [p for k, p in enumerate(signal.index) if k not in {w.axis for w in windows}]
    for window in windows:
        slide = window.slide
        if kernel.index.count(slide.tap.symbol) != 1 or slide.tap.symbol in places:
            raise NotSayable(f"`{kernel}` is not read at the taps of the window, {slide.tap.name}")
        if slide.place.symbol in (*kernel.index, *places):
            raise NotSayable(f"the product depends on {slide.place.name} by more than where its window stands")
    if not all(map(is_plain, kernel.index)):
        raise NotSayable(f"`{kernel}` is not read at the taps of a window as they stand")
    return tuple(windows)


def _window(signal: Elem, axis: int, entries: tuple[Index, ...], over: tuple[Index, ...]) -> _Window:
    place = signal.index[axis]
    numerator, divisor = place.args if isinstance(place, FloorDiv) else (place, sympy.Integer(1))
    symbols = {s for s in symbols_of(place) if not is_size(s)}
    places = [i for i in entries if i.symbol in symbols]
    taps = [i for i in over if i.symbol in symbols]
    if len(places) != 1 or len(taps) != 1 or len(symbols) != 2:
        raise NotSayable(f"`{signal}` is read at a place that is not one index of the result and one that is summed")
    step = linear_in(numerator, places[0].symbol)
    spread = linear_in(step[1], taps[0].symbol) if step else None
    if step is None or spread is None or _is_negative(step[0]):
        raise NotSayable(f"`{signal}` is read at a place that no sliding window has")
    flipped = _is_negative(spread[0])
    if (divisor != 1 or flipped) and not (flipped and step[0] == 1):
        raise NotSayable(f"`{signal}` is read at a place that is neither a correlation nor a convolution")
    stride, dilation = (divisor, -spread[0]) if flipped else (step[0], spread[0])
    padding = spread[1] if flipped else expand(-spread[1])
    slide = Slide(places[0], taps[0], stride, dilation, padding)
    return _Window(slide, axis, numerator, divisor, flipped)


def _is_negative(coefficient: Integer) -> bool:
    return bool(coefficient.could_extract_minus_sign())


def _kind(windows: tuple[_Window, ...]) -> str:
    if len({w.flipped for w in windows}) > 1:
        raise NotSayable("it is a correlation in one direction and a convolution in another")
    if not windows[0].flipped:
        return "correlation"
    return "convolution" if all(w.divisor == 1 for w in windows) else "transposed convolution"


def _check_guards(
    system: System, signal: Elem, windows: tuple[_Window, ...], guards: list[Bracket], facts: Facts
) -> None:
    """Raise NotSayable unless the guards say just that the signal is read inside its range."""
    bounds = system.storage(signal.name) if signal.name in system.tensors else ()
    given = {_normal(c) for guard in guards for c in guard.conditions}
    padded = system.outside.get(signal.name) == 0
    expected: set[Compare] = set()
    for window in windows:
        place, (low, high) = signal.index[window.axis], bounds[window.axis]
        conditions = [Compare(">=", size(place), size(low)), Compare("<=", size(place), size(high))]
        if window.divisor != 1:
            conditions.append(Compare("==", size(Mod(window.numerator, window.divisor)), ZERO))
        expected |= {_normal(c) for c in conditions}
        for k, condition in enumerate(conditions):
            if _normal(condition) not in given and not proved(condition, facts) and not (padded and k < 2):
                raise NotSayable(f"nothing says that `{signal}` is read only where `{Bracket((condition,))}`")
    extra = sorted(str(Bracket((c,))) for c in given - expected)
    if extra:
        raise NotSayable(f"the guard `{extra[0]}` cuts the window off")


def _normal(condition: Compare) -> Compare:
    """Inequalities of integers as ``… >= 0``."""
    left, right = _integer(condition.left), _integer(condition.right)
    if left is None or right is None:
        return condition
    match condition.op:
        case ">=":
            return Compare(">=", size(expand(left - right)), ZERO)
        case ">":
            return Compare(">=", size(expand(left - right - 1)), ZERO)
        case "<=":
            return Compare(">=", size(expand(right - left)), ZERO)
        case "<":
            return Compare(">=", size(expand(right - left - 1)), ZERO)
    return condition


def _integer(side: Expr) -> Integer | None:
    match side:
        case Size(value):
            return value
        case Num(value) if value.denominator == 1:
            return sympy.Integer(value.numerator)
    return None
