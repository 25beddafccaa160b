"""A few true values of each gradient at small inputs with few digits, for who derives them by hand to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod

import numpy as np

from derive.checking.arrays import Array
from derive.checking.forward import run
from derive.checking.margins import Margins
from derive.checking.places import Grid
from derive.checking.points import Point, PointError, point, sides
from derive.checking.sizes import size_value
from derive.checking.truth import interpreter_of
from derive.language.expr import Elem, Reduce
from derive.language.system import Assumption, System
from derive.steps.record import Derivation, Gradient

_DRAWS = 300  # sizes tried at each bound
_BOUNDS = (3, 4, 5, 7, 9)  # of sizes
_CHOICES = 12  # of sizes to try
_STEP = 3  # the largest stride, dilation or padding: what is no axis of an input
_DIGITS = (1, 2, 3)  # after the point
_SEEDS = 4  # points tried with so many digits
_CLEAR = 0.3  # of kinks and ties, in units of the last digit: a reader should see which side a number is on
_ALIKE = 6  # numbers to type that are worth two axes that differ
_ENTRIES = 3  # of each gradient


@dataclass(frozen=True)
class Spot:
    """The value of one element of a gradient: ``left`` is the element, with numbers for its indices."""

    left: Elem
    value: float


@dataclass(frozen=True)
class Spots:
    """Sizes, the inputs and upstream gradients by the names under which code takes them, and values of gradients."""

    sizes: Mapping[str, int]
    inputs: Mapping[str, Array]
    values: Mapping[int, tuple[Spot, ...]]  # by the id of the Gradient


def spots(derivation: Derivation, seed: int = 0) -> Spots | None:
    """Values at small sizes, or None where no inputs with few digits are found at which the layer can be evaluated."""
    points = (_with_few_digits(derivation.system, sizes, seed) for sizes in small_sizes(derivation.system, seed))
    at = next(filter(None, points), None)
    if at is None:
        return None
    truth = interpreter_of(derivation, at)
    rng = np.random.default_rng(seed)
    values: dict[int, tuple[Spot, ...]] = {}
    for parts in derivation.gradients.values():
        for part in parts:
            array = truth.over(part.left, part.indices).real
            values[id(part)] = tuple(_some(part, array, Grid(at.sizes, {}), rng))
    given = {f"d{output}": array for output, array in at.upstream.items()}
    return Spots(at.sizes, {**at.inputs, **given}, values)


# Sizes


def small_sizes(system: System, seed: int = 0) -> list[dict[str, int]]:
    """Sizes with which inputs have few entries, those of one tensor different from each other if they can be.

    The best come first; there are none where nothing small satisfies what the layer asks of its sizes.
    """
    rng = np.random.default_rng(seed)
    found: dict[tuple[int, ...], dict[str, int]] = {}
    for bound in _BOUNDS:
        for _ in range(_DRAWS):
            sizes = _drawn(system, bound, rng)
            if sizes is not None:
                found.setdefault((_cost(system, sizes), *sizes.values()), sizes)
        if len(found) >= _CHOICES:
            break
    return [found[key] for key in sorted(found)[:_CHOICES]]


def _drawn(system: System, bound: int, rng: np.random.Generator) -> dict[str, int] | None:
    """Sizes from 2 to a bound, paddings from 1; nothing where they do not go together."""
    sizes: dict[str, int] = {}
    axes = {s.name for t in (*system.inputs, *system.params) for a in t.axes for s in a.extent.free_symbols}
    for name in system.sizes:
        least = system.lower.get(name, 1)
        low = 1 if least == 0 else max(least, 2)
        high = bound if name in axes else _STEP
        sizes[name] = int(rng.integers(low, max(high, low) + 1))
    for name, definition in system.derived.items():
        sizes[name] = size_value(definition, sizes)
    together = all(sizes[n] >= max(1, system.lower.get(n, 1)) for n in sizes)
    return sizes if together and all(c.holds(sizes) for c in system.constraints) else None


def _cost(system: System, sizes: Mapping[str, int]) -> int:
    """How many numbers there are to type, and how often two axes could be mistaken for each other."""
    first = next(iter(system.sizes), "")  # of samples, or of steps: two of them are a special case
    cost = _ALIKE * (sizes.get(first) == 2) + _ALIKE * sum(sizes[name] == 1 for name in system.derived)
    for tensor in system.tensors.values():
        extents = {a.extent: size_value(a.extent, sizes) for a in tensor.axes}
        given = tensor.kind != "computed" or tensor.name in system.outputs
        cost += prod(size_value(a.extent, sizes) for a in tensor.axes) if given else 0
        cost += _ALIKE * sum(a == b for a, b in combinations(extents.values(), 2))
    return cost


# Inputs


def _with_few_digits(system: System, sizes: Mapping[str, int], seed: int) -> Point | None:
    """A point whose inputs have as few digits as they can, clear of kinks and inside all domains."""
    try:
        drawn = [point(system, sizes, seed + attempt) for attempt in range(_SEEDS)]
    except PointError:
        return None
    rounded = (_rounded(system, at, digits) for digits in _DIGITS for at in drawn)
    return next(filter(None, rounded), None)


def _rounded(system: System, at: Point, digits: int) -> Point | None:
    inputs: dict[str, Array] = {}
    for name, array in at.inputs.items():
        inputs[name] = array if system.tensors[name].integer else _to_digits(array, digits)
    if any(np.any((array == 0) & (at.inputs[name] != 0)) for name, array in inputs.items()):
        return None
    if not all(_holds(a, system, at.sizes, inputs, digits) for a in system.assumptions):
        return None
    margins = Margins()
    forward = run(system, inputs, at.sizes, margins)
    if min(margins.kink, margins.domain) < _CLEAR * 10**-digits:
        return None
    upstream = {name: _to_digits(array, digits) for name, array in at.upstream.items()}
    return replace(at, inputs=inputs, upstream=upstream, forward=forward, margin=margins.kink)


def _to_digits(array: Array, digits: int) -> Array:
    return np.asarray(np.round(array, digits))


def _holds(
    assumption: Assumption, system: System, sizes: Mapping[str, int], inputs: dict[str, Array], digits: int
) -> bool:
    """Whether an assumption holds of rounded inputs; what is missing from a sum goes to its first element."""
    match assumption.left:
        case Reduce("sum", (over,), Elem(name, index)) if name in inputs and index.count(over.symbol) == 1:
            total, wanted = sides(assumption, system, sizes, inputs)
            order = [index.index(i.symbol) for i in assumption.indices]
            missing = np.asarray(wanted - total).transpose(np.argsort(order))
            first = tuple(0 if place == over.symbol else slice(None) for place in index)
            changed = inputs[name].copy()
            changed[first] += missing
            inputs[name] = _to_digits(changed, digits)
            if not np.all(inputs[name] > 0):
                return False
    left, right = sides(assumption, system, sizes, inputs)
    return bool(np.allclose(left, right, rtol=1e-12, atol=0.0))


# Elements


def _some(part: Gradient, array: Array, grid: Grid, rng: np.random.Generator) -> Iterator[Spot]:
    """A few elements at places drawn at random, in order; of zeros one at most where there are others."""
    places = [tuple(map(int, p)) for p in np.argwhere(np.abs(array) > 0)]
    zeros = [tuple(map(int, p)) for p in np.argwhere(array == 0)]
    kept = [places[k] for k in rng.permutation(len(places))[: _ENTRIES if not zeros else _ENTRIES - 1]]
    kept += [zeros[k] for k in rng.permutation(len(zeros))[: max(1, 2 - len(kept))]]
    lows = {i.symbol: grid.size(i.low) for i in part.indices}
    for place in sorted(kept):
        numbers = {i.symbol: lows[i.symbol] + k for i, k in zip(part.indices, place, strict=True)}
        index = tuple(p.subs(numbers) for p in part.left.index)
        yield Spot(Elem(part.left.name, index), float(array[place]))
