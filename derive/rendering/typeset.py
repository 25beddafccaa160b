"""Expressions as formulas, as textbooks print them: in reading order, with no more parentheses than needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.language import expr as E
from derive.language.binding import fresh_name, substitute
from derive.language.functions import TABLE
from derive.language.integers import Integer, symbols_of
from derive.language.system import LOSS
from derive.language.text import decimal
from derive.language.traverse import all_index_names, transform, walk
from derive.rendering import formula as F
from derive.rendering.conditions import chains, even_divisions
from derive.rendering.functions import applied, exponential, written_out
from derive.rendering.integers import integer_formula, is_simple
from derive.rendering.operators import Style, big_operators, index_names, share
from derive.rendering.products import Factor, laid_out

SUM, PRODUCT, ATOM = range(3)
"""How tightly an expression holds together: inside something tighter it needs parentheses."""

Set = tuple[F.Formula, int]  # a formula, and how tightly it holds together


@dataclass(frozen=True)
class Mark(E.Expr):
    """A subterm to be marked as changed."""

    body: E.Expr

    @property
    def children(self) -> tuple[E.Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[E.Expr, ...]) -> E.Expr:
        return Mark(children[0])


def typeset(expr: E.Expr, style: Style) -> F.Formula:
    """The formula of an expression."""
    return _set(expr, style)[0]


def _at_least(expr: E.Expr, level: int, style: Style) -> F.Formula:
    """The formula of an expression, in parentheses where it does not hold together that tightly."""
    inner, own = _set(expr, style)
    return inner if own >= level else F.fenced("(", inner, ")")


def _set(expr: E.Expr, style: Style) -> Set:
    match expr:
        case E.Num(value):
            return _number(value)
        case E.Size(value):
            formula = integer_formula(value, style.notation, style.even, stacked=True)
            minus = value.could_extract_minus_sign()
            return formula, SUM if value.is_Add or minus else PRODUCT if value.is_Mul else ATOM
        case E.Elem():
            return element(expr, style), ATOM
        case E.Add(terms):
            return _sum(terms, style), SUM
        case E.Mul(factors):
            return _product(factors, style)
        case E.Pow():
            return _power(expr, style)
        case E.Call(function, arguments):
            return _call(function, arguments, style)
        case E.Reduce(op, over, body):
            return _reduction(op, over, body, style), PRODUCT
        case E.Along(op, over, body, at):
            return _along(op, over, body, at, style), ATOM
        case E.Bracket(conditions):
            return _bracket(conditions, style), ATOM
        case E.Delta(left, right):
            places = tuple(integer_formula(i, style.notation, style.even) for i in (left, right))
            return F.Indexed(F.Name("delta", "delta"), places, all(map(is_simple, places))), ATOM
        case E.Partial(of, wrt):
            return _partial(of, wrt, style)
        case Mark(body):
            return F.Marked(_at_least(body, PRODUCT, style)), PRODUCT
    raise TypeError(f"no formula for {type(expr).__name__}")


def _number(value: Fraction) -> Set:
    size = abs(value)
    formula: F.Formula = F.Number(decimal(size) or str(size.numerator))
    if size.denominator != 1 and not decimal(size):
        formula = F.Fraction(formula, F.Number(str(size.denominator)))
    return (formula, ATOM) if value >= 0 else (F.row(F.NEGATIVE, formula), SUM)


# Elements


def element(expr: E.Elem, style: Style) -> F.Formula:
    """An element; that of a gradient is a derivative of the loss, that of a given part of one has a bar."""
    notation = style.notation
    if expr.name in notation.gradients:
        of = notation.tensor(LOSS)
        return derivative(of, _plain_element(notation.gradients[expr.name], expr.index, style))
    if expr.name in notation.upstream:
        return _plain_element(notation.upstream[expr.name], expr.index, style, accent="bar")
    return _plain_element(expr.name, expr.index, style)


def derivative(of: F.Formula, by: F.Formula) -> F.Formula:
    """∂ of / ∂ by, as a fraction."""
    return F.Fraction(F.row(F.PARTIAL, of), F.row(F.PARTIAL, by))


def direct(local: F.Formula) -> F.Formula:
    """A derivative of the loss with a mark that it is the local one."""
    return F.row(local, F.Script(F.Delimiter("|", 2, False), F.Text("direct")))


def _plain_element(name: str, index: tuple[Integer, ...], style: Style, accent: str = "") -> F.Formula:
    printed = style.notation.tensor(name)
    printed = replace(printed, accent=accent) if accent else printed
    if not index:
        return printed
    places = tuple(integer_formula(i, style.notation, style.even) for i in index)
    return F.Indexed(printed, places, name in style.notation.matrices and all(map(is_simple, places)))


def _partial(of: E.Expr, wrt: E.Elem, style: Style) -> Set:
    by = element(wrt, style)
    if of == E.Elem(LOSS):  # its own equation alone, and not all that comes after wrt: the gradient looks the same
        return direct(derivative(element(of, style), by)), ATOM
    if isinstance(of, E.Elem):
        return derivative(element(of, style), by), ATOM
    operator = F.Fraction(F.PARTIAL, F.row(F.PARTIAL, by))
    return F.row(operator, F.THIN, _at_least(of, ATOM, style)), ATOM


# Sums, products, powers


def _signed(expr: E.Expr) -> tuple[bool, E.Expr]:
    """Whether a term has a minus sign in front, and the term without it."""
    match expr:
        case E.Num(value) if value < 0:
            return True, E.Num(-value)
        case E.Mul((E.Num(value), *rest)) if value < 0:
            kept = (*rest,) if value == -1 else (E.Num(-value), *rest)
            return True, E.Mul(kept) if len(kept) > 1 else kept[0]
        case E.Size(value) if value.could_extract_minus_sign() and not value.is_Add:
            return True, E.Size(-value)
        case Mark(body):
            minus, inner = _signed(body)
            return minus, Mark(inner)
    return False, expr


def _sum(terms: Sequence[E.Expr], style: Style) -> F.Formula:
    signed = map(_signed, terms)
    return F.added((minus, _at_least(rest, PRODUCT, style)) for minus, rest in signed)


def _product(factors: Sequence[E.Expr], style: Style) -> Set:
    minus, rest = _signed(E.Mul(tuple(factors)))
    conditions = [c for f in factors if isinstance(_unmarked(f), E.Bracket) for c in _unmarked(f).conditions]  # type: ignore[attr-defined]
    style = replace(style, even=style.even | even_divisions(conditions))
    unsorted = rest.factors if isinstance(rest, E.Mul) else (rest,)
    weights = style.notation.params if _is_settled(unsorted, style) else frozenset()
    parts = sorted(unsorted, key=lambda factor: _place(factor, weights))
    formula = laid_out([_factor(p, style) for p in parts])
    return (F.row(F.NEGATIVE, formula), SUM) if minus else (formula, PRODUCT)


def _unmarked(expr: E.Expr) -> E.Expr:
    return expr.body if isinstance(expr, Mark) else expr


def _is_settled(factors: Sequence[E.Expr], style: Style) -> bool:
    """Whether a product has a gradient in it and nothing of the chain rule is left to be worked out or pointed at."""
    gradient = any(isinstance(f, E.Elem) and f.name in style.notation.gradients for f in factors)
    return gradient and not any(isinstance(f, E.Delta | E.Partial | Mark) for f in factors)


def _place(factor: E.Expr, weights: frozenset[str]) -> int:
    """Numbers first, then the guards on indices, then weights, then everything else as it comes."""
    factor = _unmarked(factor)
    if isinstance(factor, E.Num):
        return 0
    if isinstance(factor, E.Elem) and factor.name in weights:
        return 2
    guard = isinstance(factor, E.Bracket) and not any(isinstance(n, E.Elem) for n in walk(factor))
    return 1 if guard else 3


def _factor(expr: E.Expr, style: Style) -> Factor:
    match expr:
        case E.Pow(base, E.Num(exponent)) if exponent < 0:
            under = E.power(base, E.Num(-exponent))
            return Factor(_at_least(under, PRODUCT, style), typeset(under, style), inverse=True)
    return Factor(_at_least(expr, PRODUCT, style), typeset(expr, style), open=_is_open(expr))


def _is_open(expr: E.Expr) -> bool:
    """Whether a factor after it would be read as part of it."""
    match expr:
        case E.Reduce():
            return True
        case E.Call("log", (E.Elem(),)):
            return True
        case E.Mul(factors):
            return _is_open(factors[-1])
    return False


def _power(expr: E.Pow, style: Style) -> Set:
    base, exponent = expr.base, expr.exponent
    if isinstance(exponent, E.Num) and exponent.value < 0:
        return laid_out([_factor(expr, style)]), PRODUCT
    if exponent == E.num(Fraction(1, 2)):
        return F.Root(typeset(base, style)), ATOM
    above = F.slashed(typeset(exponent, style))
    inner = _at_least(base, ATOM, style)
    match inner:
        case F.Row((F.Function(name, 0) as function, F.Fenced() as argument)):
            if len(name) > 1:
                return F.row(F.Script(function, above=above), argument), ATOM
            return F.row(function, F.Script(argument, above=above)), ATOM
        case F.Indexed(F.Name(number="")) | F.Name(number="", primes=0) | F.Number() | F.Fenced() | F.Marked():
            return F.Script(inner, above=above), ATOM
    return F.Script(F.fenced("(", inner, ")"), above=above), ATOM


# Functions


def _call(function: str, arguments: tuple[E.Expr, ...], style: Style) -> Set:
    template = written_out(function)
    if template is not None:
        values = dict(zip(TABLE[function].arguments, arguments, strict=True))
        return _set(transform(template, lambda n: values[n.name] if isinstance(n, E.Elem) else n), style)
    if function == "log" and isinstance(arguments[0], E.Elem) and arguments[0].name not in style.notation.gradients:
        return F.row(F.Function("log"), F.GAP, typeset(arguments[0], style)), PRODUCT
    return applied(function, tuple(typeset(a, style) for a in arguments)), ATOM


# Reductions and brackets


def _reduction(op: str, over: tuple[E.Index, ...], body: E.Expr, style: Style) -> F.Formula:
    match op:
        case "sum" | "mean":
            front = (share(over, style), F.THIN) if op == "mean" else ()
            return F.row(*front, *big_operators("∑", over, style), _at_least(body, PRODUCT, style))
        case "prod":
            return F.row(*big_operators("∏", over, style), _at_least(body, PRODUCT, style))
        case "logsumexp":
            return F.row(F.Function("log"), *big_operators("∑", over, style), exponential(typeset(body, style)))
    return F.row(F.Big(op, index_names(over, style)), F.GAP, _at_least(body, PRODUCT, style))


def _along(op: str, over: tuple[E.Index, ...], body: E.Expr, at: tuple[Integer, ...], style: Style) -> F.Formula:
    over, body = _renamed(over, body, at)
    places = tuple(integer_formula(a, style.notation) for a in at)
    names = tuple(style.notation.index(i.name) for i in over)
    if op == "argmax":
        group = [F.joined(p, F.COMMA) for p in (places, names)]
        where, which = (F.fenced("(", g, ")") for g in group) if len(over) > 1 else group
        best = F.row(F.Big("argmax", which), F.GAP, _at_least(body, PRODUCT, style))
        return F.fenced("[", F.row(where, F.EQUALS, best), "]")
    below = F.joined(places, F.COMMA)
    argument = _vector(body, over, style)
    if argument is None and all(a.is_Symbol for a in at):
        argument = typeset(substitute(body, {i.symbol: a for i, a in zip(over, at, strict=True)}), style)
    if argument is None:
        below = F.joined(tuple(F.row(n, F.EQUALS, p) for n, p in zip(names, places, strict=True)), F.COMMA)
        argument = typeset(body, style)
    return F.row(F.Script(F.Function(op), below), F.fenced("(", argument, ")"))


def _renamed(over: tuple[E.Index, ...], body: E.Expr, at: tuple[Integer, ...]) -> tuple[tuple[E.Index, ...], E.Expr]:
    """The indices an axis is run by under other names than those of the place where the result is read."""
    taken = frozenset(s.name for a in at for s in symbols_of(a))
    names = all_index_names(body) | taken
    new = tuple(i.renamed(fresh_name(i.name, names)) if i.name in taken else i for i in over)
    return new, substitute(body, {i.symbol: n.symbol for i, n in zip(over, new, strict=True)})


def _vector(body: E.Expr, over: tuple[E.Index, ...], style: Style) -> F.Formula | None:
    """A tensor without its last axes, where the body is just its element: ``z[n,k]`` over k is the vector z_n."""
    if not isinstance(body, E.Elem) or body.name not in style.notation.tensors:
        return None
    symbols = tuple(i.symbol for i in over)
    kept, last = body.index[: -len(symbols)], body.index[-len(symbols) :]
    if last != symbols or any(s in i.free_symbols for s in symbols for i in kept):
        return None
    name = replace(style.notation.tensor(body.name), style="bold")
    places = tuple(integer_formula(i, style.notation) for i in kept)
    return F.Indexed(name, places) if places else name


def _bracket(conditions: tuple[E.Compare, ...], style: Style) -> F.Formula:
    return F.fenced("[", listed_conditions(conditions, style), "]")


def listed_conditions(conditions: tuple[E.Compare, ...], style: Style) -> F.Formula:
    """Conditions, with commas between: ``0 ≤ u < K, t < T``."""
    style = replace(style, even=style.even | even_divisions(conditions))
    parts: list[F.Formula] = []
    for chain in chains(conditions):
        parts.append(F.row(*(F.Sign(s, "relation") if isinstance(s, str) else _side(s, style) for s in chain)))
    return F.joined(tuple(parts), F.COMMA)


def _side(expr: E.Expr, style: Style) -> F.Formula:
    """A side of a condition; index expressions stand one line high."""
    if isinstance(expr, E.Size):
        return integer_formula(expr.value, style.notation, style.even)
    return typeset(expr, style)
