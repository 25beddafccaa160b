"""Which equations a kernel can hold: those that stream, so that reading memory and not arithmetic takes the time.

Such an equation reads each tensor at the indices themselves, element by element, and works on no more places than a
tensor in it has: ``y[n,i] = g[i]*x[n,i] + b[i]`` and ``m[n] = mean(x[n,i], i)`` do, a matrix product does not.  Of the
functions it may call those that ``functions`` has.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from derive.forms.fused.functions import ELEMENTWISE
from derive.forms.numpy_places import Place, places_of, slice_of
from derive.forms.numpy_scope import Scope
from derive.language.expr import Add, Bracket, Call, Delta, Elem, Expr, Index, Mul, Num, Pow, Reduce, Size
from derive.language.integers import Integer
from derive.language.system import Equation
from derive.language.traverse import free_symbols, integers_at, walk


def streams(equation: Equation, scope: Scope) -> bool:
    """Whether a kernel can hold an equation; ``scope`` knows the loops around it."""
    inside = scope.over(free_indices(equation, scope))
    return (
        not equation.is_base
        and plain(equation.left, inside)
        and _allowed(equation.right, inside)
        and all(_is_light(n, inside) for n in walk(equation.right) if isinstance(n, Reduce))
    )


def free_indices(equation: Equation, scope: Scope) -> tuple[Index, ...]:
    """The free indices that no loop around the equation runs over."""
    return tuple(i for i in equation.indices if i.name not in scope.names())


def plain(element: Elem, scope: Scope) -> bool:
    """Whether an element is read at indices themselves, an offset aside, each once, and at places fixed by loops."""
    if any(i.has(sympy.Indexed) for i in element.index):
        return False
    writer = scope.writer
    places = places_of(writer.bounds(element.name), element.index, scope)
    return all(_is_plain(p, element.name in writer.system.outside) for p in places)


def _is_plain(place: Place, has_outside: bool) -> bool:
    if place.runs == ():
        return place.inside or not has_outside  # what a guard keeps from counting may be read anywhere
    return place.runs is not None and len(place.runs) == 1 and place.runs[0].coefficient == 1 and place.inside


def is_whole(element: Elem, left: Elem, scope: Scope) -> bool:
    """Whether a plain element goes through its tensor from the first place of each axis to the last.

    Where loops around fix its place, it may be that of the element ``left``.
    """
    places = places_of(scope.writer.bounds(element.name), element.index, scope)
    return all(
        slice_of(p, scope) == ":" or (p.runs == () and at == there)
        for p, at, there in zip(places, element.index, left.index, strict=True)
    )


def elements(expr: Expr, scope: Scope) -> Iterator[tuple[Elem, Scope]]:
    """Every element in an expression, with the scope that it stands in."""
    if isinstance(expr, Elem):
        yield expr, scope
    inside = scope.within(expr.over) if isinstance(expr, Reduce) else scope
    for child in expr.children:
        yield from elements(child, inside)


def _allowed(expr: Expr, scope: Scope) -> bool:
    match expr:
        case Num():
            return True
        case Size() | Delta():
            return not any(i.has(sympy.Indexed) for i in integers_at(expr))
        case Elem():
            return plain(expr, scope)
        case Call(function, arguments):
            return function in ELEMENTWISE and all(_allowed(a, scope) for a in arguments)
        case Add() | Mul() | Bracket():
            return all(_allowed(child, scope) for child in expr.children)
        case Pow(base, Num(value)):
            return value.denominator <= 2 and abs(value) <= 8 and _allowed(base, scope)
        case Reduce("sum" | "mean" | "max", over, body):
            return scope.names().isdisjoint(i.name for i in over) and _allowed(body, scope.within(over))
    return False


def _is_light(node: Reduce, scope: Scope) -> bool:
    """Whether a tensor under a summation sign has all the indices that the sum depends on or runs over."""
    mine = {i.symbol for i in (*scope.indices, *_bound_in(node))}
    wanted = (free_symbols(node) & mine) | {i.symbol for i in node.over}
    return any(wanted <= _symbols(n.index) for n in walk(node.body) if isinstance(n, Elem))


def _bound_in(expr: Expr) -> list[Index]:
    return [i for n in walk(expr) if isinstance(n, Reduce) for i in n.over]


def _symbols(index: tuple[Integer, ...]) -> set[Integer]:
    return {s for i in index for s in i.free_symbols}
