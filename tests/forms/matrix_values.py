"""Two independent readings of values: index form by nested loops, matrix form by NumPy's own operations."""

from __future__ import annotations

import itertools
from functools import reduce
from math import exp, log, prod

import numpy as np
import sympy

from derive.forms import matrix_tree as M
from derive.language import expr as E
from derive.language.functions import TABLE
from derive.language.integers import evaluate, size_symbol

FUNCTIONS = {name: eval(f"lambda {', '.join(row.arguments)}: {row.numpy}", {"np": np}) for name, row in TABLE.items()}
FUNCTIONS |= {"f": np.arctan, "g": lambda x: x**2 + x, "f'": lambda x: 1 / (1 + x**2), "g'": lambda x: 2 * x + 1}
COMPARE = {"==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater,
           ">=": np.greater_equal}  # fmt: skip


class World:
    """Numbers for the sizes and arrays for the tensors of a system; ``outside`` is what is read beyond a range."""

    def __init__(self, system, sizes, seed=0):
        self.system, rng = system, np.random.default_rng(seed)
        self.sizes = {size_symbol(name): value for name, value in sizes.items()}
        for name, definition in system.derived.items():
            self.sizes[size_symbol(name)] = evaluate(definition, self.sizes, {})
        self.arrays, self.lows = {}, {}
        for name, tensor in system.tensors.items():
            bounds = [tuple(self.number(b, {}) for b in pair) for pair in system.storage(name)]
            shape = [high - low + 1 for low, high in bounds]
            self.lows[name] = [low for low, _ in bounds]
            self.arrays[name] = rng.integers(1, 3, shape) if tensor.integer else rng.uniform(0.2, 1.2, shape)

    def number(self, integer, env):
        tensors = {n: (a, self.lows[n]) for n, a in self.arrays.items()}
        return int(evaluate(sympy.sympify(integer), {**self.sizes, **env}, tensors))

    def range(self, index, env):
        return range(self.number(index.low, env), self.number(index.high, env) + 1)

    def places(self, indices, env):
        for values in itertools.product(*(self.range(i, env) for i in indices)):
            yield {**env, **dict(zip((i.symbol for i in indices), values, strict=True))}


def loops(expr, world, env):
    """The value of an expression in index form, by nested loops."""
    match expr:
        case E.Num(value):
            return float(value)
        case E.Size(value):
            return float(world.number(value, env))
        case E.Elem(name, index):
            at = [world.number(i, env) - low for i, low in zip(index, world.lows[name], strict=True)]
            inside = all(0 <= a < n for a, n in zip(at, world.arrays[name].shape, strict=True))
            if not inside:
                assert world.system.outside.get(name) == 0, f"{expr} read outside its range"
                return 0.0
            return float(world.arrays[name][tuple(at)])
        case E.Add(terms):
            return sum(loops(t, world, env) for t in terms)
        case E.Mul(factors):
            guards = [loops(f, world, env) for f in factors if isinstance(f, E.Bracket)]
            if not all(guards):
                return 0.0
            return prod(loops(f, world, env) for f in factors if not isinstance(f, E.Bracket))
        case E.Pow(base, exponent):
            return loops(base, world, env) ** loops(exponent, world, env)
        case E.Call(function, arguments):
            return float(FUNCTIONS[function](*(loops(a, world, env) for a in arguments)))
        case E.Reduce(op, over, body):
            return _reduced(op, [loops(body, world, at) for at in world.places(over, env)])
        case E.Along("softmax", over, body, places):
            exps = {tuple(at[i.symbol] for i in over): exp(loops(body, world, at)) for at in world.places(over, env)}
            return exps[tuple(world.number(p, env) for p in places)] / sum(exps.values())
        case E.Along("argmax", over, body, places):
            found = {tuple(at[i.symbol] for i in over): loops(body, world, at) for at in world.places(over, env)}
            return float(max(found, key=found.__getitem__) == tuple(world.number(p, env) for p in places))
        case E.Bracket(conditions):
            return float(all(COMPARE[c.op](loops(c.left, world, env), loops(c.right, world, env)) for c in conditions))
        case E.Delta(left, right):
            return float(world.number(left, env) == world.number(right, env))
    raise TypeError(expr)


def _reduced(op, values):
    if op == "logsumexp":
        return log(sum(map(exp, values)))
    return {"sum": sum, "mean": lambda v: sum(v) / len(v), "prod": prod, "max": max}[op](values)


def table(expr, indices, world, env):
    """An expression in index form as an array over some indices, by nested loops."""
    lengths = [len(world.range(i, env)) for i in indices]
    return np.array([loops(expr, world, at) for at in world.places(indices, env)]).reshape(lengths)


def entries(node, world, env):
    """The value of a matrix expression at given written-out indices: an array with its axes."""

    def value(part):
        return entries(part, world, env)

    match node:
        case M.Scalar(value=number):
            return np.asarray(loops(number, world, env))
        case M.Tensor(name, index, axes):
            at = [world.number(i, env) - low for i, low in zip(index, world.lows[name], strict=False)]
            shape = world.arrays[name].shape
            assert all(0 <= a < n for a, n in zip(at, shape, strict=False)) or not env.get("strict"), str(node)
            at = [min(max(a, 0), n - 1) for a, n in zip(at, shape, strict=False)]
            assert [len(world.range(a, env)) for a in axes] == list(shape[len(at) :])
            return world.arrays[name][tuple(at)]
        case M.Transpose(of):
            assert len(of.axes) == 2
            return value(of).T
        case M.MatMul(factors):
            assert all(len(f.axes) == 2 for f in factors[:-1])
            return reduce(np.matmul, map(value, factors))
        case M.Dot(left, right):
            assert len(left.axes) == len(right.axes) == 1
            return np.dot(value(left), value(right))
        case M.Outer(left, right):
            assert len(left.axes) == len(right.axes) == 1
            return np.outer(value(left), value(right))
        case M.Diag(of):
            assert len(of.axes) == 1
            return np.diag(value(of))
        case M.Times(factors):
            return prod(map(value, factors))
        case M.Plus(terms):
            return sum(map(value, terms))
        case M.Power(base, exponent):
            return value(base) ** loops(exponent, world, env)
        case M.Apply(function, arguments):
            return FUNCTIONS[function](*map(value, arguments))
        case M.Condition(ops, sides):
            pairs = zip(ops, sides[::2], sides[1::2], strict=True)
            return prod(COMPARE[op](value(left), value(right)).astype(float) for op, left, right in pairs)
        case M.Whole("softmax", of, axis):
            exps = np.exp(value(of))
            return exps / exps.sum(axis=of.axes.index(axis), keepdims=True)
        case M.Whole("argmax", of, axis):
            stack = np.moveaxis(value(of), of.axes.index(axis), -1)
            return np.moveaxis(np.eye(stack.shape[-1])[stack.argmax(axis=-1)], -1, of.axes.index(axis))
        case M.Total(op, over, of):
            written = [i for i in over if i not in of.axes]
            stack = np.stack([entries(of, world, at) for at in world.places(written, env)])
            axes = (0, *(1 + of.axes.index(i) for i in over if i in of.axes))
            if op == "logsumexp":
                return np.log(np.exp(stack).sum(axis=axes))
            return getattr(np, op)(stack, axis=axes)
    raise TypeError(type(node).__name__)


def agree(reading, left, right, indices, world):
    """Whether a reading has the values of the index form, for every value of the indices that are written out."""
    written = [i for i in indices if i not in reading.left.axes]
    for env in world.places(written, {}):
        expected = table(right, reading.left.axes, world, env)
        np.testing.assert_allclose(
            np.broadcast_to(entries(reading.right, world, env), expected.shape), expected, rtol=1e-9, atol=1e-12
        )
    return True
