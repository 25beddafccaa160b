"""Which indices of an equation stay written out, and which become the axes of vectors and matrices.

Axes of tensors that some equation runs by the same index belong together (a class).  The class of a time step is known
by a read at ``t-1`` or ``t+1``; the class of the batch by its passing through every equation unchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import sympy

from derive.language.expr import (
    Along,
    Bracket,
    Delta,
    Elem,
    Expr,
    Index,
    Partial,
    Reduce,
    Size,
)
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.memo import once_per_system
from derive.language.system import LOSS, Equation, System, Tensor
from derive.language.traverse import (
    bound_at,
    integers_at,
    walk,
)

Axis = tuple[str, int]  # a tensor's name and the number of one of its axes


@dataclass(frozen=True)
class Layout:
    """What a system tells of its axes.

    kind       the class of each axis, as one axis of the class that stands for it
    recurrent  the classes of time-like axes
    batch      the class of the batch axis, or None where the samples are not kept apart (or there are none)
    data       the classes with no axis of a parameter in them
    """

    kind: Mapping[Axis, Axis]
    recurrent: frozenset[Axis]
    batch: Axis | None
    data: frozenset[Axis]

    def kind_of(self, system: System, name: str, axis: int) -> Axis:
        where = (forward_name(system, name), axis)
        return self.kind.get(where, where)


def forward_name(system: System, name: str) -> str:
    """The tensor whose axes a tensor has: itself, or for a gradient what it is taken by."""
    tensor = system.tensors.get(name)
    if tensor is not None and tensor.kind not in ("gradient", "upstream"):
        return name
    of = name.removeprefix("d").removesuffix("_up")
    return of if name.startswith("d") and of in system.tensors else name


def axes_like(system: System, name: str) -> str:
    """The tensor that tells the axes of a tensor: itself, where the system has it."""
    return name if name in system.tensors else forward_name(system, name)


def reads(expr: Expr) -> Iterator[Elem]:
    """Every tensor element in an expression, those inside index expressions included."""
    for node in walk(expr):
        if isinstance(node, Elem):
            yield node
        for integer in integers_at(node):
            for inner in integer.atoms(sympy.Indexed):
                yield Elem(str(inner.base.label), tuple(inner.indices))


@once_per_system
def layout_of(system: System) -> Layout:
    """The layout of a system; its gradient equations, where it has any, are looked at too."""
    kind = _classes(system)
    recurrent = {
        kind.get(axis, axis)
        for equation in system.all_equations
        for axis, place in _places(system, equation)
        if _is_shifted(place)
    }
    learned = {kind.get((p.name, axis)) for p in system.params for axis in range(len(p.axes))}
    data = frozenset(kind.values()) - learned
    return Layout(kind, frozenset(recurrent), _batch(system, kind, data - recurrent), data)


def _places(system: System, equation: Equation) -> Iterator[tuple[Axis, Integer]]:
    for elem in (equation.left, *reads(equation.right)):
        name = forward_name(system, elem.name)
        yield from (((name, axis), place) for axis, place in enumerate(elem.index))


def _is_shifted(place: Integer) -> bool:
    """Whether it is one index and a fixed number: ``t-1``."""
    if not place.is_Add or place.has(sympy.Indexed):
        return False
    number, rest = place.as_coeff_Add()
    return bool(number != 0 and rest.is_Symbol and not is_size(rest))


def _classes(system: System) -> dict[Axis, Axis]:
    """Each axis with the one that stands for its class (a union of those run by the same index)."""
    parent: dict[Axis, Axis] = {}

    def root(axis: Axis) -> Axis:
        while parent.setdefault(axis, axis) != axis:
            axis = parent[axis]
        return axis

    numbers = count()
    for equation in system.all_equations:
        scope = {i.symbol: (f"={next(numbers)}", 0) for i in equation.indices}
        for axis, other in _runs(system, equation.left, scope, numbers):
            parent[root(axis)] = root(other)
        for axis, other in _runs(system, equation.right, scope, numbers):
            parent[root(axis)] = root(other)
    return {axis: root(axis) for axis in list(parent)}


def _runs(
    system: System, expr: Expr, scope: Mapping[Integer, Axis], numbers: Iterator[int]
) -> Iterator[tuple[Axis, Axis]]:
    """(axis, index) for each axis that is run by an index as it stands; an index is told by a number of its own."""
    for elem in (expr,) if isinstance(expr, Elem) else ():
        name = forward_name(system, elem.name)
        yield from (((name, axis), scope[place]) for axis, place in enumerate(elem.index) if place in scope)
    for integer in integers_at(expr):
        for inner in integer.atoms(sympy.Indexed):
            yield from _runs(system, Elem(str(inner.base.label), tuple(inner.indices)), scope, numbers)
    if isinstance(expr, Reduce | Along):
        inside = {i.symbol: (f"={next(numbers)}", 0) for i in expr.over}
        if isinstance(expr, Along):
            inside = {i.symbol: scope.get(place, inside[i.symbol]) for i, place in zip(expr.over, expr.at, strict=True)}
        scope = {**scope, **inside}
    for child in expr.children:
        yield from _runs(system, child, scope, numbers)


def _batch(system: System, kind: Mapping[Axis, Axis], candidates: Collection[Axis]) -> Axis | None:
    """The first class that every input has and every equation passes through: free on the left, read as it stands."""
    for tensor in system.inputs[:1]:
        for axis in range(len(tensor.axes) - 1):
            candidate = kind.get((tensor.name, axis), (tensor.name, axis))
            if candidate in candidates and _passes_through(system, kind, candidate):
                return candidate
    return None


def _passes_through(system: System, kind: Mapping[Axis, Axis], candidate: Axis) -> bool:
    def places(elem: Elem) -> list[Integer]:
        name = forward_name(system, elem.name)
        return [p for axis, p in enumerate(elem.index) if kind.get((name, axis)) == candidate]

    def has(tensor: Tensor) -> bool:
        return any(kind.get((tensor.name, axis)) == candidate for axis in range(len(tensor.axes)))

    if not all(has(tensor) for tensor in system.inputs if tensor.axes):
        return False
    for equation in system.equations:
        if system.tensors[equation.name].kind != "computed" or equation.name == LOSS:
            continue
        own = places(equation.left)
        if len(own) > 1 or (own and own[0] not in {i.symbol for i in equation.indices}):
            return False
        if any(found and found != own for found in map(places, reads(equation.right))):
            return False
        if own and any(i.symbol == own[0] for node in walk(equation.right) for i in bound_at(node)):
            return False
    return True


def run_by(system: System, layout: Layout, elems: Iterable[Elem], kinds: Collection[Axis]) -> frozenset[Integer]:
    """The indices that run an axis of one of the ``kinds`` as they stand."""
    return frozenset(
        place
        for elem in elems
        for axis, place in enumerate(elem.index)
        if is_plain(place) and layout.kind_of(system, elem.name, axis) in kinds
    )


def written_out(
    system: System, layout: Layout, left: Elem, right: Expr, free: tuple[Index, ...],
    forced: frozenset[Integer] = frozenset(),
) -> Mapping[Integer, str]:  # fmt: skip
    """The indices that cannot be axes of vectors and matrices, and those that are not to be (``forced``), with reasons.

    An index is an axis only where everything that is read has it as it stands, among the last two axes, over its whole
    range.
    """
    every = (*free, *(i for node in walk(right) for i in bound_at(node)))
    indices = {i.symbol for i in every}
    elems = [left, *(e for e in walk(right) if isinstance(e, Elem))]
    named: dict[Integer, str] = dict.fromkeys(forced, "")
    for elem in elems:
        for axis, place in enumerate(elem.index):
            whole = system.tensors[axes_like(system, elem.name)].axes[axis]
            if layout.kind_of(system, elem.name, axis) in layout.recurrent:
                _name(named, place, indices, "")
            elif any(i.symbol == place and (i.low, i.high) != (whole.low, whole.high) for i in every):
                _name(named, place, indices, f"`{elem}` is read over a part of an axis only")
    for node in walk(right):
        for integer, reason in _integers(node):
            _name(named, integer, indices, reason)
    _close(named, elems, indices, right)
    return named


def _integers(node: Expr) -> Iterator[tuple[Integer, str]]:
    """Integers outside of element brackets, whose indices must be written out."""
    match node:
        case Bracket(conditions):
            for side in (s.value for c in conditions for s in (c.left, c.right) if isinstance(s, Size)):
                yield side, f"`{node}` picks entries by their place"
        case Size(value):
            yield value, f"`{node}` is used as a number"
        case Delta(left, right):
            yield left, f"`{node}` picks entries by their place"
            yield right, f"`{node}` picks entries by their place"
        case Partial():
            yield from ((i, f"`{node}` is not worked out") for i in node.wrt.index)
    for index in bound_at(node):
        reason = f"the range of `{index.name}` depends on another index"
        symbols = [s for bound in (index.low, index.high) for s in symbols_of(bound) if not is_size(s)]
        yield from ((s, reason) for s in symbols)
        if symbols:
            yield index.symbol, reason


def _name(named: dict[Integer, str], place: Integer, indices: set[Integer], reason: str) -> bool:
    new = [s for s in symbols_of(place) if s in indices and s not in named]
    named.update(dict.fromkeys(new, reason))
    return bool(new)


def _close(named: dict[Integer, str], elems: list[Elem], indices: set[Integer], right: Expr) -> None:
    """Name what follows from what is named already, until nothing more does."""
    alongs = [n for n in walk(right) if isinstance(n, Along)]
    changed = True
    while changed:
        changed = False
        for elem in elems:
            last, reason = _last_written(elem, named, indices)
            for place in elem.index[: last + 1]:
                changed |= _name(named, place, indices, reason)
        for along in alongs:
            for index, place in zip(along.over, along.at, strict=True):
                if index.symbol in named or place in named or not place.is_Symbol:
                    reason = f"`{along}` is read at one place"
                    changed |= _name(named, index.symbol, indices, reason) | _name(named, place, indices, reason)
    seen = {place for elem in elems for place in elem.index if place not in named}
    for symbol in indices - seen:
        named.setdefault(symbol, "")


def _last_written(elem: Elem, named: Mapping[Integer, str], indices: set[Integer]) -> tuple[int, str]:
    """The number of the last axis that is written out (-1: none), and why; axes before it are written out too."""
    last, reason = -1, ""
    if len(elem.index) > 2:
        last, reason = len(elem.index) - 3, f"`{elem}` has {len(elem.index)} axes, and a matrix has two"
    for axis, place in enumerate(elem.index):
        if axis <= last:
            continue
        if place in named:
            last, reason = axis, named[place]
        elif place not in indices:
            last, reason = axis, f"`{elem}` is read at places of its own, not along whole axes"
        elif place in elem.index[axis + 1 :]:
            last, reason = axis, f"`{elem}` is read along its diagonal"
    return last, reason


def is_plain(place: Integer) -> bool:
    """Whether an index expression is an index as it stands."""
    return bool(place.is_Symbol and not is_size(place))
