"""Expressions made ready for evaluation: equal subexpressions become one node, index expressions become functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from derive.language.expr import (
    Along,
    Bracket,
    Call,
    Elem,
    Expr,
    Num,
    Partial,
    Reduce,
)
from derive.language.integers import FloorDiv, Integer, Mod, is_size, symbols_of
from derive.language.traverse import (
    bound_at,
    integers_at,
)

Places = Any  # an int, or an array of integers
Reader = Callable[[str, tuple[Places, ...]], Places]  # reads an integer tensor
IntegerFunction = Callable[[Mapping[Integer, Places], Reader], Places]


@dataclass(frozen=True, eq=False)
class Node:
    """An expression, shared by all who hold an equal one.

    free   the index symbols that occur free in it
    reads  the tensors that it reads
    """

    expr: Expr
    children: tuple[Node, ...]
    free: tuple[Integer, ...]
    reads: frozenset[str]


class Forest:
    """Gives each expression its node; equal expressions get the same one."""

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[Expr, Node]] = {}  # the expression is kept, so that its id stays its own
        self._by_content: dict[Hashable, Node] = {}

    def node(self, expr: Expr) -> Node:
        known = self._by_identity.get(id(expr))
        if known is not None:
            return known[1]
        children = tuple(self.node(c) for c in expr.children)
        key = (type(expr), _content(expr), tuple(map(id, children)))
        node = self._by_content.get(key)
        if node is None:
            node = self._by_content[key] = Node(expr, children, _free(expr, children), _reads(expr, children))
        self._by_identity[id(expr)] = (expr, node)
        return node


def _content(expr: Expr) -> Hashable:
    """What a node holds besides its children."""
    match expr:
        case Num(value):
            return value
        case Elem(name, index):
            return (name, index)
        case Call(function):
            return function
        case Reduce(op, over):
            return (op, over)
        case Along(op, over, _, at):
            return (op, over, at)
        case Bracket(conditions):
            return tuple(c.op for c in conditions)
        case Partial(_, wrt, by_definition):
            return (wrt, by_definition)
    return integers_at(expr)


def _free(expr: Expr, children: tuple[Node, ...]) -> tuple[Integer, ...]:
    bound = bound_at(expr)
    found = {s for c in children for s in c.free} - {i.symbol for i in bound}
    for integer in (*integers_at(expr), *(end for i in bound for end in (i.low, i.high))):
        found |= {s for s in ordered_symbols(integer) if not is_size(s)}
    return tuple(sorted(found, key=lambda s: str(s.name)))


def _reads(expr: Expr, children: tuple[Node, ...]) -> frozenset[str]:
    found = frozenset[str]().union(*(c.reads for c in children))
    return found | {expr.name} if isinstance(expr, Elem) else found


@lru_cache(maxsize=65536)
def ordered_symbols(integer: Integer) -> tuple[Integer, ...]:
    """The index and size symbols in an integer expression, by name."""
    return tuple(sorted(symbols_of(integer), key=lambda s: str(s.name)))


@lru_cache(maxsize=65536)
def compiled(integer: Integer) -> IntegerFunction:
    """An index or size expression as a function of the values of its symbols."""
    if integer.is_Integer:
        constant = int(integer)
        return lambda values, read: constant
    if integer.is_Symbol:
        return lambda values, read: values[integer]
    if isinstance(integer, sympy.Indexed):
        name, inner = str(integer.base.label), tuple(compiled(i) for i in integer.indices)
        return lambda values, read: read(name, tuple(f(values, read) for f in inner))
    parts = tuple(compiled(a) for a in integer.args)
    if integer.is_Add:
        return lambda values, read: sum(f(values, read) for f in parts)
    if integer.is_Mul:
        return lambda values, read: _multiplied(f(values, read) for f in parts)
    first, second = parts
    if isinstance(integer, FloorDiv):
        return lambda values, read: first(values, read) // second(values, read)
    if isinstance(integer, Mod):
        return lambda values, read: first(values, read) % second(values, read)
    if integer.is_Pow:
        return lambda values, read: first(values, read) ** second(values, read)
    raise TypeError(f"not an integer expression: {integer!r}")


def _multiplied(values: Any) -> Places:
    total = 1
    for value in values:
        total = total * value
    return total
