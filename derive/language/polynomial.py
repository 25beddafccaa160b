"""Integer expressions as polynomials: dictionaries from monomials to coefficients, far quicker than SymPy's trees.

A monomial is the sorted tuple of what it multiplies: symbols, and quotients, remainders and elements of integer tensors
as they stand.  Equal expressions have equal polynomials; no coefficient is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from derive.language.integers import Integer, expand, is_size, symbols_of

Monomial = tuple[Integer, ...]
Polynomial = Mapping[Monomial, int]

ZERO: Polynomial = {}


@lru_cache(maxsize=65536)
def polynomial(expression: Integer) -> Polynomial:
    """The polynomial of an integer expression."""
    if expression.is_Integer:
        return {(): int(expression)} if expression != 0 else ZERO
    if expression.is_Symbol:
        return {(expression,): 1}
    if expression.is_Add:
        total = ZERO
        for term in expression.args:
            total = plus(total, polynomial(term))
        return total
    if expression.is_Mul or (expression.is_Pow and expression.exp.is_Integer and expression.exp > 0):
        factors = expression.args if expression.is_Mul else (expression.base,) * int(expression.exp)
        product: Polynomial = {(): 1}
        for factor in factors:
            product = times(product, polynomial(factor))
        return product
    return {(expand(expression),): 1}


def plus(left: Polynomial, right: Polynomial, times_right: int = 1) -> dict[Monomial, int]:
    """``left + times_right*right``."""
    out = dict(left)
    for monomial, coefficient in right.items():
        total = out.get(monomial, 0) + times_right * coefficient
        if total:
            out[monomial] = total
        else:
            out.pop(monomial, None)
    return out


def minus(left: Polynomial, right: Polynomial) -> Polynomial:
    return plus(left, right, -1)


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    out: Polynomial = ZERO
    for one, coefficient in left.items():
        out = plus(out, {_sorted(one + other): n for other, n in right.items()}, coefficient)
    return out


def linear_parts(expression: Polynomial, symbol: Integer) -> tuple[Polynomial, Polynomial] | None:
    """``(c, r)`` with ``expression = c*symbol + r`` and neither holding the symbol; None if not affine."""
    coefficient, rest = {}, {}
    for monomial, n in expression.items():
        others = tuple(atom for atom in monomial if atom != symbol)
        if len(others) < len(monomial) - 1 or any(symbol in symbols_of(a) for a in others if not a.is_Symbol):
            return None
        if len(others) < len(monomial):
            coefficient[others] = n
        else:
            rest[monomial] = n
    return coefficient, rest


def atoms(expression: Polynomial) -> frozenset[Integer]:
    """All that its monomials multiply."""
    return frozenset(atom for monomial in expression for atom in monomial)


def shifted(expression: Polynomial, symbol: Integer, by: int) -> Polynomial:
    """The polynomial with ``symbol + by`` in the place of a symbol."""
    out = {monomial: n for monomial, n in expression.items() if symbol not in monomial}
    for monomial in expression.keys() - out.keys():
        term: Polynomial = {tuple(a for a in monomial if a != symbol): expression[monomial]}
        for _ in range(monomial.count(symbol)):
            term = times(term, {(symbol,): 1, (): by})
        out = plus(out, term)
    return out


def _sorted(monomial: Monomial) -> Monomial:
    return tuple(sorted(monomial, key=_order)) if len(monomial) > 1 else monomial


@lru_cache(maxsize=65536)
def _order(atom: Integer) -> tuple[str, bool]:
    return str(atom), is_size(atom)
