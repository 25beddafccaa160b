"""An expression that is linear in the elements of a tensor: the rest, and each element with its factor."""

from __future__ import annotations

from dataclasses import dataclass

from derive.language.expr import ONE, ZERO, Add, Elem, Expr, Index, Mul, Reduce, add, mul, sum_
from derive.language.traverse import free_symbols, names_read


@dataclass(frozen=True)
class LinearTerm:
    """``sum over … of factor * element``."""

    over: tuple[Index, ...]
    element: Elem
    factor: Expr

    def summed(self, over: tuple[Index, ...]) -> LinearTerm:
        return LinearTerm(over + self.over, self.element, self.factor)

    def times(self, before: Expr, after: Expr) -> LinearTerm:
        return LinearTerm(self.over, self.element, mul(before, self.factor, after))


@dataclass(frozen=True)
class Linear:
    """``rest`` plus the terms; none of the factors and not the rest read the tensor."""

    rest: Expr
    terms: tuple[LinearTerm, ...]


def linear_in_tensor(expr: Expr, name: str) -> Linear | None:
    """The expression multiplied out as far as it takes to have each element of the tensor by itself.

    None where the tensor stands otherwise than as one factor of a term.
    """
    if name not in names_read(expr):
        return Linear(expr, ())
    match expr:
        case Elem() if expr.name == name:
            return Linear(ZERO, (LinearTerm((), expr, ONE),))
        case Add(terms):
            parts = [linear_in_tensor(t, name) for t in terms]
            return _added([p for p in parts if p is not None]) if None not in parts else None
        case Mul(factors):
            return _multiplied(factors, name)
        case Reduce("sum", over, body):
            inner = linear_in_tensor(body, name)
            return inner and Linear(sum_(over, inner.rest), tuple(t.summed(over) for t in inner.terms))
    return None


def _added(parts: list[Linear]) -> Linear:
    return Linear(add(*(p.rest for p in parts)), tuple(t for p in parts for t in p.terms))


def _multiplied(factors: tuple[Expr, ...], name: str) -> Linear | None:
    holding = [k for k, f in enumerate(factors) if name in names_read(f)]
    inner = linear_in_tensor(factors[holding[0]], name) if len(holding) == 1 else None
    if inner is None:
        return None
    before, after = mul(*factors[: holding[0]]), mul(*factors[holding[0] + 1 :])
    bound = {i.symbol for t in inner.terms for i in t.over}
    if not bound.isdisjoint(free_symbols(mul(before, after))):  # moved into the sum they would be captured
        return None
    return Linear(mul(before, inner.rest, after), tuple(t.times(before, after) for t in inner.terms))
