"""How far rounding goes at the places of a ground: what right code may be off by.

In double precision that is the rounding of the terms that a gradient is made of, all together.  In single precision
this bound, which is far above what happens, would hide mistakes; there the derived function itself is run in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.checking.arrays import Array
from derive.forms.function import BackwardFunction
from derive.marking.differences.reading import DOUBLE, ROUNDING
from derive.marking.ground import Ground
from derive.marking.programs.callers import call_of
from derive.steps.record import Derivation

SINGLE = float(np.finfo(np.float32).eps)
_ZERO = 1e-12  # relative to the largest gradient: what is smaller is rounding
_JUMP = 1e-3  # relative to the size of a gradient: a difference so large is no rounding
_MARGIN = 32  # times the rounding of the derived function is what other code may have


def full_function(derivation: Derivation) -> BackwardFunction:
    """The derived function that gives back the gradients by all tensors, also by those in between."""
    return BackwardFunction(replace(derivation, wrt=tuple(derivation.gradients)))


def single_scales(function: Callable[..., Mapping[str, Array]], given: Mapping[str, Any]) -> dict[str, float]:
    """For each gradient the size of terms whose rounding in single precision is what such code may be off by."""
    right = function(**given)
    rounded = function(**{name: _single(value) for name, value in given.items()})
    part = _MARGIN / (ROUNDING * SINGLE)
    return {name: part * _apart(right[name], rounded[name], size_of(name, right)) for name in right if name[0] == "d"}


def _apart(right: Array, rounded: Array, size: float) -> float:
    """The largest difference that is rounding; a kink that is crossed makes a larger one."""
    distance = np.abs(right - rounded)
    return float(distance.max(initial=0.0, where=distance < _JUMP * size))


def size_of(name: str, found: Mapping[str, Array]) -> float:
    """The largest element of a gradient; where it is zero but for rounding, that of all gradients."""
    sizes = {n: float(np.abs(array).max(initial=0.0)) for n, array in found.items() if n[0] == "d"}
    return sizes[name] if sizes[name] > _ZERO * max(sizes.values()) else max(sizes.values())


def _single(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.kind == "f" else value


@dataclass(frozen=True)
class Rounding:
    """The rounding of code of some precision at the places of a ground."""

    ground: Ground
    precision: float

    @cached_property
    def _single(self) -> list[dict[str, float]]:
        function = full_function(self.ground.derivation)
        calls = [call_of(self.ground.system, place.point) for place in self.ground.places]
        return [single_scales(function, {**call.given, **_callables(call.functions)}) for call in calls]

    def scale(self, name: str, place: int) -> float:
        """The size of the terms that a gradient may be rounded from."""
        return self.ground.places[place].scale(name) if self.precision == DOUBLE else self._single[place][name]


def _callables(functions: Mapping[str, str]) -> dict[str, Callable[[Array], Array]]:
    return {name: eval(f"lambda x: {text}", {"np": np}) for name, text in functions.items()}
