"""Matrix expressions as formulas: bold vectors, capital matrices, ⊤ for transposes, ⊙ for elementwise products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.forms import matrix_tree as M
from derive.forms.matrix_build import times
from derive.language import expr as E
from derive.language.functions import TABLE
from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.conditions import RELATIONS
from derive.rendering.functions import applied, written_out
from derive.rendering.integers import integer_formula
from derive.rendering.metrics import GREEK
from derive.rendering.operators import Style, big_operators, index_names, share
from derive.rendering.products import Factor, laid_out
from derive.rendering.typeset import derivative, typeset

_SUM, _TIMES_LEVEL, _PRODUCT, _ATOM = range(4)
_TIMES, _TRANSPOSED = F.Sign("⊙", "binary"), F.Sign("⊤")
CORRELATED, CONVOLVED = F.Sign("⋆", "binary"), F.Sign("∗", "binary")


def matrix_formula(expr: M.MatExpr, style: Style) -> F.Formula:
    """The formula of a matrix expression."""
    return _set(expr, style)[0]


def _at_least(expr: M.MatExpr, level: int, style: Style) -> F.Formula:
    inner, own = _set(expr, style)
    return inner if own >= level else F.fenced("(", inner, ")")


def _set(expr: M.MatExpr, style: Style) -> tuple[F.Formula, int]:
    match expr:
        case M.Scalar(value):
            return typeset(value, style), _SUM if isinstance(value, E.Add) else _PRODUCT
        case M.Tensor():
            return tensor(expr, style), _ATOM
        case M.Transpose(of):
            return _transpose(of, style), _ATOM
        case M.MatMul(factors):
            return _chain([_at_least(f, _PRODUCT, style) for f in factors]), _PRODUCT
        case M.Dot(left, right):
            return _chain([_transpose(left, style), _at_least(right, _PRODUCT, style)]), _PRODUCT
        case M.Outer(left, right):
            return _chain([_at_least(left, _PRODUCT, style), _transpose(right, style)]), _PRODUCT
        case M.Diag(of):
            return F.row(F.Function("diag"), F.fenced("(", matrix_formula(of, style), ")")), _ATOM
        case M.Plus(terms):
            return _sum(terms, style), _SUM
        case M.Times(factors):
            return _product(factors, style)
        case M.Power():
            return _power(expr, style)
        case M.Apply(function, arguments):
            return _apply(function, arguments, style)
        case M.Condition(ops, sides):
            return _condition(ops, sides, style), _ATOM
        case M.Whole(op, of):
            return F.row(F.Function(op), F.fenced("(", matrix_formula(of, style), ")")), _ATOM
        case M.Total(op, over, of):
            return _total(op, over, of, style), _PRODUCT
        case M.Convolution(kind, signal, kernel):
            names = (_named(elem.name, (), (), style) for elem in (signal, kernel))
            return F.joined(tuple(names), CORRELATED if kind == "correlation" else CONVOLVED), _PRODUCT
    raise TypeError(f"no formula for {type(expr).__name__}")


# Tensors


def tensor(expr: M.Tensor, style: Style) -> F.Formula:
    """A vector or matrix; that of a gradient is a derivative of the loss by one."""
    return _named(expr.name, expr.entries, tuple(integer_formula(i, style.notation) for i in expr.shown), style)


def _named(name: str, entries: M.Axes, places: tuple[F.Formula, ...], style: Style) -> F.Formula:
    """A tensor at places: a vector or matrix where entries are left, else just its name."""
    notation = style.notation
    if name in notation.gradients:
        by = _printed(notation.gradients[name], len(entries), places, style)
        return derivative(notation.tensor(LOSS), by)
    if name in notation.upstream:
        return _printed(notation.upstream[name], len(entries), places, style, accent="bar")
    return _printed(name, len(entries), places, style)


def _printed(name: str, rank: int, places: tuple[F.Formula, ...], style: Style, accent: str = "") -> F.Formula:
    printed = style.notation.tensor(name)
    printed = replace(printed, accent=accent) if accent else printed
    if rank == 1:
        printed = replace(printed, style="bold")
    elif rank == 2 and len(printed.stem) == 1 and printed.stem.islower():
        printed = replace(printed, stem=printed.stem.upper(), style="bold")
    elif rank == 2 and (printed.stem in GREEK or len(printed.stem) > 1):
        printed = replace(printed, style="bold")
    return F.Indexed(printed, places) if places else printed


def _transpose(of: M.MatExpr, style: Style) -> F.Formula:
    return F.Script(_base(of, style), above=_TRANSPOSED)


def _base(expr: M.MatExpr, style: Style) -> F.Formula:
    """An expression that something is to hang above, in parentheses where that would be misread."""
    inner = _at_least(expr, _ATOM, style)
    name = inner.name if isinstance(inner, F.Indexed) else inner
    taken = isinstance(name, F.Name) and bool(name.number)  # a number hangs there already
    return F.fenced("(", inner, ")") if taken or isinstance(inner, F.Fraction) else inner


def _chain(factors: Sequence[F.Formula]) -> F.Formula:
    return laid_out([Factor(f, f, open=isinstance(F.parts_of(f)[0], F.Big)) for f in factors])


# Sums, elementwise products and powers


def _signed(expr: M.MatExpr) -> tuple[bool, M.MatExpr]:
    """Whether a term has a minus sign in front, and the term without it."""
    match expr:
        case M.Times((M.Scalar(E.Num(value)), *rest)) if value < 0:
            kept = (*rest,) if value == -1 else (M.Scalar(E.Num(-value)), *rest)
            return True, M.Times(kept) if len(kept) > 1 else kept[0]
        case M.Scalar(E.Num(value)) if value < 0:
            return True, M.Scalar(E.Num(-value))
    return False, expr


def _sum(terms: Sequence[M.MatExpr], style: Style) -> F.Formula:
    signed = map(_signed, terms)
    return F.added((minus, _at_least(rest, _TIMES_LEVEL, style)) for minus, rest in signed)


def _product(factors: Sequence[M.MatExpr], style: Style) -> tuple[F.Formula, int]:
    """Scalars in front, then the vectors or matrices with ⊙ between them; what divides goes below a fraction line."""
    minus, rest = _signed(M.Times(tuple(factors)))
    parts = rest.factors if isinstance(rest, M.Times) else (rest,)
    front = [_scalar(p, style) for p in parts if not p.axes]
    if not any(p.axes for p in parts):
        formula = laid_out(front)
        return (F.row(F.NEGATIVE, formula), _SUM) if minus else (formula, _PRODUCT)
    arrays, level = _arrays([p for p in parts if p.axes], style)
    formula = laid_out([*front, Factor(arrays, arrays)]) if front else arrays
    return (F.row(F.NEGATIVE, formula), _SUM) if minus else (formula, level)


def _scalar(expr: M.MatExpr, style: Style) -> Factor:
    """A scalar beside an array; one that divides goes below a fraction line."""
    if isinstance(expr, M.Scalar) and isinstance(expr.value, E.Pow) and expr.value.exponent == E.MINUS_ONE:
        base = M.Scalar(expr.value.base)
        return Factor(_at_least(base, _PRODUCT, style), matrix_formula(base, style), inverse=True)
    if _divides(expr):
        beside, alone = (_denominator(expr, style, alone) for alone in (False, True))
        return Factor(beside, alone, inverse=True)
    formula = _at_least(expr, _PRODUCT, style)
    return Factor(formula, formula)


def _arrays(arrays: Sequence[M.MatExpr], style: Style) -> tuple[F.Formula, int]:
    """Vectors or matrices multiplied entry by entry."""
    below = [a for a in arrays if _divides(a)]
    above = [a for a in arrays if not _divides(a)]
    if len(above) == 1 and not below:
        return _at_least(above[0], _PRODUCT, style), _PRODUCT
    product = F.joined(tuple(_at_least(a, _ATOM, style) for a in above), _TIMES) if above else F.Number("1")
    if not below:
        return product, _TIMES_LEVEL
    under = F.joined(tuple(_denominator(b, style, alone=len(below) == 1) for b in below), _TIMES)
    if any(isinstance(n, F.Fraction | F.Big) for n in F.walk(product)):  # too tall for a numerator
        return F.row(product, _TIMES, F.Fraction(F.Number("1"), under)), _TIMES_LEVEL
    return F.Fraction(matrix_formula(above[0], style) if len(above) == 1 else product, under), _PRODUCT


def _divides(expr: M.MatExpr) -> bool:
    return isinstance(expr, M.Power) and isinstance(expr.exponent, E.Num) and expr.exponent.value < 0


def _denominator(expr: M.MatExpr, style: Style, alone: bool) -> F.Formula:
    assert isinstance(expr, M.Power) and isinstance(expr.exponent, E.Num)
    exponent = -expr.exponent.value
    if exponent == 1:
        return matrix_formula(expr.base, style) if alone else _at_least(expr.base, _ATOM, style)
    return _raised(expr.base, E.Num(exponent), style)


def _power(expr: M.Power, style: Style) -> tuple[F.Formula, int]:
    if _divides(expr):
        return F.Fraction(F.Number("1"), _denominator(expr, style, alone=True)), _PRODUCT
    return _raised(expr.base, expr.exponent, style), _ATOM


def _raised(base: M.MatExpr, exponent: E.Expr, style: Style) -> F.Formula:
    """An elementwise power, with ⊙ before the exponent so that it is not taken for a product of matrices."""
    if exponent == E.num("1/2"):
        return F.Root(matrix_formula(base, style))
    sign = (F.Sign("⊙"),) if base.axes else ()
    return F.Script(_base(base, style), above=F.row(*sign, typeset(exponent, style)))


# Functions, conditions, reductions


def _apply(function: str, arguments: tuple[M.MatExpr, ...], style: Style) -> tuple[F.Formula, int]:
    template = written_out(function)
    if template is not None:
        values = dict(zip(TABLE[function].arguments, arguments, strict=True))
        return _set(_instance(template, values), style)
    return applied(function, tuple(matrix_formula(a, style) for a in arguments)), _ATOM


def _instance(template: E.Expr, values: dict[str, M.MatExpr]) -> M.MatExpr:
    """A formula of scalars as one of vectors or matrices, elementwise."""
    match template:
        case E.Elem(name):
            return values[name]
        case E.Add(terms):
            return M.Plus(tuple(_instance(t, values) for t in terms))
        case E.Mul(factors):
            return times(*(_instance(f, values) for f in factors))
        case E.Pow(base, exponent):
            return M.Power(_instance(base, values), exponent)
        case E.Call(function, arguments):
            return M.Apply(function, tuple(_instance(a, values) for a in arguments))
    return M.Scalar(template)


def _condition(ops: Sequence[str], sides: Sequence[M.MatExpr], style: Style) -> F.Formula:
    parts = [
        F.row(matrix_formula(left, style), F.Sign(RELATIONS[op], "relation"), matrix_formula(right, style))
        for left, op, right in zip(sides[::2], ops, sides[1::2], strict=True)
    ]
    return F.fenced("[", F.joined(tuple(parts), F.COMMA), "]")


def _total(op: str, over: M.Axes, of: M.MatExpr, style: Style) -> F.Formula:
    """A reduction; an axis of the argument that is reduced is shown as an index of it."""
    body = _along_axes(of, over, style) if set(over) & set(of.axes) else _at_least(of, _TIMES_LEVEL, style)
    match op:
        case "sum" | "mean":
            front = (share(over, style), F.THIN) if op == "mean" else ()
            return F.row(*front, *big_operators("∑", over, style), body)
        case "prod":
            return F.row(*big_operators("∏", over, style), body)
    return F.row(F.Big(op, index_names(over, style)), F.GAP, body)


def _along_axes(of: M.MatExpr, over: M.Axes, style: Style) -> F.Formula:
    """The entries, rows or columns of a vector or matrix: (…)_o, of a tensor just its element or its row."""
    run = tuple(a for a in of.axes if a in over)
    if isinstance(of, M.Tensor) and of.axes[: len(run)] == run:
        index = of.index + tuple(a.symbol for a in run)
        return tensor(M.Tensor(of.name, index, of.entries[len(run) :], silent=of.silent), style)
    names = [style.notation.index(a.name) if a in over else F.Sign("·") for a in of.axes]
    while isinstance(names[-1], F.Sign):
        names.pop()
    return F.Script(F.fenced("(", matrix_formula(of, style), ")"), F.joined(tuple(names), F.COMMA))
