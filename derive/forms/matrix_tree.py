"""Matrix expressions: frozen trees of vectors and matrices, as textbooks write them.

Every node knows its ``axes``: the indices of its entries, in order.  ``()`` is a scalar, ``(i,)`` a vector (a column,
where it matters), ``(n, i)`` a matrix.  Indices that stay written out (time steps, samples) are no axes; they stand in
``Tensor.index``.  ``str`` of a node is text of the language in matrix form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derive.language.expr import Elem, Expr, Index
from derive.language.integers import Integer

Axes = tuple[Index, ...]


class MatExpr:
    """A node.  ``children`` are the nodes right below, ``rebuilt`` puts others in their place."""

    @property
    def axes(self) -> Axes:
        """The indices of the entries, in order."""
        return ()

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return ()

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return self

    @property
    def parseable(self) -> bool:
        """Whether ``str`` of it is text of the language, which elaborates back to index form."""
        return all(c.parseable for c in self.children)

    def __str__(self) -> str:
        from derive.forms.matrix_text import text  # the printer reads this module

        return text(self)


@dataclass(frozen=True, repr=False)
class Scalar(MatExpr):
    """A number that reads no vector: a constant, a size, a guard on the written-out indices."""

    value: Expr


@dataclass(frozen=True, repr=False)
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


@dataclass(frozen=True, repr=False)
class Transpose(MatExpr):
    of: MatExpr

    @property
    def axes(self) -> Axes:
        return self.of.axes[::-1]

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.of,)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Transpose(children[0])


@dataclass(frozen=True, repr=False)
class MatMul(MatExpr):
    """A chain of matrices; the last factor may be a (column) vector."""

    factors: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return self.factors[0].axes[:1] + self.factors[-1].axes[1:]

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return self.factors

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return MatMul(children)


@dataclass(frozen=True, repr=False)
class Dot(MatExpr):
    """The inner product of two vectors: uᵀv, a scalar."""

    left: MatExpr
    right: MatExpr

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.left, self.right)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Dot(*children)


@dataclass(frozen=True, repr=False)
class Outer(MatExpr):
    """The outer product of two vectors: uvᵀ, a matrix."""

    left: MatExpr
    right: MatExpr

    @property
    def axes(self) -> Axes:
        return self.left.axes + self.right.axes

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.left, self.right)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Outer(*children)


@dataclass(frozen=True, repr=False)
class Diag(MatExpr):
    """The diagonal matrix of a vector."""

    of: MatExpr

    @property
    def axes(self) -> Axes:
        return self.of.axes * 2

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.of,)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Diag(children[0])


@dataclass(frozen=True, repr=False)
class Times(MatExpr):
    """An elementwise product (⊙) and multiplication by scalars, in reading order.

    The axes are those of the factor of highest rank.  A vector beside a matrix is spread over its rows (its entries go
    with the last axis, as in NumPy); a scalar is spread over everything.
    """

    factors: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.factors)

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return self.factors

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Times(children)


@dataclass(frozen=True, repr=False)
class Plus(MatExpr):
    """A sum; a scalar or a vector beside a matrix is spread as in ``Times``."""

    terms: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.terms)

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return self.terms

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Plus(children)


@dataclass(frozen=True, repr=False)
class Power(MatExpr):
    """An elementwise power; exponent -1 is an elementwise reciprocal (never the inverse of a matrix)."""

    base: MatExpr
    exponent: Expr

    @property
    def axes(self) -> Axes:
        return self.base.axes

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.base,)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Power(children[0], self.exponent)


@dataclass(frozen=True, repr=False)
class Apply(MatExpr):
    """An elementwise function of one or several vectors or matrices."""

    function: str
    arguments: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.arguments)

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return self.arguments

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Apply(self.function, children)


@dataclass(frozen=True, repr=False)
class Condition(MatExpr):
    """An elementwise bracket: entries 1 where every comparison ``sides[2k] ops[k] sides[2k+1]`` holds, else 0."""

    ops: tuple[str, ...]
    sides: tuple[MatExpr, ...]

    @property
    def axes(self) -> Axes:
        return fullest(self.sides)

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return self.sides

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Condition(self.ops, children)


@dataclass(frozen=True, repr=False)
class Whole(MatExpr):
    """A function of a whole axis with the axes of its argument: ``softmax`` (or ``argmax``) along ``axis``."""

    op: str
    of: MatExpr
    axis: Index

    @property
    def axes(self) -> Axes:
        return self.of.axes

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.of,)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Whole(self.op, children[0], self.axis)


@dataclass(frozen=True, repr=False)
class Total(MatExpr):
    """A reduction (sum, mean, prod, max, logsumexp) over axes of its argument, written-out indices, or both."""

    op: str
    over: Axes
    of: MatExpr

    @property
    def axes(self) -> Axes:
        return tuple(a for a in self.of.axes if a not in self.over)

    @property
    def children(self) -> tuple[MatExpr, ...]:
        return (self.of,)

    def rebuilt(self, children: tuple[MatExpr, ...]) -> MatExpr:
        return Total(self.op, self.over, children[0])


@dataclass(frozen=True)
class Slide:
    """One direction in which a window slides.

    The window stands at ``place`` (an index of the result) and is summed over ``tap``.  A correlation reads its signal
    at stride*place + dilation*tap - padding; a convolution at (place + padding - dilation*tap) / stride, where that is
    an index of the signal, and counts nothing elsewhere.
    """

    place: Index
    tap: Index
    stride: Integer
    dilation: Integer
    padding: Integer


@dataclass(frozen=True, repr=False)
class Convolution(MatExpr):
    """A windowed sum of products of two tensors, named as such; ``str`` of it is words, not text of the language.

    kind     "correlation", "convolution" (the kernel is flipped) or "transposed convolution" (flipped, with a stride)
    signal   the element read at sliding places;  ``kernel`` the element read at the taps
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


def axis_names(expr: MatExpr) -> tuple[str, ...]:
    """The name of each axis in text: the one that the tensor it comes from was declared with."""
    match expr:
        case Tensor():
            return expr.declared or tuple(a.name for a in expr.entries)
        case Transpose(of):
            return axis_names(of)[::-1]
        case MatMul(factors):
            return axis_names(factors[0])[:1] + axis_names(factors[-1])[1:]
        case Outer(left, right):
            return axis_names(left) + axis_names(right)
        case Diag(of):
            return axis_names(of) * 2
        case Total(_, over, of):
            return tuple(name for name, axis in zip(axis_names(of), of.axes, strict=True) if axis not in over)
        case Convolution():
            return tuple(a.name for a in expr.entries)
    return max((axis_names(c) for c in expr.children), key=len, default=())


def fullest(parts: tuple[MatExpr, ...]) -> Axes:
    """The axes of the part of highest rank, the first of them."""
    return max((p.axes for p in parts), key=len, default=())


def mapped(expr: MatExpr, change: Callable[[MatExpr], MatExpr]) -> MatExpr:
    """The tree with ``change`` applied to every node, children first."""
    return change(expr.rebuilt(tuple(mapped(c, change) for c in expr.children)))


def nodes(expr: MatExpr) -> tuple[MatExpr, ...]:
    """Every node, a parent before its children."""
    return (expr, *(n for c in expr.children for n in nodes(c)))


def silenced(expr: MatExpr, symbols: frozenset[Integer]) -> MatExpr:
    """The expression with some written-out indices not printed."""
    return mapped(expr, lambda n: replace(n, silent=symbols & set(n.index)) if isinstance(n, Tensor) else n)


def times(*factors: MatExpr) -> MatExpr:
    """A product, flattened; of one factor it is that factor."""
    flat = tuple(f for factor in factors for f in (factor.factors if isinstance(factor, Times) else (factor,)))
    return flat[0] if len(flat) == 1 else Times(flat)


def matmul(*factors: MatExpr) -> MatExpr:
    """A chain, flattened; ``(A @ B) @ C`` and ``A @ (B @ c)`` are the chain of three."""
    return MatMul(tuple(f for factor in factors for f in (factor.factors if isinstance(factor, MatMul) else (factor,))))


def total(op: str, over: Axes, of: MatExpr) -> MatExpr:
    """A reduction; over nothing it is its argument, and a sum of a sum is one sum."""
    if not over:
        return of
    if op == "sum" and isinstance(of, Total) and of.op == "sum":
        return Total(op, over + of.over, of.of)
    return Total(op, over, of)


def transposed(matrix: MatExpr) -> MatExpr:
    """The transpose of a matrix, with as few transposes in it as there can be."""
    match matrix:
        case Transpose(of):
            return of
        case Outer(left, right):
            return Outer(right, left)
        case Diag():
            return matrix
        case MatMul(factors):
            return MatMul(tuple(transposed(f) for f in reversed(factors)))
        case Times(factors) if sum(bool(f.axes) for f in factors) == 1:
            return Times(tuple(transposed(f) if f.axes else f for f in factors))
        case Total(op, over, of) if len(of.axes) == 2:  # only written-out indices are summed
            return Total(op, over, transposed(of))
    return Transpose(matrix)
