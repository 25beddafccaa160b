"""Matrix expressions as text of the language: ``[t < T]*W_h.T @ da[t+1]``."""

from __future__ import annotations

import sympy

from derive.forms import matrix_tree as M
from derive.forms.matrix_build import axis_names
from derive.language.expr import MINUS_ONE, Add, Expr, Index, Mul, Num, Pow, Size
from derive.language.text import integer_text
from derive.language.text import text as index_text

_WORDS, _SUM, _PRODUCT, _POWER, _ATOM = range(5)


def text(expr: M.MatExpr) -> str:
    """The expression in the language; what is ``parseable`` elaborates back to the same entries."""
    return _text(expr)[0]


def _wrapped(expr: M.MatExpr, least: int) -> str:
    string, level = _text(expr)
    return string if level >= least else f"({string})"


def _text(expr: M.MatExpr) -> tuple[str, int]:
    match expr:
        case M.Scalar(value):
            return index_text(value), _level(value)
        case M.Tensor():
            places = ",".join(map(integer_text, expr.shown))
            return f"{expr.name}[{places}]" if places else expr.name, _ATOM
        case M.Transpose(of):
            return f"{_wrapped(of, _ATOM)}.T", _ATOM
        case M.MatMul(factors):
            return " @ ".join(_wrapped(f, _POWER) for f in factors), _PRODUCT
        case M.Dot(left, right):
            return f"{_wrapped(left, _POWER)} @ {_wrapped(right, _POWER)}", _PRODUCT
        case M.Plus(terms):
            return _sum(terms), _SUM
        case M.Times(factors):
            return _product(factors), _PRODUCT
        case M.Power(base, exponent):
            if exponent == MINUS_ONE:
                return f"1/{_wrapped(base, _POWER)}", _PRODUCT
            return f"{_wrapped(base, _ATOM)}**{_exponent(exponent)}", _POWER
        case M.Convolution(kind, signal, kernel):
            return f"{kind} of {signal.name} and {kernel.name}", _WORDS
    return _call(expr), _ATOM


def _call(expr: M.MatExpr) -> str:
    match expr:
        case M.Outer(left, right):
            return f"outer({text(left)}, {text(right)})"
        case M.Diag(of):
            return f"diag({text(of)})"
        case M.Apply(function, arguments):
            return f"{function}({', '.join(map(text, arguments))})"
        case M.Condition(ops, sides):
            pairs = zip(sides[::2], ops, sides[1::2], strict=True)
            return "[" + ", ".join(f"{text(left)} {op} {text(right)}" for left, op, right in pairs) + "]"
        case M.Whole(op, of, axis):
            return f"{op}({text(of)}, {_axis_name(of, axis)})"
        case M.Total(op, over, of):
            return f"{op}({text(of)}, {', '.join(_axis_name(of, i) for i in over)})"
    raise TypeError(f"no text for {type(expr).__name__}")


def _axis_name(of: M.MatExpr, index: Index) -> str:
    """How an axis of an expression, or an index written out in it, is named."""
    return axis_names(of)[of.axes.index(index)] if index in of.axes else index.name


def _sum(terms: tuple[M.MatExpr, ...]) -> str:
    parts = [_wrapped(terms[0], _SUM)]
    for term in terms[1:]:
        string = _wrapped(term, _PRODUCT)
        parts.append(f" - {string[1:]}" if string.startswith("-") else f" + {string}")
    return "".join(parts)


def _product(factors: tuple[M.MatExpr, ...]) -> str:
    out = ""
    for k, factor in enumerate(factors):
        if isinstance(factor, M.Scalar) and factor.value == MINUS_ONE and k == 0:
            out = "-"
        elif base := _divisor(factor):
            out += ("1" if out in ("", "-") else "") + f"/{base}"
        else:
            out += ("" if out in ("", "-") else "*") + _factor(factor, factors[:k] + factors[k + 1 :], first=k == 0)
    return out


def _factor(factor: M.MatExpr, others: tuple[M.MatExpr, ...], first: bool) -> str:
    """A factor; a matrix product beside nothing but numbers needs no brackets: s*A @ b is s*(A @ b)."""
    if isinstance(factor, M.MatMul | M.Dot) and not any(o.axes or isinstance(o, M.Dot) for o in others):
        return text(factor)
    return _wrapped(factor, _PRODUCT if first and isinstance(factor, M.Scalar) else _POWER)


def _divisor(factor: M.MatExpr) -> str:
    """The text of b where the factor is 1/b, else nothing."""
    if isinstance(factor, M.Power) and factor.exponent == MINUS_ONE:
        return _wrapped(factor.base, _POWER)
    if isinstance(factor, M.Scalar) and isinstance(factor.value, Pow) and factor.value.exponent == MINUS_ONE:
        return _wrapped(M.Scalar(factor.value.base), _POWER)
    return ""


def _exponent(exponent: Expr) -> str:
    return _wrapped(M.Scalar(exponent), _ATOM)


def _level(value: Expr) -> int:
    """How tightly the text of an index-form expression holds together."""
    match value:
        case Num(number):
            return _ATOM if number.denominator == 1 and number >= 0 else _PRODUCT
        case Pow(_, exponent):
            return _PRODUCT if exponent == MINUS_ONE else _POWER
        case Add():
            return _SUM
        case Mul():
            return _PRODUCT
        case Size(integer):
            return _ATOM if integer.is_Symbol or isinstance(integer, sympy.Indexed) else _SUM
    return _ATOM
