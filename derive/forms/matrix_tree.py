"""Matrix expressions: frozen trees of vectors and matrices, as textbooks write them.

Every node knows its ``axes``: the indices of its entries, in order.  ``()`` is a scalar, ``(i,)`` a vector (a column,
where it matters), ``(n, i)`` a matrix.  Indices that stay written out (time steps, samples) are no axes; they stand in
``Tensor.index``.  ``str`` of a node is text of the language in matrix form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from derive.language.expr import Elem, Expr, Index
from derive.language.integers import Integer

Axes = tuple[Index, ...]


@dataclass(frozen=True)
class MatExpr:
    """A node.  ``children`` are the nodes right below, in the order of the fields that hold them."""

    @property
    def axes(self) -> Axes:
        """The indices of the entries, in order."""
        return ()

    @property
    def children(self) -> tuple[MatExpr, ...]:
        values = (getattr(self, f.name) for f in fields(self))
        parts = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
        return tuple(part for part in parts if isinstance(part, MatExpr))

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        """The node with other children in the same places."""
        new = iter(children)
        changes: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, MatExpr):
                changes[f.name] = next(new)
            elif isinstance(value, tuple) and any(isinstance(part, MatExpr) for part in value):
                changes[f.name] = tuple(next(new) for _ in value)
        return replace(self, **changes)

    @property
    def parseable(self) -> bool:
        """Whether ``str`` of it is text of the language, which elaborates back to index form."""
        return all(c.parseable for c in self.children)

    def __str__(self) -> str:
        from derive.forms.matrix_text import text  # the printer reads this module

        return text(self)


@dataclass(frozen=True)
class Scalar(MatExpr):
    """A number that reads no vector: a constant, a size, a guard on the written-out indices."""

    value: Expr


@dataclass(frozen=True)
class Tensor(MatExpr):
    """``name[index]``, the axes that are left being ``entries``: ``da[t+1]`` is the vector da[t+1, i] over i.

    ``declared`` are the names those axes were declared with (``entries`` has those they have in this expression);
    ``silent`` the symbols of ``index`` that are not printed: the sample's index in a per-sample reading.
    """

    name: str
    index: tuple[Integer, ...]
    entries: Axes
    declared: tuple[str, ...] = ()
    silent: frozenset[Integer] = frozenset()

    @property
    def axes(self) -> Axes:
        return self.entries

    @property
    def shown(self) -> tuple[Integer, ...]:
        """The index expressions that are printed."""
        return tuple(i for i in self.index if i not in self.silent)


@dataclass(frozen=True)
class Transpose(MatExpr):
    of: MatExpr

    @property
    def axes(self) -> Axes:
        return self.of.axes[::-1]


@dataclass(frozen=True)
class MatMul(MatExpr):
    """A chain of matrices; the last factor may be a (column) vector."""

    factors: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return self.factors[0].axes[:1] + self.factors[-1].axes[1:]


@dataclass(frozen=True)
class Dot(MatExpr):
    """The inner product of two vectors: uᵀv, a scalar."""

    left: MatExpr
    right: MatExpr


@dataclass(frozen=True)
class Outer(MatExpr):
    """The outer product of two vectors: uvᵀ, a matrix."""

    left: MatExpr
    right: MatExpr

    @property
    def axes(self) -> Axes:
        return self.left.axes + self.right.axes


@dataclass(frozen=True)
class Diag(MatExpr):
    """The diagonal matrix of a vector."""

    of: MatExpr

    @property
    def axes(self) -> Axes:
        return self.of.axes * 2


@dataclass(frozen=True)
class Times(MatExpr):
    """An elementwise product (⊙) and multiplication by scalars, in reading order.

    The axes are those of the factor of highest rank.  A vector beside a matrix is spread over its rows (its entries go
    with the last axis, as in NumPy); a scalar is spread over everything.
    """

    factors: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.factors)


@dataclass(frozen=True)
class Plus(MatExpr):
    """A sum; a scalar or a vector beside a matrix is spread as in ``Times``."""

    terms: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.terms)


@dataclass(frozen=True)
class Power(MatExpr):
    """An elementwise power; exponent -1 is an elementwise reciprocal (never the inverse of a matrix)."""

    base: MatExpr
    exponent: Expr

    @property
    def axes(self) -> Axes:
        return self.base.axes


@dataclass(frozen=True)
class Apply(MatExpr):
    """An elementwise function of one or several vectors or matrices."""

    function: str
    arguments: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.arguments)


@dataclass(frozen=True)
class Condition(MatExpr):
    """An elementwise bracket: entries 1 where every comparison ``sides[2k] ops[k] sides[2k+1]`` holds, else 0."""

    ops: tuple[str, ...]
    sides: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.sides)


@dataclass(frozen=True)
class Whole(MatExpr):
    """A function of a whole axis with the axes of its argument: ``softmax`` (or ``argmax``) along ``axis``."""

    op: str
    of: MatExpr
    axis: Index

    @property
    def axes(self) -> Axes:
        return self.of.axes


@dataclass(frozen=True)
class Total(MatExpr):
    """A reduction (sum, mean, prod, max, logsumexp) over axes of its argument, written-out indices, or both."""

    op: str
    over: Axes
    of: MatExpr

    @property
    def axes(self) -> Axes:
        return tuple(a for a in self.of.axes if a not in self.over)


@dataclass(frozen=True)
class Slide:
    """One direction in which a window slides.

    ``place`` is an index of the result and ``tap`` one that is summed.  A correlation reads its signal at
    stride*place + dilation*tap - padding and its kernel at tap.  A convolution sums the products of the entries j of
    the signal and u of the kernel with stride*j + dilation*u = place + padding; ``tap`` is u, or with ``in_kernel`` j.
    What lies outside counts as nothing.
    """

    place: Index
    tap: Index
    stride: Integer
    dilation: Integer
    padding: Integer
    in_kernel: bool = False


@dataclass(frozen=True)
class Convolution(MatExpr):
    """A windowed sum of products of two tensors, named as such; ``str`` of it is words, not text of the language.

    kind     "correlation", "convolution" (the kernel is flipped) or "transposed convolution" (flipped, with a stride)
    signal   the element that the window slides over;  ``kernel`` the other
    slides   the directions;  ``over`` the other indices that are summed (channels, samples)
    entries  the indices of the result
    """

    kind: str
    signal: Elem
    kernel: Elem
    slides: tuple[Slide, ...]
    over: Axes
    entries: Axes

    @property
    def axes(self) -> Axes:
        return self.entries

    @property
    def parseable(self) -> bool:
        return False


def fullest(parts: tuple[MatExpr, ...]) -> Axes:
    """The axes of the part of highest rank, the first of them."""
    return max((p.axes for p in parts), key=len, default=())
