"""Seeded test points: sizes and values of the inputs, away from kinks, ties and the edges of domains.

Everything is random and non-zero: initial states, scales and upstream gradients too.  Integers are in range and repeat.
What a layer assumes of its inputs holds; a mask of zeros and ones has both, where it has two elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

import numpy as np
import sympy

from derive.checking.arrays import Array
from derive.checking.elementwise import domain_bound
from derive.checking.forward import declared, run, stored_inputs
from derive.checking.margins import Margins
from derive.checking.places import Stored
from derive.checking.reference import Interpreter
from derive.checking.sizes import choose_sizes, size_value
from derive.language.errors import LayerError
from derive.language.expr import (
    Bracket,
    Call,
    Elem,
    Expr,
    Num,
    Pow,
    Reduce,
    Size,
)
from derive.language.integers import Integer, expand
from derive.language.schedule import reads
from derive.language.system import LOSS, Assumption, System
from derive.language.traverse import (
    names_read,
    walk,
)

_ATTEMPTS = 25  # draws at each of three levels: any signs, logarithms' arguments positive, everything positive
_HOPELESS = 5  # draws without a single one at which every function is defined: the next level is tried
_MOST = 100_000  # elements of one tensor: each is moved by itself
_CLEAR_OF_KINKS = 1e-3
_INSIDE_DOMAIN = 1e-4
_ALL_POSITIVE = 0.4  # values of one sign are drawn smaller, as their sums grow and would saturate what they enter
_FAR = 12.0  # an argument of a smooth function beyond which its slope may drown in rounding
_NARROWER, _LEAST_SPREAD = 0.7, 0.05  # values are drawn closer to zero where arguments come out so far


class PointError(LayerError):
    """No values were found at which the layer can be evaluated."""


@dataclass(frozen=True)
class Point:
    """Sizes and values at which a layer is evaluated.

    inputs    arrays of the inputs and params, by name
    upstream  the upstream gradient of each output, by name of the output (none where there is a loss)
    forward   the values of all tensors of the forward pass, as stored
    margin    the distance from the nearest kink, tie or jump
    """

    sizes: Mapping[str, int]
    inputs: Mapping[str, Array]
    upstream: Mapping[str, Array]
    forward: Mapping[str, Stored]
    margin: float

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.sizes.items())


def points(system: System, recurrences: tuple[int, ...] = (5, 1, 2), seed: int = 0) -> tuple[Point, ...]:
    """One point for each length that recurrences are to have; as many points where nothing recurs."""
    sizes: list[Mapping[str, int]] = []
    for k, length in enumerate(recurrences):
        sizes.append(choose_sizes(system, length, seed + k, earlier=sizes))
    return tuple(point(system, chosen, seed + k) for k, chosen in enumerate(sizes))


def point(system: System, sizes: Mapping[str, int], seed: int = 0, spread: float = 1.0) -> Point:
    """Random values at given sizes; drawn again until they are clear of kinks and inside all domains.

    They are at most about ``spread``, and smaller where functions would be saturated.
    Raises PointError where the layer is too large, or cannot be evaluated at any of the values tried.
    """
    for name in system.tensors:
        if (count := prod(_shape(system, name, sizes))) > _MOST:
            raise PointError(f"{name} would have {count} elements, too many to check each")
    best: tuple[tuple[float, ...], Point] | None = None
    for level in range(3):
        spread = min(spread, _ALL_POSITIVE) if level == 2 else spread
        for attempt in range(_ATTEMPTS):
            if best is None and attempt == _HOPELESS and level < 2:
                break
            rng = np.random.default_rng([seed, level, attempt])
            at, margins = _drawn(system, sizes, level, spread, rng)
            worth = (min(margins.domain, _INSIDE_DOMAIN), -max(margins.reach, _FAR), min(margins.kink, _CLEAR_OF_KINKS))
            if margins.domain > 0.0 and (best is None or worth > best[0]):
                best = worth, at
            if worth == (_INSIDE_DOMAIN, -_FAR, _CLEAR_OF_KINKS):
                return at
            spread = max(spread * _NARROWER, _LEAST_SPREAD) if margins.reach > _FAR else spread
        if best is not None:
            return best[1]
    raise PointError(f"found no values of the inputs for which every function in {system.name} is defined")


def _drawn(
    system: System, sizes: Mapping[str, int], level: int, spread: float, rng: np.random.Generator
) -> tuple[Point, Margins]:
    """A point, and how clear of kinks and edges of domains it is."""
    inputs = _inputs(system, sizes, _positive(system, level), spread, rng)
    margins = Margins()
    forward = run(system, inputs, sizes, margins)
    if not all(np.isfinite(declared(system, forward, sizes, name)).all() for name in system.outputs or (LOSS,)):
        margins.domain = -np.inf
    upstream = {name: _reals(_shape(system, name, sizes), rng) for name in system.outputs}
    return Point(sizes, inputs, upstream, forward, margins.kink), margins


def _inputs(
    system: System, sizes: Mapping[str, int], positive: frozenset[str], spread: float, rng: np.random.Generator
) -> dict[str, Array]:
    inputs: dict[str, Array] = {}
    for tensor in (*system.inputs, *system.params):
        shape = _shape(system, tensor.name, sizes)
        if tensor.integer:
            inputs[tensor.name] = _integers(shape, *_integer_bounds(system, tensor.name, sizes), rng)
        else:
            values = spread * _reals(shape, rng)
            inputs[tensor.name] = np.abs(values) if tensor.name in positive else values
    for assumption in system.assumptions:
        _make_true(assumption, system, sizes, inputs)
    return inputs


def _shape(system: System, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(size_value(axis.extent, sizes) for axis in system.tensors[name].axes)


def _reals(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Numbers of either sign, of size 0.2 to 1.2."""
    return np.asarray(rng.uniform(0.2, 1.2, shape) * rng.choice((-1.0, 1.0), shape))


def _integers(shape: tuple[int, ...], low: int, high: int, rng: np.random.Generator) -> Array:
    """Integers in range; two are equal, and two differ if they can."""
    flat = rng.integers(low, high + 1, int(np.prod(shape)))
    if flat.size > 2 and high > low:
        flat[1] = low + (flat[0] - low + 1) % (high - low + 1)
    flat[-1] = flat[0]
    return np.asarray(flat.reshape(shape))


def _positive(system: System, level: int) -> frozenset[str]:
    """The inputs that are drawn positive: those assumed to add up, from level 1 those in logarithms, at 2 all."""
    given = frozenset(t.name for t in (*system.inputs, *system.params))
    if level == 2:
        return given
    positive = frozenset[str]().union(*(names_read(a.left) for a in system.assumptions))
    if level == 1:
        positive = positive.union(*(_in_domains(e.right) for e in system.all_equations))
    return positive & given


def _in_domains(expr: Expr) -> frozenset[str]:
    """The tensors read inside functions that need a positive argument."""
    found: set[str] = set()
    for node in walk(expr):
        match node:
            case Call(function, arguments) if domain_bound(function) is not None:
                found |= names_read(arguments[0])
            case Pow(base, exponent) if not isinstance(exponent, Num) or exponent.value.denominator != 1:
                found |= names_read(base)
    return frozenset(found)


def _make_true(assumption: Assumption, system: System, sizes: Mapping[str, int], inputs: dict[str, Array]) -> None:
    """Scale a tensor that is assumed to add up, so that it does; make one of zeros and ones of what is to be such.

    Then see that the assumption holds.
    """
    if (name := assumption.zero_or_one) in inputs:
        inputs[name] = (inputs[name] >= np.median(inputs[name])).astype(float)
    match assumption.left:
        case Reduce("sum", over, Elem(name, index)) if name in inputs and len(set(index)) == len(index):
            axes = tuple(index.index(i.symbol) for i in over if i.symbol in index)
            total = sides(assumption, system, sizes, inputs)
            order = [index.index(i.symbol) for i in assumption.indices]
            scale = np.expand_dims((total[1] / total[0]).transpose(np.argsort(order)), axes)
            inputs[name] = inputs[name] * scale
    left, right = sides(assumption, system, sizes, inputs)
    if not np.allclose(left, right, rtol=1e-12, atol=0.0):
        raise PointError(f"no way is known to make values for which {assumption.line}")


def sides(
    assumption: Assumption, system: System, sizes: Mapping[str, int], inputs: Mapping[str, Array]
) -> tuple[Array, Array]:
    reader = Interpreter(sizes, stored_inputs(system, inputs, sizes), system)
    return reader.over(assumption.left, assumption.indices), reader.over(assumption.right, assumption.indices)


def _integer_bounds(system: System, name: str, sizes: Mapping[str, int]) -> tuple[int, int]:
    """The values an integer tensor may take: those of the axes that it indexes and the indices it is compared with."""
    lows, highs = [], []
    for low, high in _integer_uses(system, name):
        lows.append(size_value(low, sizes))
        highs.append(size_value(high, sizes))
    return (max(lows), max(max(lows), min(highs))) if lows else (0, 3)


def _integer_uses(system: System, name: str) -> Iterator[tuple[Integer, Integer]]:
    """Bounds (low, high) of an integer tensor, one pair for each use of it."""
    for equation in system.all_equations:
        ranges = {i.symbol: i for node in walk(equation.right) for i in getattr(node, "over", ())}
        ranges |= {i.symbol: i for i in equation.indices}
        for read, _ in reads(system, equation):
            for place, (low, high) in zip(read.index, system.storage(read.name), strict=True):
                offset = _offset(place, name)
                if offset is not None:
                    yield low - offset, high - offset
        for node in walk(equation.right):
            for condition in node.conditions if isinstance(node, Bracket) else ():
                sides = [_as_integer(condition.left), _as_integer(condition.right)]
                for one, other in (sides, sides[::-1]):
                    if one is not None and _offset(one, name) == 0 and other in ranges:
                        yield ranges[other].low, ranges[other].high


def _offset(place: Integer, name: str) -> Integer | None:
    """``c`` where ``place`` is an element of the integer tensor plus a number or size ``c``; else None."""
    for element in place.atoms(sympy.Indexed):
        rest = expand(place - element)
        if str(element.base.label) == name and not rest.has(sympy.Indexed):
            return rest
    return None


def _as_integer(side: Expr) -> Integer | None:
    match side:
        case Size(value):
            return value
        case Elem(name, index) if index:
            return sympy.Indexed(sympy.IndexedBase(name, integer=True), *index)
        case Num(Fraction(denominator=1, numerator=value)):
            return sympy.Integer(value)
    return None
