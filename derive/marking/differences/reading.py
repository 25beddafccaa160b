"""A person's value beside the right one, at one test point, and which of its entries are not equal to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, sqrt

import numpy as np

from derive.checking.arrays import Array

DOUBLE = float(np.finfo(np.float64).eps)
ROUNDING = 256  # how often the precision of the arithmetic a sum may be off, relative to its largest terms
_CLEAR = 100  # how far above rounding a difference must be to be seen in an entry that is small beside others


@dataclass(frozen=True)
class Reading:
    """One gradient at one test point.

    yours      the person's value, of any shape; ``right`` the right one
    scale      how large the terms are of which the right value is a sum: what rounding is judged by where they cancel
    sizes      the sizes at this point, derived ones too; ``numbers`` the inputs that are single numbers: p, eps
    holds      conditions on the entries that the derivation speaks of, by their text: an array of truths for each
    precision  of the arithmetic that ``yours`` was computed in
    """

    yours: Array
    right: Array
    scale: float
    sizes: Mapping[str, int]
    numbers: Mapping[str, float] = field(default_factory=dict)
    holds: Mapping[str, Array] = field(default_factory=dict)
    precision: float = DOUBLE

    @property
    def noise(self) -> float:
        """A difference so small is rounding."""
        return ROUNDING * self.precision * self._terms

    @property
    def size(self) -> float:
        """What differences are relative to: the largest right entry; where all of them are zero, that of the terms."""
        size = largest(self.right)
        return size if size > self.noise else self._terms

    @property
    def _terms(self) -> float:
        """The size of the terms, as far as it is known."""
        size = largest(self.right)
        return max(self.scale, size) if isfinite(self.scale) else size


def largest(value: Array) -> float:
    """The largest entry by absolute value, of those that are finite."""
    sizes = np.abs(value)
    return float(sizes.max(initial=0.0, where=np.isfinite(sizes)))


def apart(reading: Reading) -> Array:
    """How far each entry is from the right one; infinite where it is not finite; zero where no right value exists."""
    with np.errstate(all="ignore"):
        distance = np.abs(reading.yours - reading.right)
    distance = np.where(np.isfinite(distance), distance, np.inf)
    return np.where(np.isfinite(reading.right), distance, 0.0)


def unequal(reading: Reading, tolerance: float) -> Array:
    """Which entries differ.

    An entry must be right to the tolerance relative to the largest one; and, being small, to the root of it relative to
    itself, as far as rounding lets that be seen.
    """
    distance = apart(reading)
    plain = distance <= max(tolerance * reading.size, reading.noise)
    small = (distance <= sqrt(tolerance) * np.abs(reading.right)) | (distance <= _CLEAR * reading.noise)
    return ~np.asarray(plain & (small | ~np.isfinite(reading.right)))  # so said that nothing undefined counts as equal


def equal(reading: Reading, tolerance: float) -> bool:
    return not unequal(reading, tolerance).any()


def error(reading: Reading) -> float:
    """The largest difference relative to the largest right value; infinite where an entry is undefined."""
    worst = float(apart(reading).max(initial=0.0))
    return worst / reading.size if reading.size and np.isfinite(worst) else float("inf") if worst else 0.0
