"""The meaning of the language once more, one number at a time: loops and dictionaries, nothing of the program's own."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import sympy

from derive.language import expr as E
from derive.language.integers import FloorDiv, Integer, Mod

Numbers = Mapping[str, int]  # values of indices and sizes, by name
Tensors = Mapping[str, Callable[..., float]]  # a tensor is a function of its places
Functions = Mapping[str, Callable[..., float]]

FUNCTIONS: dict[str, Callable[..., float]] = {
    "linear": lambda x: x,
    "pi": lambda: math.pi,
    "stop": lambda x: x,
    "exp": math.exp,
    "expm1": math.expm1,
    "erf": math.erf,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "relu": lambda x: max(x, 0.0),
    "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "squared_error": lambda x, t: (x - t) ** 2,
    "cross_entropy": lambda x, t: -t * math.log(x),
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_REDUCE: dict[str, Callable[[list[float]], float]] = {
    "sum": math.fsum,
    "mean": lambda values: math.fsum(values) / len(values),
    "prod": math.prod,
    "max": max,
    "logsumexp": lambda values: math.log(math.fsum(map(math.exp, values))),
}


def integer(expression: Integer, numbers: Numbers, tensors: Tensors | None = None) -> int:
    """The value of an index expression."""
    if expression.is_Integer:
        return int(expression)
    if expression.is_Symbol:
        return numbers[expression.name]
    if isinstance(expression, sympy.Indexed):
        assert tensors is not None
        return int(tensors[str(expression.base)](*(integer(i, numbers, tensors) for i in expression.indices)))
    parts = [integer(a, numbers, tensors) for a in expression.args]
    if isinstance(expression, FloorDiv):
        return math.floor(parts[0] / parts[1])
    if isinstance(expression, Mod):
        return parts[0] - parts[1] * math.floor(parts[0] / parts[1])
    if expression.is_Pow:
        return int(parts[0] ** parts[1])
    return sum(parts) if expression.is_Add else math.prod(parts)


def value(expr: E.Expr, numbers: Numbers, tensors: Tensors, functions: Functions = FUNCTIONS) -> float:
    """The value of an expression.  Reductions are empty where their range is."""

    def inner(e: E.Expr) -> float:
        return value(e, numbers, tensors, functions)

    match expr:
        case E.Num(number):
            return float(number)
        case E.Size(whole):
            return integer(whole, numbers, tensors)
        case E.Elem(name, index):
            return tensors[name](*(integer(i, numbers, tensors) for i in index))
        case E.Add(terms):
            return math.fsum(map(inner, terms))
        case E.Mul(factors):  # beside a false guard nothing is looked at
            guards = [f for f in factors if isinstance(f, E.Bracket | E.Delta)]
            return math.prod(map(inner, factors)) if all(map(inner, guards)) else 0.0
        case E.Pow(base, exponent):
            return float(inner(base) ** inner(exponent))
        case E.Call(name, arguments):
            return functions[name](*map(inner, arguments))
        case E.Bracket(conditions):
            return float(all(_COMPARE[c.op](inner(c.left), inner(c.right)) for c in conditions))
        case E.Delta(left, right):
            return float(integer(left, numbers, tensors) == integer(right, numbers, tensors))
        case E.Reduce(op, over, body):
            return _REDUCE[op]([value(body, bound, tensors, functions) for bound in places(over, numbers)])
        case E.Along(op, over, body, at):
            runs = list(places(over, numbers))
            values = [value(body, bound, tensors, functions) for bound in runs]
            here = [integer(a, numbers, tensors) for a in at]
            there = [[bound[i.name] for i in over] for bound in runs]
            if here not in there:
                raise IndexError(f"{here} is not a place of {expr}")
            place = there.index(here)
            if op == "argmax":
                return float(place == values.index(max(values)))
            return math.exp(values[place]) / math.fsum(map(math.exp, values))
    raise TypeError(f"no value for {type(expr).__name__}")


def span(index: E.Index, numbers: Numbers) -> range:
    """What an index runs over."""
    return range(integer(index.low, numbers), integer(index.high, numbers) + 1)


def places(over: Sequence[E.Index], numbers: Numbers) -> Iterator[dict[str, int]]:
    """The numbers with every choice of values of these indices, the first of them slowest."""
    for chosen in itertools.product(*(span(i, numbers) for i in over)):
        yield {**numbers, **{i.name: p for i, p in zip(over, chosen, strict=True)}}


def table(
    expr: E.Expr, over: Sequence[E.Index], numbers: Numbers, tensors: Tensors, functions: Functions = FUNCTIONS
) -> np.ndarray:
    """The values over these indices, an axis each."""
    values = [value(expr, at, tensors, functions) for at in places(over, numbers)]
    return np.array(values, float).reshape([len(span(i, numbers)) for i in over])


def arbitrary(name: str) -> Callable[..., float]:
    """A tensor whose elements all differ: a fixed function of its name and its places."""

    def element(*places: int) -> float:
        seed = sum(ord(c) for c in name) + sum((k + 3) * 17 * p for k, p in enumerate(places))
        return math.sin(seed * 1.3) + 1.7  # positive: logarithms and roots exist

    return element


def element_of(array: np.ndarray, lows: Sequence[int]) -> Callable[..., float]:
    """An array as a tensor: its first element stands at the lowest places."""

    def element(*at: int) -> float:
        offsets = tuple(p - low for p, low in zip(at, lows, strict=True))
        assert all(0 <= o < n for o, n in zip(offsets, array.shape, strict=True)), "read outside the range"
        return array[offsets].item()

    return element
