"""Expressions as text of the language, in reading order; what is printed here can be parsed again."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy

from derive.language import expr as E
from derive.language.binding import substitute
from derive.language.integers import FloorDiv, Integer, Mod, is_size
from derive.language.traverse import free_symbols

LARGEST_DENOMINATOR = 64  # of what is printed as a fraction though it is a decimal number too
MAX_DECIMALS = 12

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(5)


def text(expr: E.Expr) -> str:
    """The expression in the language: ``sum(W_h[i,k]*h[t-1,n,k], k)``."""
    return _text(expr)[0]


def integer_text(integer: Integer) -> str:
    """An index or size expression in reading order: ``s*p+d*u-q``."""
    return _integer(integer)[0]


def _wrapped(expr: E.Expr, least: int) -> str:
    string, level = _text(expr)
    return string if level >= least else f"({string})"


def _text(expr: E.Expr) -> tuple[str, int]:
    match expr:
        case E.Num(value):
            return _number(value)
        case E.Size(value):
            return _integer(value)
        case E.Elem(name, index):
            return (f"{name}[{','.join(map(integer_text, index))}]" if index else name), _ATOM
        case E.Add(terms):
            return _sum(terms), _SUM
        case E.Mul(factors):
            return _product(factors)
        case E.Pow(base, exponent):
            if exponent == E.MINUS_ONE:
                return f"1/{_wrapped(base, _POWER)}", _PRODUCT
            return f"{_wrapped(base, _ATOM)}**{_wrapped(exponent, _ATOM)}", _POWER
        case E.Call(function, ()):
            return function, _ATOM
        case E.Call(function, arguments):
            return f"{function}({', '.join(map(text, arguments))})", _ATOM
        case E.Reduce(op, over, body):
            return f"{op}({text(body)}, {', '.join(i.name for i in over)})", _ATOM
        case E.Along(op, over, body, at):
            return _along(op, over, body, at), _ATOM
        case E.Bracket(conditions):
            return "[" + ", ".join(f"{text(c.left)} {c.op} {text(c.right)}" for c in conditions) + "]", _ATOM
        case E.Delta(left, right):
            return f"delta({integer_text(left)}, {integer_text(right)})", _ATOM
        case E.Partial(of, wrt):
            return f"D({text(of)}, {text(wrt)})", _ATOM
    raise TypeError(f"no text for {type(expr).__name__}")


def decimal(value: Fraction) -> str:
    """A fraction with long terms as a decimal number, where it is one exactly: 0.044715; empty for all others."""
    digits = next((n for n in range(1, MAX_DECIMALS + 1) if 10**n % value.denominator == 0), None)
    if value.denominator <= LARGEST_DENOMINATOR or digits is None:
        return ""
    whole, part = divmod(abs(value.numerator) * 10**digits // value.denominator, 10**digits)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{digits}d}"


def _number(value: Fraction) -> tuple[str, int]:
    if short := str(value) if value.denominator == 1 else decimal(value):
        return short, _ATOM if value >= 0 else _UNARY
    return f"{value.numerator}/{value.denominator}", _PRODUCT


def _sum(terms: tuple[E.Expr, ...]) -> str:
    parts = [_wrapped(terms[0], _SUM)]
    for term in terms[1:]:
        string = _wrapped(term, _PRODUCT)
        parts.append(f" - {string[1:]}" if string.startswith("-") else f" + {string}")
    return "".join(parts)


def _product(factors: tuple[E.Expr, ...]) -> tuple[str, int]:
    sign, level = "", _PRODUCT
    if isinstance(factors[0], E.Num) and factors[0].value < 0:
        sign = "-"
        rest = () if factors[0] == E.MINUS_ONE else (E.Num(-factors[0].value),)
        factors = rest + factors[1:]
    out = ""
    for k, factor in enumerate(factors):
        if isinstance(factor, E.Pow) and factor.exponent == E.MINUS_ONE:
            out += ("1" if k == 0 else "") + f"/{_wrapped(factor.base, _POWER)}"
        elif isinstance(factor, E.Num) and factor.value.denominator != 1 and k:
            out += f"*({text(factor)})"
        else:
            out += ("*" if k else "") + _wrapped(factor, _UNARY if k == 0 else _POWER)
    return sign + out, level


def _along(op: str, over: tuple[E.Index, ...], body: E.Expr, at: tuple[Integer, ...]) -> str:
    """``softmax(z[n,k], k)``; ``softmax(z[n,k], k)[T]`` where it is read at a place that has no name of its own."""
    known = free_symbols(body)
    if all(p == i.symbol or (p.is_Symbol and not is_size(p) and p not in known) for i, p in zip(over, at, strict=True)):
        body = substitute(body, {i.symbol: p for i, p in zip(over, at, strict=True)})
        return f"{op}({text(body)}, {', '.join(p.name for p in at)})"
    names = ", ".join(i.name for i in over)
    return f"{op}({text(body)}, {names})[{','.join(map(integer_text, at))}]"


@lru_cache(maxsize=65536)
def _integer(integer: Integer) -> tuple[str, int]:
    if integer.is_Integer:
        return str(integer), _ATOM if integer >= 0 else _UNARY
    if integer.is_Symbol:
        return integer.name, _ATOM
    if integer.is_Add:
        ordered = sorted(integer.args, key=reading_order)
        parts = [_integer(ordered[0])[0]]
        for term in ordered[1:]:
            string = _integer(term)[0]
            parts.append(string if string.startswith("-") else f"+{string}")
        return "".join(parts), _SUM
    if integer.is_Mul:
        number, rest = integer.as_coeff_Mul()
        factors = sorted(sympy.Mul.make_args(rest), key=lambda f: (not _all_sizes(f), str(f)))
        product = "*".join(_group(f, _POWER) for f in factors)
        if number == 1:
            return product, _PRODUCT
        return ("-" if number == -1 else f"{number}*") + product, _PRODUCT
    if integer.is_Pow:
        return f"{_group(integer.base, _ATOM)}**{_group(integer.exp, _ATOM)}", _POWER
    if isinstance(integer, FloorDiv | Mod):
        sign = "//" if isinstance(integer, FloorDiv) else "%"
        return f"{_group(integer.args[0], _PRODUCT)}{sign}{_group(integer.args[1], _POWER)}", _PRODUCT
    if isinstance(integer, sympy.Indexed):
        return f"{integer.base.label}[{','.join(map(integer_text, integer.indices))}]", _ATOM
    return f"({integer})", _ATOM


def _group(integer: Integer, least: int) -> str:
    string, level = _integer(integer)
    return string if level >= least else f"({string})"


def _all_sizes(term: Integer) -> bool:
    return bool(term.free_symbols) and all(is_size(s) for s in term.free_symbols)


def reading_order(term: Integer) -> tuple[bool, int, str, str]:
    """Sort key of the terms of an index expression: plus before minus, indices, then sizes, then numbers."""
    kind = 2 if term.is_number else 1 if _all_sizes(term) else 0
    indices = " ".join(sorted(s.name for s in term.free_symbols if not is_size(s)))
    return (term.could_extract_minus_sign(), kind, indices, str(term))
