"""Recognise an expression as an instance of another, up to the values of free indices and the names of bound ones."""

from __future__ import annotations

from collections.abc import Mapping

from derive.language.binding import (
    replaced,
    substitute,
)
from derive.language.expr import (
    Add,
    Along,
    Bracket,
    Call,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Partial,
    Pow,
    Reduce,
    Size,
)
from derive.language.integers import Integer, expand, index_symbol, linear_in, symbols_of

Binding = dict[Integer, Integer]


def same(left: Expr, right: Expr) -> bool:
    """Whether two expressions are equal up to the names of bound indices and the order of terms and factors."""
    return left == right or match(left, right, frozenset(), {}) is not None


def match(pattern: Expr, expr: Expr, free: frozenset[Integer], bound: Mapping[Integer, Integer]) -> Binding | None:
    """Values of the ``free`` index symbols for which ``pattern`` is ``expr``; None where there are none."""
    return _match(pattern, expr, free, dict(bound))


def _match(pattern: Expr, expr: Expr, free: frozenset[Integer], known: Binding) -> Binding | None:
    if type(pattern) is not type(expr):
        return None
    match pattern, expr:
        case (Num(a), Num(b)):
            return known if a == b else None
        case (Size(a), Size(b)):
            return _integers((a,), (b,), free, known)
        case (Elem(name, a), Elem(other, b)):
            return _integers(a, b, free, known) if name == other else None
        case (Delta(a, b), Delta(c, d)):
            return _integers((a, b), (c, d), free, known)
        case (Partial(of, wrt, a), Partial(of_too, wrt_too, b)) if a == b:
            inner = _match(wrt, wrt_too, free, known)
            return _match(of, of_too, free, inner) if inner is not None else None
        case (Call(f, a), Call(g, b)):
            return _in_order(a, b, free, known) if f == g else None
        case (Pow(), Pow()):
            return _in_order(pattern.children, expr.children, free, known)
        case (Bracket(a), Bracket(b)):
            same_ops = [c.op for c in a] == [c.op for c in b]
            return _in_order(pattern.children, expr.children, free, known) if same_ops else None
        case (Add(a), Add(b)) | (Mul(a), Mul(b)):
            return _in_any_order(a, b, free, known)
        case (Reduce(op, over, body), Reduce(other, over_too, body_too)):
            return _under(over, body, over_too, body_too, free, known) if op == other else None
        case (Along(op, over, body, at), Along(other, over_too, body_too, at_too)):
            if op != other:
                return None
            inner = _under(over, body, over_too, body_too, free, known)
            return _integers(at, at_too, free, inner) if inner is not None else None
    return None


def _integers(
    patterns: tuple[Integer, ...], values: tuple[Integer, ...], free: frozenset[Integer], known: Binding
) -> Binding | None:
    if len(patterns) != len(values):
        return None
    for pattern, value in zip(patterns, values, strict=True):
        pattern = replaced(pattern, known)
        open_symbols = [s for s in free if s not in known and s in symbols_of(pattern)]
        if not open_symbols:
            if expand(pattern - value) != 0:
                return None
            continue
        parts = linear_in(pattern, open_symbols[0])
        if len(open_symbols) > 1 or parts is None or parts[0] not in (1, -1):
            return None
        known = known | {open_symbols[0]: expand((value - parts[1]) * parts[0])}
    return known


def _in_order(
    patterns: tuple[Expr, ...], exprs: tuple[Expr, ...], free: frozenset[Integer], known: Binding
) -> Binding | None:
    if len(patterns) != len(exprs):
        return None
    for pattern, expr in zip(patterns, exprs, strict=True):
        inner = _match(pattern, expr, free, known)
        if inner is None:
            return None
        known = inner
    return known


def _in_any_order(
    patterns: tuple[Expr, ...], exprs: tuple[Expr, ...], free: frozenset[Integer], known: Binding
) -> Binding | None:
    if len(patterns) != len(exprs):
        return None
    if not patterns:
        return known
    for k, expr in enumerate(exprs):
        inner = _match(patterns[0], expr, free, known)
        if inner is not None:
            rest = _in_any_order(patterns[1:], exprs[:k] + exprs[k + 1 :], free, inner)
            if rest is not None:
                return rest
    return None


def _under(
    over: tuple[Index, ...],
    body: Expr,
    over_too: tuple[Index, ...],
    body_too: Expr,
    free: frozenset[Integer],
    known: Binding,
) -> Binding | None:
    """Match bodies under bound indices: each pair of indices stands for one and the same value."""
    if len(over) != len(over_too):
        return None
    marks = [index_symbol(f"_{i.name}_{j.name}") for i, j in zip(over, over_too, strict=True)]
    for i, j in zip(over, over_too, strict=True):
        inner = _integers((i.low, i.high), (j.low, j.high), free, known)
        if inner is None:
            return None
        known = inner
    body = substitute(body, {i.symbol: m for i, m in zip(over, marks, strict=True)})
    body_too = substitute(body_too, {j.symbol: m for j, m in zip(over_too, marks, strict=True)})
    outer = {s: v for s, v in known.items() if s not in {i.symbol for i in over}}
    result = _match(body, body_too, free - {i.symbol for i in over}, outer)
    if result is None or any(not symbols_of(v).isdisjoint(marks) for v in result.values()):
        return None
    return known | result
