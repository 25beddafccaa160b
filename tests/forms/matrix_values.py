"""Two independent readings of values: index form by nested loops, matrix form by NumPy's own operations."""

from __future__ import annotations

from functools import partial, reduce
from math import prod

import numpy as np
import sympy

from derive.forms import matrix_tree as M
from derive.language.functions import TABLE
from tests.values import element_of, integer, places, span, table, value

FUNCTIONS = {name: eval(f"lambda {', '.join(row.arguments)}: {row.numpy}", {"np": np}) for name, row in TABLE.items()}
FUNCTIONS |= {"f": np.arctan, "g": lambda x: x**2 + x, "f'": lambda x: 1 / (1 + x**2), "g'": lambda x: 2 * x + 1}
COMPARE = {"==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater,
           ">=": np.greater_equal}  # fmt: skip


class World:
    """Numbers for the sizes and arrays for the tensors of a system; ``outside`` is what is read beyond a range."""

    def __init__(self, system, sizes, seed=0):
        self.system, rng = system, np.random.default_rng(seed)
        self.sizes = dict(sizes)
        for name, definition in system.derived.items():
            self.sizes[name] = integer(definition, self.sizes)
        self.arrays, self.lows = {}, {}
        for name, tensor in system.tensors.items():
            bounds = [tuple(self.number(b, {}) for b in pair) for pair in system.storage(name)]
            shape = [high - low + 1 for low, high in bounds]
            self.lows[name] = [low for low, _ in bounds]
            self.arrays[name] = rng.integers(1, 3, shape) if tensor.integer else rng.uniform(0.2, 1.2, shape)
        self.readers = {name: partial(self.element, name) for name in system.tensors}

    def number(self, whole, env):
        return integer(sympy.sympify(whole), {**self.sizes, **env}, getattr(self, "readers", None))

    def range(self, index, env):
        return span(index, {**self.sizes, **env})

    def places(self, indices, env):
        return places(indices, {**self.sizes, **env})

    def element(self, name, *at):
        low, shape = self.lows[name], self.arrays[name].shape
        if all(start <= a < start + n for a, start, n in zip(at, low, shape, strict=True)):
            return element_of(self.arrays[name], low)(*at)
        assert self.system.outside.get(name) == 0, f"{name}{at} read outside its range"
        return 0.0


def loops(expr, world, env):
    """The value of an expression in index form, by nested loops."""
    return value(expr, {**world.sizes, **env}, world.readers, FUNCTIONS)


def entries(node, world, env):
    """The value of a matrix expression at given written-out indices: an array with its axes."""

    def inner(part):
        return entries(part, world, env)

    match node:
        case M.Scalar(value=number):
            return np.asarray(loops(number, world, env))
        case M.Tensor(name, index, axes):
            at = [world.number(i, env) - low for i, low in zip(index, world.lows[name], strict=False)]
            shape = world.arrays[name].shape
            at = [min(max(a, 0), n - 1) for a, n in zip(at, shape, strict=False)]
            assert [len(world.range(a, env)) for a in axes] == list(shape[len(at) :])
            return world.arrays[name][tuple(at)]
        case M.Transpose(of):
            assert len(of.axes) == 2
            return inner(of).T
        case M.MatMul(factors):
            assert all(len(f.axes) == 2 for f in factors[:-1])
            return reduce(np.matmul, map(inner, factors))
        case M.Dot(left, right):
            assert len(left.axes) == len(right.axes) == 1
            return np.dot(inner(left), inner(right))
        case M.Outer(left, right):
            assert len(left.axes) == len(right.axes) == 1
            return np.outer(inner(left), inner(right))
        case M.Diag(of):
            assert len(of.axes) == 1
            return np.diag(inner(of))
        case M.Times(factors):
            return prod(map(inner, factors))
        case M.Plus(terms):
            return sum(map(inner, terms))
        case M.Power(base, exponent):
            return inner(base) ** loops(exponent, world, env)
        case M.Apply(function, arguments):
            return FUNCTIONS[function](*map(inner, arguments))
    return along_axes(node, world, env)


def along_axes(node, world, env):
    """The value of a matrix expression that compares, or takes an axis as a whole."""

    def inner(part):
        return entries(part, world, env)

    match node:
        case M.Condition(ops, sides):
            pairs = zip(ops, sides[::2], sides[1::2], strict=True)
            return prod(COMPARE[op](inner(left), inner(right)).astype(float) for op, left, right in pairs)
        case M.Whole("softmax", of, axis):
            exps = np.exp(inner(of))
            return exps / exps.sum(axis=of.axes.index(axis), keepdims=True)
        case M.Whole("argmax", of, axis):
            stack = np.moveaxis(inner(of), of.axes.index(axis), -1)
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
        expected = table(right, reading.left.axes, {**world.sizes, **env}, world.readers, FUNCTIONS)
        np.testing.assert_allclose(
            np.broadcast_to(entries(reading.right, world, env), expected.shape), expected, rtol=1e-9, atol=1e-12
        )
    return True
