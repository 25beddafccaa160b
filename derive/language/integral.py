"""Which expressions are whole numbers made of indices and sizes, and how large numbers may grow."""

from __future__ import annotations

import sympy

from derive.language import expr as E
from derive.language.expr import Expr, Num, Size
from derive.language.integers import FloorDiv, Integer, Mod, is_size, linear_in, symbols_of

MAX_BITS = 256  # of a number's numerator and denominator
MAX_DEGREE = 4  # of an index expression as a polynomial: s*(P-1) has 2


def as_integer(expr: Expr) -> Integer | None:
    """A number that is an integer expression of indices and sizes, or None."""
    match expr:
        case Num(value):
            return sympy.Integer(value.numerator) if value.denominator == 1 else None
        case Size(value):
            return value
        case E.Add(parts) | E.Mul(parts):
            values = [as_integer(p) for p in parts]
            if any(v is None for v in values):
                return None
            return (sympy.Add if isinstance(expr, E.Add) else sympy.Mul)(*values)
        case E.Pow(base, Num(exponent)) if exponent.denominator == 1 and 0 < exponent <= MAX_DEGREE:
            value = as_integer(base)
            return None if value is None else value**exponent.numerator
    return None


def plus(*terms: Expr) -> Expr:
    """A sum; one of integers alone is one integer expression (``t+1``)."""
    total = E.add(*terms)
    value = None if all(isinstance(t, Num) for t in terms) else as_integer(total)
    return total if value is None else as_expression(value)


def as_expression(integer: Integer) -> Expr:
    """An integer as the number that its text reads as: a sum is one ``Size``, a product has each factor apart."""
    if integer.is_Mul:
        return E.mul(*map(as_expression, integer.args))
    if integer.is_Pow:
        return E.power(as_expression(integer.base), as_expression(integer.exp))
    return E.size(integer)


def side(expr: Expr) -> Expr:
    """A side of a condition; an integer one as a single integer expression."""
    value = as_integer(expr)
    return expr if value is None else E.size(value)


def is_affine(integer: Integer) -> bool:
    """Whether no index is multiplied by an index; ``//``, ``%`` and integer tensors stand for themselves."""
    atoms = integer.atoms(FloorDiv, Mod, sympy.Indexed)
    outermost = {a for a in atoms if not any(a != b and b.has(a) for b in atoms)}
    plain = integer.xreplace({a: sympy.Symbol(f"_{k}", integer=True) for k, a in enumerate(outermost)})
    for symbol in symbols_of(plain):
        if is_size(symbol):
            continue
        parts = linear_in(plain, symbol)
        if parts is None or not all(map(is_size, parts[0].free_symbols)):
            return False
    return all(is_affine(part) for a in outermost if not isinstance(a, sympy.Indexed) for part in a.args)


def degree(integer: Integer) -> int:
    """The degree of an integer expression as it is written."""
    if integer.is_Add:
        return max(map(degree, integer.args))
    if integer.is_Mul:
        return sum(map(degree, integer.args))
    if integer.is_Pow:
        return degree(integer.base) * int(integer.exp)
    return 0 if integer.is_Integer else 1


def bits(number: Num) -> int:
    """The length of a number's numerator or denominator, whichever is longer."""
    return max(number.value.numerator.bit_length(), number.value.denominator.bit_length())
