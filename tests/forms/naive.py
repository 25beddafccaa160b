"""A system evaluated one number at a time, in loops over all values of its indices: slow, and plainly right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derive.language.expr import Expr
from derive.language.system import System
from tests import values
from tests.values import element_of, integer, places, span

FUNCTIONS = {**values.FUNCTIONS, "f": lambda x: math.sin(x) + x, "f'": lambda x: math.cos(x) + 1}


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
            sizes[name] = integer(definition, sizes)
        self.sizes = sizes
        self._readers = {name: lambda *at, name=name: self.element(name, at) for name in self.system.tensors}

    def tensor(self, name: str) -> Any:
        """A tensor over its declared range."""
        axes = self.system.tensors[name].axes
        found = [self.element(name, tuple(at[i.name] for i in axes)) for at in places(axes, self.sizes)]
        return np.array(found, float).reshape([len(span(i, self.sizes)) for i in axes])

    def element(self, name: str, place: tuple[int, ...]) -> float:
        key = (name, place)
        if key not in self._known:
            self._known[key] = self._element(name, place)
        return self._known[key]

    def _element(self, name: str, place: tuple[int, ...]) -> float:
        for equation in self.system.definitions(name):
            env = dict(self.sizes)
            for index, at in zip(equation.left.index, place, strict=True):
                free = next((i for i in equation.indices if i.symbol == index), None)
                if free is None and integer(index, self.sizes) != at:
                    break
                if free is not None:
                    if at not in span(free, self.sizes):
                        break
                    env[free.name] = at
            else:
                return self.value(equation.right, env)
        ranges = [span(i, self.sizes) for i in self.system.tensors[name].axes]
        if name in self.arrays and all(at in r for at, r in zip(place, ranges, strict=True)):
            return element_of(self.arrays[name], [r.start for r in ranges])(*place)
        if name in self.system.outside:
            return float(self.system.outside[name])
        raise IndexError(f"{name}{list(place)} is not defined")

    def value(self, expr: Expr, env: Mapping[str, int]) -> float:
        return values.value(expr, env, self._readers, FUNCTIONS)
