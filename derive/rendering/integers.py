"""Index and size expressions as formulas: ``s*p+d*u-q`` as *sp + du − q*."""

from __future__ import annotations

import sympy

from derive.language.integers import FloorDiv, Integer, Mod, is_size
from derive.language.text import reading_order
from derive.rendering import formula as F
from derive.rendering.notation import Notation

Divisions = frozenset[tuple[Integer, Integer]]  # (numerator, denominator) where the division is known to come out even

_SUM, _PRODUCT, _ATOM = range(3)


def integer_formula(
    value: Integer, notation: Notation, even: Divisions = frozenset(), stacked: bool = False
) -> F.Formula:
    """An index or size expression; divisions stand one line high (in subscripts) or ``stacked`` as fractions."""
    return _formula(value, notation, even, stacked)[0]


def is_simple(formula: F.Formula) -> bool:
    """Whether it is a single letter or digit, which may stand beside another without a comma."""
    match formula:
        case F.Name(stem=stem, label="", primes=primes):
            return len(stem) == 1 and primes <= 1
        case F.Number(text):
            return len(text) == 1
    return False


def _formula(value: Integer, notation: Notation, even: Divisions, stacked: bool) -> tuple[F.Formula, int]:
    def group(part: Integer, least: int) -> F.Formula:
        inner, level = _formula(part, notation, even, stacked)
        return inner if level >= least else fenced("(", inner, ")")

    fenced = F.fenced if stacked else F.Fenced  # in a subscript, delimiters keep the size of what is around them
    if value.is_Integer:
        number = F.Number(str(abs(int(value))))
        return (number, _ATOM) if value >= 0 else (F.row(F.NEGATIVE, number), _SUM)
    if value.is_Symbol:
        return notation.index(value.name), _ATOM
    if value.is_Add:
        terms = sorted(value.args, key=_order)
        return F.added((t.could_extract_minus_sign(), group(_magnitude(t), _PRODUCT)) for t in terms), _SUM
    if value.is_Mul:
        number, rest = value.as_coeff_Mul()
        factors = sorted(sympy.Mul.make_args(rest), key=_factor_order)
        parts = [group(f, _ATOM) for f in factors]
        if abs(number) != 1:
            parts.insert(0, F.Number(str(abs(number))))
        return (F.row(*parts), _PRODUCT) if number > 0 else (F.row(F.NEGATIVE, *parts), _SUM)
    if value.is_Pow:
        return F.Script(group(value.base, _ATOM), above=integer_formula(value.exp, notation)), _ATOM
    if isinstance(value, FloorDiv):
        return _quotient(value, notation, even, stacked)
    if isinstance(value, Mod):
        return F.row(group(value.args[0], _PRODUCT), F.Sign("mod", "relation"), group(value.args[1], _ATOM)), _SUM
    if isinstance(value, sympy.Indexed):
        places = tuple(integer_formula(i, notation) for i in value.indices)
        return F.Indexed(notation.tensor(str(value.base.label)), places), _ATOM
    raise TypeError(f"not an index expression: {value}")


def _order(term: Integer) -> tuple[object, ...]:
    """As in the language, a single letter before a product: L + 2q."""
    *before, text = reading_order(term)
    return (*before, len(sympy.Mul.make_args(term)), text)


def _factor_order(factor: Integer) -> tuple[object, ...]:
    """Sizes before indices, letters before sums: d(K − 1)."""
    return (not all(map(is_size, factor.free_symbols)), factor.is_Add, str(factor))


def _magnitude(term: Integer) -> Integer:
    return -term if term.could_extract_minus_sign() else term


def _quotient(value: Integer, notation: Notation, even: Divisions, stacked: bool) -> tuple[F.Formula, int]:
    numerator, denominator = value.args
    above, above_level = _formula(numerator, notation, even, stacked)
    below, below_level = _formula(denominator, notation, even, stacked)
    exact = (numerator, denominator) in even
    if stacked:
        fraction: F.Formula = F.Fraction(above, below)
    else:
        above = above if above_level >= _PRODUCT else F.Fenced("(", above, ")")
        below = below if below_level >= _ATOM else F.Fenced("(", below, ")")
        fraction = F.row(above, F.Sign("/"), below)
    fenced = F.fenced if stacked else F.Fenced
    return (fraction, _PRODUCT) if exact else (fenced("⌊", fraction, "⌋"), _ATOM)
