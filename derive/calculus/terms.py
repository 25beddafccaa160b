"""A sum by its terms, a product by its factors."""

from __future__ import annotations

from fractions import Fraction

from derive.language.expr import Add, Expr, Mul, Num, mul


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def terms_of(expr: Expr) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, Add) else (expr,)


def coefficient_of(term: Expr) -> tuple[Fraction, Expr]:
    """The number in front of a term, and the rest."""
    factors = factors_of(term)
    if isinstance(factors[0], Num):
        return factors[0].value, mul(*factors[1:])
    return Fraction(1), term
