"""Building matrix expressions: products, sums and transposes in their simplest writing; the names of axes; walking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.forms.matrix_tree import (
    Axes,
    Convolution,
    Diag,
    Dot,
    MatExpr,
    MatMul,
    Outer,
    Tensor,
    Times,
    Total,
    Transpose,
)
from derive.language.integers import Integer


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
        case Dot():
            return ()
    return max((axis_names(c) for c in expr.children), key=len, default=())


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
