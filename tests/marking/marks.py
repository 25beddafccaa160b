"""Marks of answers for the tests."""

from functools import lru_cache
from typing import Any

import derive
from derive.language.system import System
from derive.marking.check import mark_text
from derive.marking.ground import Ground, ground_of
from derive.marking.record import Line, Marking


@lru_cache(maxsize=32)
def ground_for(name: str, seed: int = 0, **options: Any) -> Ground:
    return ground_of(derive.gradients(derive.load(name, **options)).record, seed)


def marked(layer: str | System, text: str, seed: int = 0, **options: Any) -> Marking:
    if isinstance(layer, str):
        return mark_text(ground_for(layer, seed, **options), text)
    return mark_text(ground_of(derive.gradients(layer).record, seed), text)


def lines(layer: str | System, text: str, **options: Any) -> dict[str, Line]:
    """The marks by what the lines define, the last where there are several."""
    return {line.name: line for line in marked(layer, text, **options).lines}


def verdicts(layer: str | System, text: str, **options: Any) -> list[tuple[str, str]]:
    return [(line.name, line.verdict) for line in marked(layer, text, **options).lines]
