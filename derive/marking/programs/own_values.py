"""A test point at values that somebody chose: the inputs and upstream gradients that came with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from derive.checking.arrays import Array
from derive.checking.forward import run
from derive.checking.margins import Margins
from derive.checking.points import Point
from derive.checking.sizes import size_value
from derive.forms.arguments import Arguments, CallError, Signature
from derive.forms.function import BackwardFunction
from derive.language.errors import LayerError, nearest
from derive.language.integers import Integer, symbols_of
from derive.language.system import Equation
from derive.language.traverse import walk
from derive.marking.programs.rounding import full_function
from derive.steps.record import Derivation, gradient_name, upstream_name

_WORK = 2e8  # elements computed in complex steps at most; beyond that the derived function is taken
_JUMP = 1e-4  # a gradient that changes by more, relative to its largest element, crossed a kink
_PAIRS = 3  # of steps, forth and back, that look for kinks


@dataclass(frozen=True)
class OwnValues:
    """The values of a call of a layer's function, checked; real ones in double precision."""

    derivation: Derivation
    given: Mapping[str, Any]
    arguments: Arguments

    @staticmethod
    def of(derivation: Derivation, names: tuple[str, ...], arrays: Mapping[str, Array]) -> OwnValues:
        """The values among arrays by the names of what a call needs.  Raises LayerError where they do not fit."""
        for name in (n for n in names if n not in arrays):
            hint = nearest(name, [a for a in arrays if a not in names])
            raise LayerError(f"{name} is not among the arrays, and is needed", hint=hint)
        given = {name: _plain(arrays[name]) for name in names}
        signature = Signature(derivation.backward, ())
        try:
            arguments = signature.checked(given)
            signature.check_finite(arguments.arrays)
            return OwnValues(derivation, given, arguments)
        except CallError as error:
            raise LayerError(str(error)) from None

    @cached_property
    def function(self) -> BackwardFunction:
        return full_function(self.derivation)

    @property
    def is_large(self) -> bool:
        """Whether the truth costs too much to be had by complex step."""
        system, sizes = self.derivation.system, self.arguments.sizes
        axes = [[a.extent for a in system.tensors[name].axes] for name in self.derivation.gradients]
        elements = sum(prod(_count(extent, sizes) for extent in extents) for extents in axes)
        return elements * sum(_places(equation, sizes) for equation in system.all_equations) > _WORK

    def point(self) -> Point:
        """The same as a test point."""
        system, arrays = self.derivation.system, self.arguments.arrays
        inputs = {t.name: arrays[t.name] for t in (*system.inputs, *system.params)}
        within = self.derivation.backward.tensors
        names = {o: upstream_name(o) if upstream_name(o) in within else gradient_name(o) for o in system.outputs}
        margins = Margins()
        forward = run(system, inputs, self.arguments.sizes, margins)
        upstream = {output: arrays[name] for output, name in names.items()}
        return Point(self.arguments.sizes, inputs, upstream, forward, margins.kink)

    def gradients(self) -> dict[str, Array]:
        """What the derived function gives for these values."""
        return self.function(**self.given)

    def moved(self, step: float) -> dict[str, Array]:
        """How far each gradient is from itself at the most, when the real values are moved by very little: ``step``.

        Forth and back: whatever lies on a kink or a tie is then once on its one side and once on the other.
        """
        found = self.gradients()
        farthest = {name: np.zeros(array.shape) for name, array in found.items()}
        rng = np.random.default_rng(0)
        for _ in range(_PAIRS):
            steps = {name: step * _direction(value, rng) for name, value in self.given.items() if _is_real(value)}
            for sign in (1.0, -1.0):
                moved = {name: self.given[name] + sign * step for name, step in steps.items()}
                there = self.function(**{**self.given, **moved})
                for name, far in farthest.items():
                    np.maximum(far, np.abs(there[name] - found[name]), out=far)
        return farthest


def on_a_kink(size: float, moved: Array) -> Array:
    """Which elements of a gradient of this size jump where the values are moved by very little."""
    return np.asarray(moved > _JUMP * size)


def largest_of(given: Mapping[str, Any]) -> float:
    """The largest real value among those given, by absolute value."""
    arrays = [np.asarray(value) for value in given.values()]
    return max((float(np.abs(a).max(initial=0.0)) for a in arrays if a.dtype.kind == "f"), default=0.0)


def _is_real(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _direction(value: Array, rng: np.random.Generator) -> Array:
    """Random numbers about as large as the largest of the values."""
    signs = rng.choice((-1.0, 1.0), value.shape)
    return np.asarray(np.abs(value).max(initial=0.0) * rng.uniform(0.5, 1.0, value.shape) * signs)


def _plain(array: Array) -> Any:
    """Integers as they are, and one alone as Python's; other numbers in double precision."""
    if array.dtype.kind in "iu":
        return array if array.ndim else array.item()
    return array.astype(np.float64)


def _places(equation: Equation, sizes: Mapping[str, int]) -> int:
    """How many products an equation adds up."""
    over = {i for node in walk(equation.right) for i in getattr(node, "over", ())} | set(equation.indices)
    return prod(_count(index.extent, sizes) for index in over)


def _count(extent: Integer, sizes: Mapping[str, int]) -> int:
    """The value of an extent; where it depends on other indices, what it cannot exceed."""
    known = all(symbol.name in sizes for symbol in symbols_of(extent))
    return size_value(extent, sizes) if known else max(sizes.values())
