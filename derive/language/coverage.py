"""Whether every place that an equation reads is defined: in a tensor's range, or by a base case.

A read is proved to lie in one of the boxes where the tensor is defined; where no single box will do, the cases inside
and outside a box's side are proved apart (``h[t-1]`` lies in 1..T for t > 1, and is the base case ``h[0]`` for t = 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sympy

from derive.language.expr import Elem
from derive.language.integers import Integer, expand, is_size, symbols_of
from derive.language.ranges import Facts, nonnegative
from derive.language.system import Equation, System

Box = tuple[tuple[Integer, Integer], ...]  # the lowest and the highest place, for each axis

_MAX_SPLITS = 8


def boxes(system: System, name: str) -> tuple[Box, ...]:
    """Where a tensor is defined: its declared range, and its base cases."""
    axes = system.tensors[name].axes
    declared = tuple((a.low, a.high) for a in axes)
    equations = system.definitions(name)
    return tuple(dict.fromkeys(map(box_of, equations))) if equations else (declared,)


def box_of(equation: Equation) -> Box:
    """The places that an equation defines."""
    ranges = {i.symbol: (i.low, i.high) for i in equation.indices}
    return tuple(ranges.get(place, (place, place)) for place in equation.left.index)


def uncovered(read: Elem, boxes: Sequence[Box], facts: Facts, splits: int = _MAX_SPLITS) -> Facts | None:
    """None where every place read is proved to lie in a box; else the facts of a case for which there is no proof."""
    if contradictory(facts):
        return None
    undecided: list[list[Integer]] = []
    for box in boxes:
        open_sides = [side for side in _sides(read, box) if not nonnegative(side, facts)]
        if not open_sides:
            return None
        if not any(nonnegative(-side - 1, facts) for side in open_sides):
            undecided.append(open_sides)
    if not undecided or not splits:
        return facts
    side = min(undecided, key=len)[0]
    inside = replace(facts, known=(*facts.known, expand(side)))
    outside = replace(facts, known=(*facts.known, expand(-side - 1)))
    return uncovered(read, boxes, inside, splits - 1) or uncovered(read, boxes, outside, splits - 1)


def _sides(read: Elem, box: Box) -> Iterator[Integer]:
    """Expressions that are >= 0 where the read lies in the box; an integer tensor's values are taken to lie in it."""
    for place, (low, high) in zip(read.index, box, strict=True):
        if not isinstance(place, sympy.Indexed):
            yield expand(place - low)
            yield expand(high - place)


def contradictory(facts: Facts) -> bool:
    """Whether what is known is proved to hold nowhere."""
    for k, known in enumerate(facts.known):
        others = replace(facts, known=facts.known[:k] + facts.known[k + 1 :])
        if nonnegative(-known - 1, others):
            return True
    return False


def pinned(read: Elem, facts: Facts) -> dict[Integer, Integer]:
    """The indices of a read that the facts hold at an end of their range, and that end."""
    inside = set().union(*(symbols_of(place) for place in read.index))
    values: dict[Integer, Integer] = {}
    for symbol, low, high in facts.ranges:
        if symbol not in inside or is_size(symbol):
            continue
        if nonnegative(low - symbol, facts):
            values[symbol] = low
        elif nonnegative(symbol - high, facts):
            values[symbol] = high
    return values
