"""The reference interpreter: the value of any expression, densely, one node at a time.

It knows the meaning of the language and nothing else: no gradient rule, no generated code.  Numbers may be complex, for
derivatives by complex step; branches, comparisons and maxima go by the real part.  A whole Jacobian is one evaluation,
as every array has a last axis of perturbations.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from derive.checking import arrays
from derive.checking.arrays import Array, as_values
from derive.checking.elementwise import domain_bound, kinks, numeric, power
from derive.checking.tree import Forest, Node, Places, compiled, ordered_symbols
from derive.language.expr import (
    Add,
    Along,
    Bracket,
    Call,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Partial,
    Pow,
    Reduce,
    Size,
)  # fmt: skip
from derive.language.integers import Integer, size_symbol
from derive.language.system import Equation, System

STEP = 1e-30  # of the complex step: so small that its square vanishes beside any value


@dataclass(frozen=True)
class Stored:
    """A tensor's values: its axes, then the axis of perturbations (integer tensors have none), and its lower bounds."""

    array: Array
    lows: tuple[int, ...]


@dataclass
class Margins:
    """How near an evaluation came to a kink, a tie or a jump, and to the edge of a domain."""

    kink: float = np.inf
    domain: float = np.inf


@dataclass(frozen=True, eq=False)
class Moved:
    """The element whose values are given an imaginary step: a tensor and a place for each value of the indices."""

    name: str
    places: tuple[Places, ...]


@dataclass(frozen=True)
class Scope:
    """The values of sizes and of the indices in scope, how many axes there are, and what is moved."""

    values: Mapping[Integer, Places]
    depth: int = 0
    moved: Moved | None = None


@dataclass
class Interpreter:
    """Evaluates expressions for given sizes and values of the tensors.

    Where ``remember`` is set, equal subexpressions are evaluated once; the tensors must then stay as they are.
    A read outside a tensor's range gives NaN, unless the system says what is read there; a false bracket or delta
    beside it makes it count for nothing.
    """

    system: System
    sizes: Mapping[str, int]
    tensors: Mapping[str, Stored]
    forest: Forest = field(default_factory=Forest)
    remember: bool = True
    margins: Margins | None = None

    def __post_init__(self) -> None:
        self.scope = Scope({size_symbol(name): value for name, value in self.sizes.items()})
        self._known: dict[Hashable, Array] = {}
        self._axes: dict[tuple[int, int, int], Array] = {}
        self._places: dict[Hashable, Any] = {}
        self._offsets: dict[Hashable, tuple[Places, Array | None]] = {}
        self._moved: list[Moved] = []

    def over(self, expr: Expr, indices: Sequence[Index]) -> Array:
        """The values over ``indices``, one axis each in this order (and a last one of perturbations, if any)."""
        scope, extents = self.bound(self.scope, indices)
        value = self.value(expr, scope)
        full = np.broadcast_to(value, (*reversed(extents), value.shape[-1] if value.ndim else 1))
        ordered = full.transpose(*reversed(range(len(extents))), len(extents))
        return ordered[..., 0] if ordered.shape[-1] == 1 else ordered

    def value(self, expr: Expr, scope: Scope) -> Array:
        """The value in the layout of ``arrays``."""
        with np.errstate(all="ignore"):  # what is infinite or undefined beside a false bracket counts for nothing
            return self._value(self.forest.node(expr), scope)

    def bound(self, scope: Scope, over: Sequence[Index]) -> tuple[Scope, list[int]]:
        """The scope with more indices, each along an axis of its own, and their extents."""
        values, extents = dict(scope.values), []
        for depth, index in enumerate(over, scope.depth):
            low, high = self.integer(index.low, scope), self.integer(index.high, scope)
            if (low, high, depth) not in self._axes:
                self._axes[low, high, depth] = arrays.axis_values(low, high, depth)
            values[index.symbol] = self._axes[low, high, depth]
            extents.append(high - low + 1)
        return replace(scope, values=values, depth=scope.depth + len(over)), extents

    def integer(self, integer: Integer, scope: Scope) -> Places:
        """The value of an index or size expression."""
        if integer.is_Integer:
            return int(integer)
        if integer.is_Symbol:
            return scope.values[integer]
        key = (integer, *(_token(scope.values[s]) for s in ordered_symbols(integer)))
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = compiled(integer)(scope.values, self._read_integer)
        return known

    def _read_integer(self, name: str, places: tuple[Places, ...]) -> Places:
        stored = self.tensors[name]
        where = tuple(
            np.clip(np.asarray(p) - low, 0, n - 1)
            for p, low, n in zip(places, stored.lows, stored.array.shape, strict=True)
        )
        return stored.array[where]

    def _value(self, node: Node, scope: Scope) -> Array:
        if not self.remember:
            return _EVALUATE[type(node.expr)](self, node, scope)
        moved = scope.moved if scope.moved is not None and scope.moved.name in node.reads else None
        key = (id(node), id(moved), *(_token(scope.values[s]) for s in node.free))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _EVALUATE[type(node.expr)](self, node, scope)
        return known

    def _number(self, node: Node, scope: Scope) -> Array:
        assert isinstance(node.expr, Num)
        return np.array([float(node.expr.value)])

    def _size(self, node: Node, scope: Scope) -> Array:
        assert isinstance(node.expr, Size)
        return as_values(self.integer(node.expr.value, scope))

    def _element(self, node: Node, scope: Scope) -> Array:
        element = node.expr
        assert isinstance(element, Elem)
        stored = self.tensors[element.name]
        integer = self.system.tensors[element.name].integer if element.name in self.system.tensors else False
        where, outside = [], []
        for axis, place in enumerate(element.index):
            clipped, inside = self._clipped(place, scope, stored.lows[axis], stored.array.shape[axis])
            where.append(clipped)
            if inside is not None:
                outside.append(inside)
        value = as_values(stored.array[tuple(where)]) if integer else np.asarray(stored.array[tuple(where)])
        if scope.moved is not None and scope.moved.name == element.name:
            value = self._stepped(value, element, scope, scope.moved)
        for inside in outside:
            value = np.where(inside, value, self.system.outside.get(element.name, np.nan))
        return value

    def _clipped(self, integer: Integer, scope: Scope, low: int, extent: int) -> tuple[Places, Array | None]:
        """The offset into an axis, clipped into it, and where it was inside (None: everywhere)."""
        offset = self.integer(integer, scope) - low
        if isinstance(offset, int):
            return (offset, None) if 0 <= offset < extent else (0, np.zeros(1, dtype=bool))
        key = (integer, low, extent, *(_token(scope.values[s]) for s in ordered_symbols(integer)))
        known = self._offsets.get(key)
        if known is None:
            inside = (offset >= 0) & (offset < extent)
            clipped = np.clip(offset, 0, extent - 1)
            known = self._offsets[key] = (clipped, None if inside.all() else inside[..., None])
        return known

    def _stepped(self, value: Array, element: Elem, scope: Scope, moved: Moved) -> Array:
        """The value with an imaginary step where the element read is the one that is moved."""
        here: Any = np.ones((), dtype=bool)
        for place, target in zip(element.index, moved.places, strict=True):
            here = here & np.equal(self.integer(place, scope), target)
        return value + 1j * STEP * as_values(here) if here.any() else value

    def _sum_of_terms(self, node: Node, scope: Scope) -> Array:
        total = self._value(node.children[0], scope)
        for child in node.children[1:]:
            total = total + self._value(child, scope)
        return total

    def _factors(self, node: Node, scope: Scope) -> tuple[list[Array], list[Array]]:
        """The factors of a product: the values, and the brackets and deltas that guard them."""
        children = node.children if isinstance(node.expr, Mul) else (node,)
        values = [(c, self._value(c, scope)) for c in children]
        guards = [v for c, v in values if isinstance(c.expr, Bracket | Delta)]
        return [v for c, v in values if not isinstance(c.expr, Bracket | Delta)], guards

    def _product(self, node: Node, scope: Scope) -> Array:
        return arrays.product(*self._factors(node, scope))

    def _power(self, node: Node, scope: Scope) -> Array:
        base, exponent = (self._value(c, scope) for c in node.children)
        if self.margins is not None and not np.all(exponent.real == np.round(exponent.real)):
            self.margins.domain = min(self.margins.domain, base.real.min())
        return power(base, exponent)

    def _call(self, node: Node, scope: Scope) -> Array:
        assert isinstance(node.expr, Call)
        arguments = [self._value(c, scope) for c in node.children]
        if self.margins is not None:
            self._watch_call(node.expr.function, arguments[0])
        return numeric(node.expr.function)(*arguments)

    def _watch_call(self, function: str, argument: Array) -> None:
        assert self.margins is not None
        bound = domain_bound(function)
        if bound is not None:
            self.margins.domain = min(self.margins.domain, argument.real.min() - bound)
        for kink in kinks(function):
            self.margins.kink = min(self.margins.kink, np.abs(argument.real - kink).min())

    def _reduction(self, node: Node, scope: Scope) -> Array:
        reduction = node.expr
        assert isinstance(reduction, Reduce)
        inner, extents = self.bound(scope, reduction.over)
        if reduction.op in ("sum", "mean"):
            total = self._sum(node.children[0], inner, extents, scope.depth)
            return total if reduction.op == "sum" else total / prod(extents)
        flat = arrays.flattened(self._value(node.children[0], inner), extents, scope.depth)
        if reduction.op == "max":
            self._watch_maximum(flat)
        return _REDUCTIONS[reduction.op](flat)

    def _sum(self, body: Node, inner: Scope, extents: Sequence[int], depth: int) -> Array:
        if isinstance(body.expr, Add):
            terms = [self._sum(term, inner, extents, depth) for term in body.children]
            return sum(terms[1:], terms[0])
        return arrays.sum_of_products(*self._factors(body, inner), extents, depth)

    def _watch_maximum(self, flat: Array) -> None:
        if self.margins is not None and len(flat) > 1:
            second, first = np.sort(flat.real, axis=0)[-2:]
            gaps = (first - second)[np.isfinite(first)]
            self.margins.kink = min(self.margins.kink, gaps.min(initial=np.inf))

    def _along(self, node: Node, scope: Scope) -> Array:
        """A function of an axis, read at one place of it."""
        along = node.expr
        assert isinstance(along, Along)
        inner, extents = self.bound(scope, along.over)
        flat = arrays.flattened(self._value(node.children[0], inner), extents, scope.depth)
        place: Places = 0
        for index, extent, at in zip(along.over, extents, along.at, strict=True):
            place = place * extent + self.integer(at, scope) - self.integer(index.low, scope)
        if along.op == "softmax":
            return arrays.picked(arrays.softmax(flat), place)
        self._watch_maximum(flat)
        return as_values(arrays.first_maximum(flat)[..., 0] == place)

    def _bracket(self, node: Node, scope: Scope) -> Array:
        bracket = node.expr
        assert isinstance(bracket, Bracket)
        holds: Any = np.ones(1)
        for condition, left, right in zip(bracket.conditions, node.children[::2], node.children[1::2], strict=True):
            if isinstance(condition.left, Size | Num) and isinstance(condition.right, Size | Num):
                sides = [self._whole(condition.left, scope), self._whole(condition.right, scope)]
                holds = holds * as_values(_COMPARE[condition.op](*sides))
                continue
            first, second = self._value(left, scope).real, self._value(right, scope).real
            if self.margins is not None and not self._whole_valued(left.reads | right.reads):
                self.margins.kink = min(self.margins.kink, np.abs(first - second).min())
            holds = holds * _COMPARE[condition.op](first, second)
        return np.asarray(holds)

    def _whole(self, side: Size | Num, scope: Scope) -> Places:
        return self.integer(side.value, scope) if isinstance(side, Size) else float(side.value)

    def _whole_valued(self, reads: frozenset[str]) -> bool:
        return all(name in self.system.tensors and self.system.tensors[name].integer for name in reads)

    def _delta(self, node: Node, scope: Scope) -> Array:
        assert isinstance(node.expr, Delta)
        return as_values(np.equal(self.integer(node.expr.left, scope), self.integer(node.expr.right, scope)))

    def _partial(self, node: Node, scope: Scope) -> Array:
        """The local derivative, by complex step of the expression or of the equation that defines the element."""
        partial, (of,) = node.expr, node.children
        assert isinstance(partial, Partial)
        moved = Moved(partial.wrt.name, tuple(self.integer(i, scope) for i in partial.wrt.index))
        self._moved.append(moved)  # kept, so that its id stays its own
        inner = replace(scope, moved=moved)
        element = partial.of
        if isinstance(element, Elem) and element.name != moved.name and self.system.definitions(element.name):
            value = self._defined(element, inner)
        else:
            value = self._value(of, inner)
        return value.imag / STEP

    def _defined(self, element: Elem, scope: Scope) -> Array:
        """An element by its equations instead of its stored value."""
        total = np.zeros(1)
        places = [self.integer(i, scope) for i in element.index]
        for equation in self.system.definitions(element.name):
            here = self._covers(equation, places, scope)
            if np.any(here):
                values = dict(self.scope.values)
                values |= {i.symbol: places[equation.left.index.index(i.symbol)] for i in equation.indices}
                value = self._value(self.forest.node(equation.right), replace(scope, values=values))
                total = total + np.where(as_values(here) != 0, value, 0.0)
        return total

    def _covers(self, equation: Equation, places: Sequence[Places], scope: Scope) -> Array:
        """Where the places are ones that an equation defines."""
        free = {i.symbol: i for i in equation.indices}
        here: Any = np.ones((), dtype=bool)
        for defined, place in zip(equation.left.index, places, strict=True):
            index = free.get(defined)
            low = self.integer(index.low if index else defined, scope)
            high = self.integer(index.high if index else defined, scope)
            here = here & np.greater_equal(place, low) & np.less_equal(place, high)
        return np.asarray(here)


def _token(value: Places) -> Hashable:
    """What identifies the value of an index: itself, or the array (which is kept, so that its id stays its own)."""
    return (value,) if isinstance(value, int) else id(value)


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

_REDUCTIONS: Mapping[str, Callable[[Array], Array]] = {
    "max": arrays.largest,
    "logsumexp": arrays.log_sum_exp,
    "prod": lambda flat: flat.prod(axis=0),
}

_EVALUATE: Mapping[type[Expr], Callable[[Interpreter, Node, Scope], Array]] = {
    Num: Interpreter._number,
    Size: Interpreter._size,
    Elem: Interpreter._element,
    Add: Interpreter._sum_of_terms,
    Mul: Interpreter._product,
    Pow: Interpreter._power,
    Call: Interpreter._call,
    Reduce: Interpreter._reduction,
    Along: Interpreter._along,
    Bracket: Interpreter._bracket,
    Delta: Interpreter._delta,
    Partial: Interpreter._partial,
}
