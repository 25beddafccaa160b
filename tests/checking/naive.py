"""The meaning of the language once more, element by element in plain Python: slow, and nothing like the interpreter."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

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
    Pow,
    Reduce,
    Size,
)  # fmt: skip
from derive.language.integers import evaluate

Arrays = Mapping[str, tuple[np.ndarray, tuple[int, ...]]]

COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
CALLS = {
    "tanh": math.tanh, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs, "relu": lambda x: max(x, 0.0),
}  # fmt: skip


def naive(expr: Expr, at: Mapping[Any, int], arrays: Arrays) -> float:
    """The value of a real expression where indices and sizes have the values ``at``."""

    def value(node: Expr) -> float:
        return naive(node, at, arrays)

    def integer(node: Any) -> int:
        return int(evaluate(node, at, arrays))

    match expr:
        case Num(number):
            return float(number)
        case Size(number):
            return float(integer(number))
        case Elem(name, index):
            array, lows = arrays[name]
            return float(array[tuple(integer(i) - low for i, low in zip(index, lows, strict=True))])
        case Add(terms):
            return math.fsum(map(value, terms))
        case Mul(factors):  # a false bracket or delta first: what stands beside it is not looked at
            guards = [f for f in factors if isinstance(f, Bracket | Delta)]
            return math.prod(map(value, factors)) if all(value(g) for g in guards) else 0.0
        case Pow(base, exponent):
            return float(value(base) ** value(exponent))
        case Call(function, arguments):
            return float(CALLS[function](*map(value, arguments)))
        case Reduce(op, over, body):
            return reduction(op, [naive(body, {**at, **here}, arrays) for here in places(over, at, arrays)])
        case Along(op, over, body, read_at):
            spots = list(places(over, at, arrays))
            values = [naive(body, {**at, **here}, arrays) for here in spots]
            wanted = {i.symbol: integer(a) for i, a in zip(over, read_at, strict=True)}
            chosen = spots.index(wanted)
            if op == "softmax":
                return math.exp(values[chosen]) / math.fsum(map(math.exp, values))
            return float(values.index(max(values)) == chosen)
        case Bracket(conditions):
            return float(all(COMPARE[c.op](value(c.left), value(c.right)) for c in conditions))
        case Delta(left, right):
            return float(integer(left) == integer(right))
    raise TypeError(type(expr))


def reduction(op: str, values: Sequence[float]) -> float:
    match op:
        case "sum":
            return math.fsum(values)
        case "mean":
            return math.fsum(values) / len(values)
        case "prod":
            return math.prod(values)
        case "max":
            return max(values)
        case "logsumexp":
            return math.log(math.fsum(map(math.exp, values)))
    raise ValueError(op)


def places(over: Sequence[Index], at: Mapping[Any, int], arrays: Arrays) -> Iterator[dict[Any, int]]:
    """The values of bound indices together, the first of them slowest."""
    ranges = [range(int(evaluate(i.low, at, arrays)), int(evaluate(i.high, at, arrays)) + 1) for i in over]
    for values in itertools.product(*ranges):
        yield {i.symbol: v for i, v in zip(over, values, strict=True)}


def naive_over(expr: Expr, indices: Sequence[Index], at: Mapping[Any, int], arrays: Arrays) -> np.ndarray:
    """The values over all indices, an axis each."""
    shape = [int(evaluate(i.extent, at, arrays)) for i in indices]
    values = [naive(expr, {**at, **here}, arrays) for here in places(indices, at, arrays)]
    return np.array(values).reshape(shape)
