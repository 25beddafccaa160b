"""What an expression is made of: its nodes, the tensors it reads, the indices in it, free and bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import sympy

from derive.language.expr import Along, Bracket, Compare, Delta, Elem, Expr, Index, Partial, Reduce, Size, size
from derive.language.integers import Integer, symbols_of


def integers_at(expr: Expr) -> tuple[Integer, ...]:
    """The integer expressions that stand directly in this node."""
    match expr:
        case Elem(_, index):
            return index
        case Size(value):
            return (value,)
        case Delta(left, right):
            return (left, right)
        case Along(_, _, _, at):
            return at
        case Partial(_, wrt):
            return wrt.index
    return ()


def bound_at(expr: Expr) -> tuple[Index, ...]:
    """The indices that this node binds."""
    return expr.over if isinstance(expr, Reduce | Along) else ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, a parent before its children."""
    yield expr
    for child in expr.children:
        yield from walk(child)


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The tree with ``change`` applied to every node, children first."""
    children = expr.children
    changed = tuple(transform(c, change) for c in children)
    return change(expr if all(a is b for a, b in zip(children, changed, strict=True)) else expr.rebuilt(changed))


def exchanged(expr: Expr, others: Mapping[Expr, Expr]) -> Expr:
    """The tree with other nodes in the place of some, wherever they stand; children first."""
    return transform(expr, lambda node: others.get(node, node))


@lru_cache(maxsize=65536)
def free_symbols(expr: Expr) -> frozenset[Integer]:
    """The index and size symbols that occur free (ranges of bound indices included)."""
    found: set[Integer] = set()
    for child in expr.children:
        found |= free_symbols(child)
    found -= {i.symbol for i in bound_at(expr)}
    for integer in integers_at(expr):
        found |= symbols_of(integer)
    for index in bound_at(expr):
        found |= symbols_of(index.low) | symbols_of(index.high)
    return frozenset(found)


def names_read(expr: Expr) -> frozenset[str]:
    """The tensors whose elements are read anywhere in the expression, index positions included."""
    found: set[str] = set()
    for node in walk(expr):
        if isinstance(node, Elem):
            found.add(node.name)
        for integer in integers_at(node):
            if integer.has(sympy.Indexed):
                found |= {str(e.base.label) for e in integer.atoms(sympy.Indexed)}
    return frozenset(found)


def all_index_names(expr: Expr) -> frozenset[str]:
    """The names of all indices and sizes, bound or free."""
    found: set[str] = set()
    for node in walk(expr):
        for integer in integers_at(node):
            found |= {s.name for s in symbols_of(integer)}
        for index in bound_at(node):
            found |= {index.name} | {s.name for s in symbols_of(index.low) | symbols_of(index.high)}
    return frozenset(found)


def conditions_of(factor: Expr) -> tuple[Compare, ...]:
    """The conditions that a factor states, none if it is not a guard."""
    match factor:
        case Bracket(conditions):
            return conditions
        case Delta(left, right):
            return (Compare("==", size(left), size(right)),)
    return ()
