"""Rules by which a formula is written otherwise and keeps its value."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from derive.language.binding import substitute
from derive.language.expr import (
    MINUS_ONE,
    ONE,
    Add,
    Along,
    Bracket,
    Call,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Pow,
    Reduce,
    divide,
    mul,
    neg,
    num,
    size,
)
from derive.language.traverse import all_index_names, free_symbols, names_read, walk
from tests.marking.rewriting import Place, Rule


def commute(expr: Expr, place: Place, random: Random) -> Expr | None:
    if not isinstance(expr, Add | Mul):
        return None
    return replace(expr, **{_CHILDREN[type(expr)]: tuple(random.sample(expr.children, len(expr.children)))})


_CHILDREN = {Add: "terms", Mul: "factors"}


def distribute(expr: Expr, place: Place, random: Random) -> Expr | None:
    """a*(b + c) = a*b + a*c."""
    if not isinstance(expr, Mul):
        return None
    for k, factor in enumerate(expr.factors):
        if isinstance(factor, Add):
            return Add(tuple(mul(*expr.factors[:k], term, *expr.factors[k + 1 :]) for term in factor.terms))
    return None


def split_sum(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A sum over terms, or over several indices, as several sums."""
    match expr:
        case Reduce("sum", over, Add(terms)):
            return Add(tuple(Reduce("sum", over, term) for term in terms))
        case Reduce("sum", (first, *rest), body) if rest:
            return Reduce("sum", (first,), Reduce("sum", tuple(rest), body))
    return None


def pull_out(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A factor that does not depend on the summed indices stands before the sum."""
    match expr:
        case Reduce("sum", over, Mul(factors)):
            bound = {i.symbol for i in over}
            out = [f for f in factors if not free_symbols(f) & bound and not isinstance(f, Bracket | Delta)]
            if out and len(out) < len(factors):
                return mul(*out, Reduce("sum", over, mul(*(f for f in factors if f not in out))))
    return None


def push_in(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A factor beside a sum goes into it."""
    if not isinstance(expr, Mul):
        return None
    for k, factor in enumerate(expr.factors):
        others = expr.factors[:k] + expr.factors[k + 1 :]
        if isinstance(factor, Reduce) and factor.op == "sum":
            names = {i.name for i in factor.over}
            if not any(names & all_index_names(o) for o in others):
                return Reduce("sum", factor.over, mul(*others, factor.body))
    return None


def rename(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A summed index gets another name."""
    if not isinstance(expr, Reduce):
        return None
    old = random.choice(expr.over)
    new = place.another(old, expr)
    if new is None:
        return None
    over = tuple(new if i == old else i for i in expr.over)
    return Reduce(expr.op, over, substitute(expr.body, {old.symbol: new.symbol}))


def as_average(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A sum as so many times the mean, and the other way round."""
    if isinstance(expr, Reduce) and expr.op in ("sum", "mean"):
        count = mul(*(size(i.extent) for i in expr.over))
        if expr.op == "sum":
            return mul(count, Reduce("mean", expr.over, expr.body))
        return divide(Reduce("sum", expr.over, expr.body), count)
    return None


def quotient(expr: Expr, place: Place, random: Random) -> Expr | None:
    """1/b = b/b**2, b**2 = b*b, b**(-1/2) = 1/sqrt(b)."""
    match expr:
        case Pow(base, exponent) if exponent == MINUS_ONE:
            return Mul((base, Pow(base, num(-2))))
        case Pow(base, Num(Fraction(numerator=2, denominator=1))):
            return Mul((base, base))
        case Pow(base, Num(Fraction(numerator=3, denominator=1))):
            return Mul((base, Pow(base, num(2))))
        case Pow(base, Num(value)) if value == Fraction(-1, 2):
            return Pow(Call("sqrt", (base,)), MINUS_ONE)
    return None


def squares(expr: Expr, place: Place, random: Random) -> Expr | None:
    """1 - b**2 = (1 - b)*(1 + b)."""
    match expr:
        case Add((one, Mul((minus, Pow(base, exponent))))) if (one, minus, exponent) == (ONE, MINUS_ONE, num(2)):
            return Mul((Add((ONE, neg(base))), Add((ONE, base))))
    return None


def split_number(expr: Expr, place: Place, random: Random) -> Expr | None:
    """2*x = x + x, and any x is 3*x - 2*x."""
    match expr:
        case Mul((Num(value), *rest)) if value == 2:
            return Add((mul(*rest), mul(*rest)))
        case Num() | Bracket() | Delta():
            return None
    if _may_be_infinite(expr, place):
        return None
    return Add((mul(num(3), expr), mul(num(-2), expr)))


def _may_be_infinite(expr: Expr, place: Place) -> bool:
    """Whether there is log([j <= i]) in it, or an element read where minus infinity surrounds the tensor."""
    logarithms = (node for node in walk(expr) if isinstance(node, Call) and node.arguments)
    infinite = {name for name, value in place.system.outside.items() if value}
    return any(isinstance(c.arguments[0], Bracket) for c in logarithms) or not infinite.isdisjoint(names_read(expr))


def functions(expr: Expr, place: Place, random: Random) -> Expr | None:
    """Functions by what they are made of."""
    match expr:
        case Call("tanh", (x,)):
            twice = Call("exp", (mul(num(2), x),))
            return divide(Add((twice, MINUS_ONE)), Add((twice, ONE)))
        case Call("sigmoid", (x,)):
            return Pow(Add((ONE, Call("exp", (neg(x),)))), MINUS_ONE)
        case Call("exp", (Add(terms),)):
            return Mul(tuple(Call("exp", (term,)) for term in terms))
        case Call("sqrt", (x,)):
            return Pow(x, num(Fraction(1, 2)))
        case Call("log", (Call("exp", (x,)),)):
            return x
        case Along("softmax"):
            return Call("exp", (Call("log", (expr,)),))
        case Elem() if _may_be_infinite(expr, place):
            return None
        case Elem() if random.random() < 0.5:
            return mul(expr, Add((Call("sigmoid", (expr,)), Call("sigmoid", (neg(expr),)))))
        case Elem():
            return mul(expr, Add(tuple(Pow(Call(f, (expr,)), num(2)) for f in ("sin", "cos"))))
    return None


def inline(expr: Expr, place: Place, random: Random) -> Expr | None:
    """An element by the equation that defines it, where it is read at plain indices."""
    if not isinstance(expr, Elem):
        return None
    ranges = {i.symbol: (i.low, i.high) for i in place.scope}
    for equation in place.system.definitions(expr.name):
        told = dict(zip(equation.left.index, expr.index, strict=True))
        free = {i.symbol: i for i in equation.indices}
        if set(told) == set(free) and all(ranges.get(at) == (free[i].low, free[i].high) for i, at in told.items()):
            return substitute(_apart(equation.right, place), told)
    return None


def _apart(expr: Expr, place: Place) -> Expr:
    """A formula, the indices bound in it being none of those in scope, as far as there are others."""
    for node in list(walk(expr)):
        for index in getattr(node, "over", ()):
            if index in place.scope and (other := place.another(index, expr)) is not None:
                expr = _renamed(expr, index, other)
    return expr


def _renamed(expr: Expr, old: Index, new: Index) -> Expr:
    if isinstance(expr, Reduce) and old in expr.over:
        over = tuple(new if i == old else i for i in expr.over)
        return Reduce(expr.op, over, substitute(expr.body, {old.symbol: new.symbol}))
    return expr.rebuilt(tuple(_renamed(c, old, new) for c in expr.children))


def vanishing(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A term that is zero by the definition of a mean: the sum of the differences from it."""
    found = [e for e in place.system.equations if isinstance(e.right, Reduce) and e.right.op == "mean"]
    found = [e for e in found if set(e.indices) <= set(place.scope)]
    if not found or isinstance(expr, Bracket | Delta | Num) or _may_be_infinite(expr, place):
        return None
    equation = random.choice(found)
    assert isinstance(equation.right, Reduce)
    over, body = equation.right.over, equation.right.body
    for index in over:
        if index in place.scope:
            other = place.another(index, mul(body, expr))
            if other is None:
                return None
            over = tuple(other if i == index else i for i in over)
            body = substitute(body, {index.symbol: other.symbol})
    return Add((expr, mul(num(random.choice((1, -2, 3))), Reduce("sum", over, Add((body, neg(equation.left)))))))


def guard_twice(expr: Expr, place: Place, random: Random) -> Expr | None:
    """A condition that is true twice is true; on values, it is true where its contrary is not."""
    match expr:
        case Bracket((Compare(op, left, right),)) if names_read(expr):
            return Add((ONE, neg(Bracket((Compare(_CONTRARY[op], left, right),)))))
        case Bracket():
            return Mul((expr, expr))
    return None


_CONTRARY = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

KEEPING: tuple[Rule, ...] = (
    commute, distribute, split_sum, pull_out, push_in, rename, as_average, quotient, squares, split_number, functions,
    inline, vanishing, guard_twice,
)  # fmt: skip
