"""A sum by its terms, a product by its factors."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.match import same
from derive.language.expr import Add, Bracket, Expr, Mul, Num, mul


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def terms_of(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; those that share a guard each with the guard."""
    match expr:
        case Add(terms):
            return tuple(t for term in terms for t in terms_of(term))
        case Mul((Bracket() as guard, Add(terms))):
            return tuple(mul(guard, t) for t in terms)
    return (expr,)


def coefficient_of(term: Expr) -> tuple[Fraction, Expr]:
    """The number in front of a term, and the rest."""
    factors = factors_of(term)
    if isinstance(factors[0], Num):
        return factors[0].value, mul(*factors[1:])
    return Fraction(1), term


def has_factor(term: Expr, factor: Expr) -> bool:
    return any(same(factor, f) for f in factors_of(term))


def without_factor(term: Expr, factor: Expr) -> Expr:
    """A product that has the factor, less one of it."""
    factors = factors_of(term)
    position = next(k for k, f in enumerate(factors) if same(f, factor))
    return mul(*factors[:position], *factors[position + 1 :])
