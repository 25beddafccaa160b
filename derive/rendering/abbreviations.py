"""Short names for long quotients: where a guard says that ``(i+q-d*u)//s`` is a place of the output, it is called p."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy

from derive.language import expr as E
from derive.language.integers import FloorDiv, Integer
from derive.language.system import System
from derive.language.traverse import all_index_names, integers_at, transform, walk
from derive.rendering.conditions import even_divisions

Names = Mapping[Integer, Integer]  # quotient -> the symbol that stands for it


def abbreviated(expr: E.Expr, system: System) -> tuple[E.Expr, Names]:
    """The expression with names for its quotients that divide evenly, and what the names stand for.

    The name is that of an index of the layer which has the range that the guards allow the quotient, and is free.
    """
    conditions = [c for n in walk(expr) if isinstance(n, E.Bracket) for c in n.conditions]
    even = even_divisions(conditions)
    names: dict[Integer, Integer] = {}
    taken = set(all_index_names(expr))
    for quotient in dict.fromkeys(_quotients(expr)):
        bounds = _bounds(quotient, conditions)
        if tuple(quotient.args) not in even or quotient.args[0].is_Symbol or bounds is None:
            continue
        index = next((i for i in system.indices.values() if (i.low, i.high) == bounds and i.name not in taken), None)
        if index is not None:
            names[quotient] = index.symbol
            taken.add(index.name)
    return (_renamed(expr, names) if names else expr), names


def _quotients(expr: E.Expr) -> Iterator[Integer]:
    for node in walk(expr):
        for integer in integers_at(node):
            yield from sorted(integer.atoms(FloorDiv), key=str)


def _bounds(quotient: Integer, conditions: list[E.Compare]) -> tuple[Integer, Integer] | None:
    """The least and the greatest value that conditions allow a quotient."""
    bounds = {c.op: _integer(c.right) for c in conditions if c.left == E.Size(quotient)}
    low, high = bounds.get(">="), bounds.get("<=")
    return (low, high) if low is not None and high is not None else None


def _integer(expr: E.Expr) -> Integer | None:
    match expr:
        case E.Size(value):
            return value
        case E.Num(value) if value.denominator == 1:
            return sympy.Integer(value.numerator)
    return None


def _renamed(expr: E.Expr, names: Names) -> E.Expr:
    """The expression with the quotients replaced, but not in the conditions that they divide evenly."""

    def change(node: E.Expr) -> E.Expr:
        match node:
            case E.Elem(name, index):
                return E.Elem(name, tuple(i.xreplace(names) for i in index))
            case E.Size(value):
                return E.size(value.xreplace(names))
            case E.Delta(left, right):
                return E.Delta(left.xreplace(names), right.xreplace(names))
            case E.Along(op, over, body, at):
                return E.Along(op, over, body, tuple(a.xreplace(names) for a in at))
            case E.Partial(of, wrt):
                return E.Partial(of, E.Elem(wrt.name, tuple(i.xreplace(names) for i in wrt.index)))
        return node

    return transform(expr, change)
