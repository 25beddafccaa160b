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
from derive.checking.elementwise import numeric, power
from derive.checking.margins import Margins
from derive.checking.places import Grid, Moved, Scope, token
from derive.checking.tree import Forest, Node, Places
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
from derive.language.system import Equation, System

STEP = 1e-30  # of the complex step: so small that its square vanishes beside any value


def slope(value: Array) -> Array:
    """The derivative that a complex step shows; one below the step is its own error, of the order of its square."""
    found = value.imag / STEP
    return np.where(np.abs(found) < STEP, 0.0, found)


@dataclass
class Interpreter(Grid):
    """Evaluates expressions for given sizes and values of the tensors.

    Where ``remember`` is set, equal subexpressions are evaluated once; the tensors must then stay as they are.
    A read outside a tensor's range gives NaN, unless the system says what is read there; a false bracket or delta
    beside it makes it count for nothing.
    """

    system: System
    forest: Forest = field(default_factory=Forest)
    remember: bool = True
    margins: Margins | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._known: dict[Hashable, Array] = {}
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

    def _value(self, node: Node, scope: Scope) -> Array:
        if not self.remember:
            return _EVALUATE[type(node.expr)](self, node, scope)
        moved = scope.moved if scope.moved is not None and scope.moved.name in node.reads else None
        key = (id(node), id(moved), *(token(scope.values[s]) for s in node.free))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = arrays.compact(_EVALUATE[type(node.expr)](self, node, scope))
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
            clipped, inside = self.clipped(place, scope, stored.lows[axis], stored.array.shape[axis])
            where.append(clipped)
            if inside is not None:
                outside.append(inside)
        value = as_values(stored.array[tuple(where)]) if integer else np.asarray(stored.array[tuple(where)])
        if scope.moved is not None and scope.moved.name == element.name:
            value = self._stepped(value, element, scope, scope.moved)
        for inside in outside:
            value = np.where(inside, value, self.system.outside.get(element.name, np.nan))
        return value

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
        if self.margins is not None:
            self.margins.power(base, exponent)
        return power(base, exponent)

    def _call(self, node: Node, scope: Scope) -> Array:
        assert isinstance(node.expr, Call)
        arguments = [self._value(c, scope) for c in node.children]
        if not arguments:
            return np.array([numeric(node.expr.function)()])
        if self.margins is not None and not isinstance(
            node.children[0].expr, Bracket
        ):  # log([j <= i]) is meant to jump
            self.margins.call(node.expr.function, arguments[0])
        return numeric(node.expr.function)(*arguments)

    def _reduction(self, node: Node, scope: Scope) -> Array:
        reduction = node.expr
        assert isinstance(reduction, Reduce)
        inner, extents = self.bound(scope, reduction.over)
        if reduction.op in ("sum", "mean"):
            total = self._sum(node.children[0], inner, extents, scope.depth)
            return total if reduction.op == "sum" else total / prod(extents)
        flat = arrays.flattened(self._value(node.children[0], inner), extents, scope.depth)
        if reduction.op == "max" and self.margins is not None:
            self.margins.maximum(flat)
        return _REDUCTIONS[reduction.op](flat)

    def _sum(self, body: Node, inner: Scope, extents: Sequence[int], depth: int) -> Array:
        if isinstance(body.expr, Add):
            terms = [self._sum(term, inner, extents, depth) for term in body.children]
            return sum(terms[1:], terms[0])
        return arrays.sum_of_products(*self._factors(body, inner), extents, depth)

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
        if self.margins is not None:
            self.margins.maximum(flat)
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
                self.margins.comparison(first, second)
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
        if isinstance(element, Elem) and (
            partial.by_definition or (element.name != moved.name and self.system.definitions(element.name))
        ):
            value = self._defined(element, inner)
        else:
            value = self._value(of, inner)
        return slope(value)

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
