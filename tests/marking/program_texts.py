"""Layers with the ground on which their answers are marked, for tests."""

from functools import cache

import derive
from derive.marking.ground import Ground, ground_of
from derive.marking.record import Line, Marking


@cache
def ground(layer: str, seed: int = 0) -> Ground:
    return ground_of(derive.gradients(layer).record, seed)


def line_of(marking: Marking, name: str) -> Line:
    return next(line for line in marking.lines if line.name == name)


def verdicts(marking: Marking) -> dict[str, str]:
    return {line.name: line.verdict for line in marking.lines}
