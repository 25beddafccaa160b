"""Elements of one array put, line by line, at places of another: copied there, or added to what stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Array = Any  # a NumPy array of any type


@dataclass(frozen=True)
class Axis:
    """An axis of the target, and the lines that are put along it: one for each offset that windows have there.

    lines  a row of numbers for each: where it begins along the axis, where in the memory of the source, its length
    steps  from one element of a line to the next: along the axis, and in the memory of the source
    """

    lines: Array
    steps: tuple[int, int]

    def in_memory(self, stride: int) -> Axis:
        """With places in the memory of the target for places along the axis."""
        return Axis(self.lines * (stride, 1, 1), (self.steps[0] * stride, self.steps[1]))

    def elements(self) -> Array:
        """The two places of each element of each line."""
        found = [line[:2] + np.arange(line[2])[:, None] * self.steps for line in self.lines]
        return np.concatenate([np.zeros((0, 2), np.int64), *found])


def whole_axis(length: int, step: int, source_step: int) -> Axis:
    """An axis along which one line is put from end to end."""
    return Axis(np.array([[0, 0, length]]), (step, source_step))


ONE = whole_axis(1, 0, 0)


def window_axis(length: int, start: int, runs: Sequence[tuple[int, int]], source_steps: Sequence[int]) -> Axis:
    """An axis with elements at start + step*k + step'*k' + …: the longest run is along the lines; none are outside."""
    along = min(range(len(runs)), key=lambda k: (runs[k][1] == 0, -runs[k][0]))
    (n, step), source_step = runs[along], source_steps[along]
    begin = np.array([[start, 0]])
    for k, (m, offset) in enumerate(runs):
        if k != along:
            begin = (begin[:, None] + np.arange(m)[:, None] * (offset, source_steps[k])).reshape(-1, 2)
    ahead = begin[:, 0] if step >= 0 else length - 1 - begin[:, 0]  # counted from the end that the line goes away from
    if step:
        first = np.maximum(0, -(ahead // abs(step)))
        stop = np.minimum(n, (length - 1 - ahead) // abs(step) + 1)
    else:
        first, stop = 0 * ahead, np.where((ahead >= 0) & (ahead < length), n, 0)
    lines = np.column_stack([begin + first[:, None] * (step, source_step), stop - first])
    return Axis(lines[stop > first], (step, source_step))


Lines = tuple[Array, Array, Array, tuple[int, ...]]


def lines_of(axes: Sequence[Axis]) -> Lines:
    """What ``put_lines`` takes for axes, outermost first, with their places in memory.

    That is: pairs of places, in target and source, of all axes but the last two together; the lines of the last but one
    and of the last; and the steps of these two.
    """
    *others, middle, inner = [ONE, ONE, *axes]
    rows = np.zeros((1, 2), np.int64)
    for axis in others:
        rows = (rows[:, None] + axis.elements()).reshape(-1, 2)
    lines = [np.ascontiguousarray(a.lines) for a in (middle, inner)]
    return rows, lines[0], lines[1], (*middle.steps, *inner.steps)


def memory(array: Array) -> Array:
    """The elements that an array spans, as they lie in memory; no stride may be negative or part of an element."""
    span = 1 + sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)) // array.itemsize
    return np.lib.stride_tricks.as_strided(array, (span,), (array.itemsize,), writeable=False)


def steps(array: Array) -> tuple[int, ...]:
    """How many elements it is from one place to the next along each axis in memory."""
    return tuple(s // array.itemsize for s in array.strides)


def in_steps(array: Array) -> Array:
    """The array, or a copy for which ``memory`` holds."""
    odd = any(s < 0 or s % array.itemsize for s in array.strides) or not array.flags.aligned
    return np.ascontiguousarray(array) if odd else array


@cache
def put_lines() -> Callable[..., None]:
    """The compiled function (add, target, source, at, of, *lines) that puts lines.

    ``target`` and ``source`` are memories, and ``at`` and ``of`` the places there that those of the lines count from.
    """
    import numba

    @numba.njit(nogil=True, error_model="numpy")
    def put_line(add: bool, target: Array, source: Array) -> None:
        """Equally long lines without gaps, for which a compiler finds vector instructions."""
        if add:
            for k in range(len(target)):
                target[k] += source[k]
        else:
            for k in range(len(target)):
                target[k] = source[k]

    @numba.njit(nogil=True, error_model="numpy")
    def put(
        add: bool, target: Array, source: Array, at: int, of: int, rows: Array, middle: Array, inner: Array, steps: Any
    ) -> None:
        down, source_down, across, source_across = steps
        for row in range(len(rows)):
            for i in range(len(middle)):
                for j in range(len(inner)):
                    to = at + rows[row, 0] + middle[i, 0] + inner[j, 0]
                    by = of + rows[row, 1] + middle[i, 1] + inner[j, 1]
                    n = inner[j, 2]
                    for _ in range(middle[i, 2]):
                        if across == 1 and source_across == 1:
                            put_line(add, target[to : to + n], source[by : by + n])
                        elif add:
                            for k in range(n):
                                target[to + k * across] += source[by + k * source_across]
                        else:
                            for k in range(n):
                                target[to + k * across] = source[by + k * source_across]
                        to += down
                        by += source_down

    return put
