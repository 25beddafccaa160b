"""Substitution of indices and sizes: bound indices that would capture a value are renamed first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy

from derive.language.expr import Along, Delta, Elem, Expr, Index, Partial, Reduce, Size, reduce_, size
from derive.language.integers import Integer, index_symbol, symbols_of
from derive.language.traverse import all_index_names, bound_at, free_symbols, transform


def substitute(expr: Expr, values: Mapping[Integer, Integer], avoid: frozenset[str] = frozenset()) -> Expr:
    """Replace free index or size symbols; bound indices that would capture a value are renamed first."""
    values = {s: sympy.sympify(v) for s, v in values.items() if s in free_symbols(expr)}
    if not values:
        return expr
    if bound_at(expr):
        return _substitute_bound(expr, values, avoid)
    new = expr.rebuilt(tuple(substitute(c, values, avoid) for c in expr.children))
    match new:
        case Elem(name, index):
            return Elem(name, tuple(replaced(i, values) for i in index))
        case Size(value):
            return size(replaced(value, values))
        case Delta(left, right):
            return Delta(replaced(left, values), replaced(right, values))
        case Partial(of, wrt, by_definition):
            return Partial(of, Elem(wrt.name, tuple(replaced(i, values) for i in wrt.index)), by_definition)
    return new


def _substitute_bound(expr: Expr, values: dict[Integer, Integer], avoid: frozenset[str]) -> Expr:
    assert isinstance(expr, Reduce | Along)
    inner = {s: v for s, v in values.items() if s not in {i.symbol for i in expr.over}}
    incoming = {s.name for v in inner.values() for s in symbols_of(v)}
    body, over = expr.body, []
    for index in expr.over:
        low, high = replaced(index.low, values), replaced(index.high, values)
        name = index.name
        if name in incoming:
            name = fresh_name(name, all_index_names(expr) | incoming | avoid)
            body = substitute(body, {index.symbol: index_symbol(name)}, avoid)
        over.append(Index(name, low, high))
    body = substitute(body, inner, avoid)
    if isinstance(expr, Along):
        return Along(expr.op, tuple(over), body, tuple(replaced(a, values) for a in expr.at))
    return reduce_(expr.op, tuple(over), body)


def fresh_name(name: str, taken: frozenset[str] | set[str]) -> str:
    """A name near ``name`` that is not taken: ``t``, then ``t_2``, ``t_3``, …"""
    stem = name.split("_")[0]
    number = 2
    while (candidate := f"{stem}_{number}") in taken:
        number += 1
    return name if name not in taken else candidate


def map_integers(expr: Expr, change: Callable[[Integer], Integer]) -> Expr:
    """The expression with every index and size expression in it changed (the ranges of bound indices are left)."""

    def changed(node: Expr) -> Expr:
        match node:
            case Elem(name, index):
                return Elem(name, tuple(map(change, index)))
            case Size(value):
                return size(change(value))
            case Delta(left, right):
                return Delta(change(left), change(right))
            case Along(op, over, body, at):
                return Along(op, over, body, tuple(map(change, at)))
        return node

    return transform(expr, changed)


def replaced(integer: Integer, values: Mapping[Integer, Integer]) -> Integer:
    """An integer expression with symbols replaced, all at once."""
    return integer.xreplace(dict(values)) if not values.keys().isdisjoint(symbols_of(integer)) else integer
