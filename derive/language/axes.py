"""Matrix form as values: an expression in index form with axes that have no name yet.

An element with fewer indices than its rank stands for the axes that are left.  Each such axis has a *place holder*, an
index whose name (``i~3``) no author can write; it remembers the declared name of the axis.  The operations below are
NumPy's, on place holders; nothing is left of matrix form once they have become the indices of the left side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from derive.language import expr as E
from derive.language.binding import (
    fresh_name,
    substitute,
)
from derive.language.expr import (
    Along,
    Expr,
    Index,
    Reduce,
)
from derive.language.integers import Integer, expand, index_symbol, size_symbol
from derive.language.traverse import (
    bound_at,
    free_symbols,
    walk,
)


class ShapeError(Exception):
    """Axes that do not fit; the message says which."""


@dataclass(frozen=True)
class Value:
    """An expression and its nameless axes, outermost first; an expression in index form has none."""

    expr: Expr
    axes: tuple[Index, ...] = ()


def hint_of(index: Index) -> str:
    """The declared name that a place holder remembers."""
    return index.name.split("~")[0]


def described(axes: Iterable[Index]) -> str:
    """Axes for a message: ``(n, i)``."""
    return "(" + ", ".join(hint_of(a) for a in axes) + ")"


@dataclass(frozen=True)
class Axes:
    """The operations of matrix form; ``derived`` holds the sizes defined from others, by which extents are compared."""

    derived: Mapping[str, Integer] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def holder(self, index: Index) -> Index:
        """A new place holder with the range of an index."""
        return index.renamed(f"{hint_of(index)}~{next(self.numbers)}")

    def same_extent(self, left: Index, right: Index) -> bool:
        """Whether two indices take equally many values, for every value of the sizes."""
        difference = expand(left.extent - right.extent)
        for name in reversed(list(self.derived)):
            difference = expand(difference.xreplace({size_symbol(name): self.derived[name]}))
        return bool(difference == 0)

    def element(self, make: Callable[[tuple[Integer, ...]], Expr], axes: Sequence[Index]) -> Value:
        """A whole tensor: an element read at place holders."""
        holders = tuple(self.holder(a) for a in axes)
        return Value(make(tuple(h.symbol for h in holders)), holders)

    def at(self, value: Value, places: Sequence[Integer]) -> Value:
        """The value with its first axes read at given places."""
        fixed = {a.symbol: p for a, p in zip(value.axes, places, strict=False)}
        return Value(substitute(value.expr, fixed), value.axes[len(places) :])

    def moved(self, value: Value, onto: Sequence[Index]) -> Expr:
        """The expression with its axes run by other indices of the same extents."""
        pairs = zip(value.axes, onto, strict=True)
        places = {a.symbol: b.symbol - b.low + a.low for a, b in pairs if a != b}
        return substitute(value.expr, places)

    def broadcast(self, values: Sequence[Value]) -> tuple[tuple[Expr, ...], tuple[Index, ...]]:
        """The expressions over common axes, aligned at the last one."""
        widest = max(values, key=lambda v: len(v.axes)).axes
        out = []
        for value in values:
            onto = widest[len(widest) - len(value.axes) :]
            if not all(map(self.same_extent, value.axes, onto)):
                raise ShapeError(f"axes {described(value.axes)} do not fit axes {described(widest)}")
            out.append(self.moved(value, onto))
        return tuple(out), widest

    def elementwise(self, make: Callable[..., Expr], *values: Value) -> Value:
        """A function of several values, place by place."""
        exprs, axes = self.broadcast(values)
        return Value(make(*exprs), axes)

    def transposed(self, value: Value) -> Value:
        """``.T``: the axes in reverse order."""
        return Value(value.expr, value.axes[::-1])

    def outer(self, left: Value, right: Value) -> Value:
        """``outer(u, v)``: every element of one vector times every element of the other."""
        for value in (left, right):
            if len(value.axes) != 1:
                raise ShapeError(f"outer takes two vectors; one argument has axes {described(value.axes)}")
        return Value(E.mul(left.expr, right.expr), left.axes + right.axes)

    def diagonal(self, vector: Value) -> Value:
        """``diag(u)``: the matrix with a vector on its diagonal."""
        if len(vector.axes) != 1:
            raise ShapeError(f"diag takes a vector; here are axes {described(vector.axes)}")
        row = vector.axes[0]
        column = self.holder(row)
        on = E.Bracket((E.Compare("==", E.size(row.symbol), E.size(column.symbol)),))
        return Value(E.mul(on, vector.expr), (row, column))

    def matmul(self, left: Value, right: Value) -> Value:
        """``left @ right``, as NumPy defines it: the last axis of one against the last but one of the other."""
        if not left.axes or not right.axes:
            side, axes = ("left", left.axes) if not left.axes else ("right", right.axes)
            raise ShapeError(f"@ needs an axis on each side; the {side} side has axes {described(axes)}")
        inner = max(len(right.axes) - 2, 0)
        along, other = left.axes[-1], right.axes[inner]
        if not self.same_extent(along, other):
            raise ShapeError(
                f"@ sums axis {hint_of(along)} of {described(left.axes)} against axis {hint_of(other)} of "
                f"{described(right.axes)}, and these do not have the same range"
            )
        batch, column = right.axes[:inner], right.axes[inner + 1 :]
        rows = left.axes[-2:-1]
        shifted = substitute(right.expr, {other.symbol: along.symbol - along.low + other.low})
        stack_left = Value(left.expr, left.axes[: len(left.axes) - 1 - len(rows)])
        stack_right = Value(shifted, batch)
        (first, second), stack = self.broadcast((stack_left, stack_right))
        return Value(E.sum_((along,), E.mul(first, second)), (*stack, *rows, *column))

    def reduced(self, op: str, value: Value, named: Sequence[Index]) -> Value:
        """A reduction over named indices, or where none is named over all axes (logsumexp: the last)."""
        over = list(named)
        axes = list(value.axes)
        body = value.expr
        if not named:
            over = axes[-1:] if op == "logsumexp" else axes
            axes = axes[:-1] if op == "logsumexp" else []
        for place, index in enumerate(named):
            if index.symbol not in free_symbols(body) and (axis := _called(index, axes)) is not None:
                axes.remove(axis)
                over[place] = axis
        return Value(Reduce(op, tuple(over), body), tuple(axes))

    def along(self, op: str, value: Value, named: Sequence[Index]) -> Value:
        """``softmax`` or ``argmax`` along named indices, or along the last axis."""
        at = list(named) or list(value.axes[-1:])
        for place, index in enumerate(named):
            if index.symbol not in free_symbols(value.expr) and (axis := _called(index, value.axes)) is not None:
                at[place] = axis
        over = [self.holder(a) if "~" in a.name else a for a in at]
        body = substitute(value.expr, {a.symbol: o.symbol for a, o in zip(at, over, strict=True)})
        return Value(Along(op, tuple(over), body, tuple(a.symbol for a in at)), value.axes)

    def onto(self, value: Value, indices: Sequence[Index]) -> Expr:
        """The expression in index form: its axes run by the last of ``indices``, which it may not hold already."""
        targets = indices[max(len(indices) - len(value.axes), 0) :]
        if len(value.axes) > len(indices) or not free_symbols(value.expr).isdisjoint(i.symbol for i in targets):
            raise ShapeError(f"axes {described(value.axes)} are left over")
        if not all(map(self.same_extent, value.axes, targets)):
            raise ShapeError(f"axes {described(value.axes)} do not fit axes {described(targets)}")
        return self.moved(value, targets)


def _called(index: Index, axes: Sequence[Index]) -> Index | None:
    named = [a for a in axes if hint_of(a) == index.name]
    return named[0] if len(named) == 1 else None


def settled(expr: Expr, indices: Mapping[str, Index], taken: frozenset[str] = frozenset()) -> Expr:
    """The expression with every bound place holder renamed: to the index it remembers, a sibling of it, or a new name.

    ``taken`` are names to keep clear of: the free indices of the line.
    """
    if not any("~" in i.name for node in walk(expr) for i in bound_at(node)):
        return expr
    if isinstance(expr, Reduce | Along):
        rename: dict[Integer, Integer] = {}
        over: list[Index] = []
        for index in expr.over:
            name = index.name
            if "~" in name:
                inside = {s.name for s in free_symbols(expr.body)} | {i.name for i in over}
                outside = taken if isinstance(expr, Reduce) else frozenset()
                name = _settled_name(index, indices, (inside - {index.name}) | outside)
                rename[index.symbol] = index_symbol(name)
            over.append(index.renamed(name))
        body = settled(substitute(expr.body, rename), indices, taken | {i.name for i in over})
        if isinstance(expr, Along):
            return Along(expr.op, tuple(over), body, expr.at)
        return Reduce(expr.op, tuple(over), body)
    return expr.rebuilt(tuple(settled(c, indices, taken) for c in expr.children))


def _settled_name(index: Index, indices: Mapping[str, Index], taken: set[str]) -> str:
    remembered = hint_of(index)
    siblings = [i.name for i in indices.values() if (i.low, i.high) == (index.low, index.high)]
    for name in (remembered, *siblings):
        if name not in taken and name in siblings:
            return name
    return fresh_name(remembered, frozenset(taken) | frozenset(indices))
