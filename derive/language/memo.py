"""Functions of a system whose result is kept for as long as systems like it are worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import TypeVar

from derive.language.system import System

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Same:
    """A system, equal to itself alone: it is frozen, but holds mappings, and so has no hash of its own."""

    system: System

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.system is other.system

    def __hash__(self) -> int:
        return id(self.system)


def once_per_system(function: Callable[[System], T]) -> Callable[[System], T]:
    """The function, computed once for each system; its results must not be changed by who gets them."""
    kept = lru_cache(maxsize=32)(lambda same: function(same.system))

    @wraps(function)
    def remembered(system: System) -> T:
        return kept(_Same(system))

    return remembered
