"""A system evaluated one number at a time, in loops over all values of its indices: slow, and plainly right."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from derive.language.expr import (
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
    Size,
)  # fmt: skip
from derive.language.integers import FloorDiv, Integer, Mod
from derive.language.system import System

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
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "relu": lambda x: max(x, 0.0),
    "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "squared_error": lambda x, t: (x - t) ** 2,
    "cross_entropy": lambda x, t: -t * math.log(x),
    "f": lambda x: math.sin(x) + x,
    "f'": lambda x: math.cos(x) + 1,
}
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass
class Naive:
    """Values of a system for given sizes and arrays (those of the arguments, over their declared ranges)."""

    system: System
    sizes: Mapping[str, int]
    arrays: Mapping[str, Any]
    _known: dict[tuple[str, tuple[int, ...]], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = dict(self.sizes)
        for name, definition in self.system.derived.items():
            sizes[name] = self.integer(definition, sizes)
        self.sizes = sizes

    def tensor(self, name: str) -> Any:
        """A tensor over its declared range."""
        ranges = [self.range_of(i, self.sizes) for i in self.system.tensors[name].axes]
        values = [self.element(name, place) for place in itertools.product(*ranges)]
        return np.array(values, float).reshape([len(r) for r in ranges])

    def range_of(self, index: Index, env: Mapping[str, int]) -> range:
        return range(self.integer(index.low, env), self.integer(index.high, env) + 1)

    def integer(self, value: Integer, env: Mapping[str, int]) -> int:
        if value.is_Integer:
            return int(value)
        if value.is_Symbol:
            return env[value.name]
        if isinstance(value, sympy.Indexed):
            return int(self.element(str(value.base.label), tuple(self.integer(i, env) for i in value.indices)))
        parts = [self.integer(a, env) for a in value.args]
        if value.is_Add:
            return sum(parts)
        if value.is_Mul:
            return math.prod(parts)
        if isinstance(value, FloorDiv):
            return parts[0] // parts[1]
        if isinstance(value, Mod):
            return parts[0] % parts[1]
        assert value.is_Pow
        return int(parts[0] ** parts[1])

    def element(self, name: str, place: tuple[int, ...]) -> float:
        key = (name, place)
        if key not in self._known:
            self._known[key] = self._element(name, place)
        return self._known[key]

    def _element(self, name: str, place: tuple[int, ...]) -> float:
        tensor = self.system.tensors[name]
        for equation in self.system.definitions(name):
            env = dict(self.sizes)
            for index, at in zip(equation.left.index, place, strict=True):
                free = next((i for i in equation.indices if i.symbol == index), None)
                if free is None and self.integer(index, self.sizes) != at:
                    break
                if free is not None:
                    if at not in self.range_of(free, self.sizes):
                        break
                    env[free.name] = at
            else:
                return self.value(equation.right, env)
        ranges = [self.range_of(i, self.sizes) for i in tensor.axes]
        if name in self.arrays and all(at in r for at, r in zip(place, ranges, strict=True)):
            return self.arrays[name][tuple(at - r.start for at, r in zip(place, ranges, strict=True))].item()
        if name in self.system.outside:
            return float(self.system.outside[name])
        raise IndexError(f"{name}{list(place)} is not defined")

    def holds(self, condition: Compare, env: Mapping[str, int]) -> bool:
        return COMPARISONS[condition.op](self.value(condition.left, env), self.value(condition.right, env))

    def value(self, expr: Expr, env: Mapping[str, int]) -> float:
        match expr:
            case Num(value):
                return float(value)
            case Size(value):
                return self.integer(value, env)
            case Elem(name, index):
                return self.element(name, tuple(self.integer(i, env) for i in index))
            case Add(terms):
                return math.fsum(self.value(t, env) for t in terms)
            case Mul(factors):
                guards = [f for f in factors if isinstance(f, Bracket | Delta)]
                if not all(self.value(g, env) for g in guards):
                    return 0.0
                return math.prod(self.value(f, env) for f in factors if f not in guards)
            case Pow(base, exponent):
                return float(self.value(base, env) ** self.value(exponent, env))
            case Call(function, arguments):
                return FUNCTIONS[function](*(self.value(a, env) for a in arguments))
            case Bracket(conditions):
                return float(all(self.holds(c, env) for c in conditions))
            case Delta(left, right):
                return float(self.integer(left, env) == self.integer(right, env))
            case Reduce(op, over, body):
                return self.reduced(op, self.places(over, body, env))
            case Along(op, over, body, at):
                return self.along(op, over, body, tuple(self.integer(a, env) for a in at), env)
        raise TypeError(expr)

    def places(self, over: tuple[Index, ...], body: Expr, env: Mapping[str, int]) -> list[float]:
        ranges = [self.range_of(i, env) for i in over]
        names = [i.name for i in over]
        return [self.value(body, {**env, **dict(zip(names, at, strict=True))}) for at in itertools.product(*ranges)]

    def reduced(self, op: str, values: list[float]) -> float:
        match op:
            case "sum":
                return math.fsum(values)
            case "mean":
                return math.fsum(values) / len(values)
            case "prod":
                return math.prod(values)
            case "max":
                return max(values)
        assert op == "logsumexp"
        return math.log(math.fsum(math.exp(v) for v in values))

    def along(self, op: str, over: tuple[Index, ...], body: Expr, at: tuple[int, ...], env: Mapping[str, int]) -> float:
        values = self.places(over, body, env)
        every = list(itertools.product(*(self.range_of(i, env) for i in over)))
        if op == "argmax":
            return float(every[values.index(max(values))] == at)
        return math.exp(values[every.index(at)]) / math.fsum(math.exp(v) for v in values)
