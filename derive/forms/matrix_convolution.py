"""Windowed sums of products, recognised by how they are indexed: correlations and (transposed) convolutions.

A correlation reads one tensor at ``s*p + d*u - q``, p being an index of the result and u one that is summed.  A
convolution reads it at ``i + q - d*u``: the window runs backwards, which is the kernel flipped.  Read at
``(i + q - d*u)//s``, where s divides it, it is the transpose of a correlation with stride s.  In every direction what
lies outside counts as nothing; a guard must say just that, or the sum has no name here.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from derive.calculus.contract import contract
from derive.calculus.guards import merge_guards
from derive.forms.matrix_axes import is_plain
from derive.forms.matrix_build import times
from derive.forms.matrix_contract import NotSayable
from derive.forms.matrix_tree import Convolution, MatExpr, Plus, Scalar, Slide, Tensor
from derive.language.expr import (
    ZERO,
    Add,
    Bracket,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Reduce,
    Size,
    mul,
    size,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand, is_size, linear_in, symbols_of
from derive.language.ranges import Facts, facts_of, proved
from derive.language.system import System
from derive.language.traverse import (
    free_symbols,
    transform,
    walk,
)
from derive.steps.rewrite import rewrite
from derive.steps.rule import scope_of


def convolution(system: System, left: Elem, right: Expr, indices: tuple[Index, ...]) -> MatExpr | str | None:
    """The right side by the names of its convolutions; a reason if it has none for a window; None if it slides none."""
    right = _without_equalities(system, right, indices)
    if not any(isinstance(n, Elem) and any(map(_is_windowed, n.index)) for n in walk(right)):
        return None
    entries = tuple(i for i in indices if i.symbol in left.index)
    terms = right.terms if isinstance(right, Add) else (right,)
    try:
        said = tuple(_term(system, t, entries) for t in terms)
    except NotSayable as refusal:
        return str(refusal)
    return said[0] if len(said) == 1 else Plus(said)


def _without_equalities(system: System, right: Expr, indices: tuple[Index, ...]) -> Expr:
    """The right side with sums carried out of which an equality leaves one term: ``s*i + d*u == p`` by its i."""

    def with_deltas(node: Expr) -> Expr:
        if not isinstance(node, Bracket):
            return node
        kept = tuple(c for c in node.conditions if not _is_equality(c))
        deltas = (Delta(_integer(c.left), _integer(c.right)) for c in node.conditions if _is_equality(c))
        return mul(*((Bracket(kept),) if kept else ()), *deltas)

    line = transform(right, with_deltas)
    if line == right:
        return right
    contracted, _ = rewrite(line, (contract, merge_guards), scope_of(system, indices, line), indices)
    return right if any(isinstance(n, Delta) for n in walk(contracted)) else contracted


def _is_equality(condition: Compare) -> bool:
    """Whether a condition says that two places are the same."""
    left, right = _integer(condition.left), _integer(condition.right)
    if condition.op != "==" or left is None or right is None:
        return False
    return not (left - right).has(FloorDiv, Mod, sympy.Indexed)


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
    windows = _windows(elems, entries, over)
    _check_guards(system, windows, guards, facts_of(system, entries).within(over))
    kind = _kind(windows)
    signal = _signal(system, elems, windows)
    kernel = elems[1] if elems[0] is signal else elems[0]
    slides = tuple(w.slide(signal) for w in windows)
    if kind == "convolution" and any(s.stride != 1 for s in slides):
        kind = "transposed convolution"
    taps = {s.tap for s in slides}
    rest = tuple(i for i in over if i not in taps)
    result = Convolution(kind, signal, kernel, slides, rest, entries)
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
        case Reduce(op):
            raise NotSayable(f"`{factor}` slides a window, but {op} is no sum of products")
    raise NotSayable(f"`{factor}` slides a window but is no sum of products of two tensors")


@dataclass(frozen=True)
class _Window:
    """One axis of an element that is read at (step*place + spread*tap + shift) / divisor."""

    elem: Elem
    axis: int
    place: Index
    tap: Index
    step: Integer
    spread: Integer
    shift: Integer
    divisor: Integer

    @property
    def flipped(self) -> bool:
        return _is_negative(self.spread)

    @property
    def numerator(self) -> Integer:
        return self.step * self.place.symbol + self.spread * self.tap.symbol + self.shift

    def slide(self, signal: Elem) -> Slide:
        """The window as a slide; a convolution may be read in its signal or in its kernel, it is the same sum."""
        if not self.flipped:
            return Slide(self.place, self.tap, self.step, self.spread, expand(-self.shift))
        if self.elem is signal:
            return Slide(self.place, self.tap, self.divisor, -self.spread, self.shift)
        return Slide(self.place, self.tap, -self.spread, self.divisor, self.shift, in_kernel=True)


def _windows(elems: list[Elem], entries: tuple[Index, ...], over: tuple[Index, ...]) -> tuple[_Window, ...]:
    """The windows of two elements, each read at the taps of the other's windows as they stand."""
    windows = []
    for elem in elems:
        for axis, place in enumerate(elem.index):
            if _is_windowed(place):
                windows.append(_window(elem, axis, entries, over))
            elif not is_plain(place):
                raise NotSayable(f"`{elem}` is read at a place that is no sliding window")
    plain = [(elem, p) for elem in elems for p in elem.index if is_plain(p)]
    for window in windows:
        if [elem for elem, p in plain if p == window.tap.symbol] != [e for e in elems if e is not window.elem]:
            raise NotSayable(f"only one of two tensors is read at the taps of the window, `{window.tap.name}`")
        if any(p == window.place.symbol for _, p in plain):
            raise NotSayable(f"the product depends on `{window.place.name}` by more than where its window stands")
    return tuple(windows)


def _window(elem: Elem, axis: int, entries: tuple[Index, ...], over: tuple[Index, ...]) -> _Window:
    place = elem.index[axis]
    numerator, divisor = place.args if isinstance(place, FloorDiv) else (place, sympy.Integer(1))
    symbols = {s for s in symbols_of(place) if not is_size(s)}
    places = [i for i in entries if i.symbol in symbols]
    taps = [i for i in over if i.symbol in symbols]
    if len(places) != 1 or len(taps) != 1 or len(symbols) != 2:
        raise NotSayable(f"`{elem}` is read at a place that is not one index of the result and one that is summed")
    step = linear_in(numerator, places[0].symbol)
    spread = linear_in(step[1], taps[0].symbol) if step else None
    if step is None or spread is None:
        raise NotSayable(f"`{elem}` is read at a place that no sliding window has")
    window = _Window(elem, axis, places[0], taps[0], step[0], spread[0], spread[1], divisor)
    if _is_negative(window.step) or (window.flipped and window.step != 1) or (divisor != 1 and not window.flipped):
        raise NotSayable(f"`{elem}` is read at a place that is neither a correlation nor a convolution")
    return window


def _is_negative(coefficient: Integer) -> bool:
    return bool(coefficient.could_extract_minus_sign())


def _kind(windows: tuple[_Window, ...]) -> str:
    if len({w.flipped for w in windows}) > 1 or (not windows[0].flipped and len({w.elem for w in windows}) > 1):
        raise NotSayable("its windows slide in ways that do not make one correlation or one convolution")
    return "convolution" if windows[0].flipped else "correlation"


def _signal(system: System, elems: list[Elem], windows: tuple[_Window, ...]) -> Elem:
    """The tensor over which the other slides: what is windowed; of a convolution, what is no parameter."""
    if windows[0].flipped:
        inputs = [e for e in elems if e.name not in system.tensors or system.tensors[e.name].kind != "param"]
        if len(inputs) == 1:
            return inputs[0]
    return windows[0].elem


def _check_guards(system: System, windows: tuple[_Window, ...], guards: list[Bracket], facts: Facts) -> None:
    """Raise NotSayable unless the guards say just that the windowed elements are read inside their range."""
    given = {_normal(c) for guard in guards for c in guard.conditions}
    expected: set[Compare] = set()
    for window in windows:
        low, high = system.storage(window.elem.name)[window.axis]
        place = window.elem.index[window.axis]
        conditions = [Compare(">=", size(place), size(low)), Compare("<=", size(place), size(high))]
        padded = system.outside.get(window.elem.name) == 0
        needed = [] if padded else [c for c in conditions if not proved(c, facts)]
        if window.divisor != 1:
            conditions.append(Compare("==", size(Mod(window.numerator, window.divisor)), ZERO))
            needed.append(conditions[-1])
        expected |= {_normal(c) for c in conditions}
        missing = [c for c in needed if _normal(c) not in given]
        if missing:
            raise NotSayable(f"nothing says that `{window.elem}` is read only where `{Bracket((missing[0],))}`")
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
