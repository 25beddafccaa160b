"""How near an evaluation comes to places where a function is not smooth, not defined, or flat to within rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derive.checking.arrays import Array
from derive.checking.elementwise import domain_bound, kinks


@dataclass
class Margins:
    """What has been seen so far.

    kink    the least distance from a kink, tie or jump
    domain  the least distance from the edge of a domain
    reach   the largest argument of a smooth function: tanh and the like lose their slope to rounding far out
    """

    kink: float = np.inf
    domain: float = np.inf
    reach: float = 0.0

    def call(self, function: str, argument: Array) -> None:
        """Note the argument of an elementwise function."""
        bound = domain_bound(function)
        if bound is not None:
            self.domain = min(self.domain, float((argument.real - bound).min(initial=np.inf)))
        if not kinks(function) and function != "linear":
            self.reach = max(self.reach, float(np.abs(argument).max(initial=0.0)))
        for kink in kinks(function):
            self._kink(np.abs(argument.real - kink))

    def power(self, base: Array, exponent: Array) -> None:
        """Note the base of a power; that of a broken or changing exponent must be positive."""
        if not np.all(exponent.real == np.round(exponent.real)):
            self.domain = min(self.domain, float(base.real.min(initial=np.inf)))

    def comparison(self, left: Array, right: Array) -> None:
        """Note the two sides of a condition on reals."""
        self._kink(np.abs(left.real - right.real))

    def maximum(self, flat: Array) -> None:
        """Note the gap between the two largest elements along the front axis."""
        if len(flat) > 1:
            second, first = np.sort(flat.real, axis=0)[-2:]
            self._kink((first - second)[np.isfinite(first)])

    def _kink(self, distances: Array) -> None:
        self.kink = min(self.kink, float(distances.min(initial=np.inf)))
