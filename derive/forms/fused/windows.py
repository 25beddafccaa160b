"""What is done with windows beside products: they are copied out, and parts are added at their positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from derive.forms.fused.portions import in_portions

Array = Any  # a NumPy array of any type

_MUCH = 2**21  # elements, below which a copy in portions takes no less time


def contiguous(view: Array) -> Array:
    """``np.ascontiguousarray``, where there is much to copy on all processors."""
    if view.size < _MUCH or view.flags.c_contiguous:
        return np.ascontiguousarray(view)
    out = np.empty(view.shape, view.dtype)
    longest = int(np.argmax(view.shape))
    target, source = np.moveaxis(out, longest, 0), np.moveaxis(view, longest, 0)
    in_portions(lambda _, first, last: np.copyto(target[first:last], source[first:last]), len(target), out.size)
    return out


def add_windows(shape: Sequence[int], parts: Array, places: Mapping[int, tuple[Any, ...]]) -> Array:
    """The helper of this name, compiled: zeros of a shape, each part added at its position; those outside are left out.

    ``places`` are as the helper takes them.  The array that is given back lies in memory as the parts do.
    """
    groups = tuple(places.get(axis, (0, (n, 1))) for axis, n in enumerate(shape))
    parts = np.broadcast_to(parts, [n for _, *runs in groups for n, _ in runs])
    if not parts.size:
        return np.zeros(shape, parts.dtype)
    if any(s < 0 or s % parts.itemsize for s in parts.strides):
        parts = np.ascontiguousarray(parts)
    plan = _plan(tuple(shape), groups, tuple(s // parts.itemsize for s in parts.strides))
    out = np.empty([shape[k] for k in plan.order], parts.dtype)
    whole = out[None] if plan.lead is None else np.moveaxis(out, plan.lead, 0)
    flat, memory, kernel = out.reshape(-1), _memory(parts), _compiled()

    def work(_: int, first: int, last: int) -> None:
        whole[first:last] = 0
        kernel(first, last, flat, memory, plan.rows, plan.middle, plan.inner, plan.steps)

    in_portions(work, len(whole), parts.size)
    return out.transpose(np.argsort(plan.order))


def _memory(parts: Array) -> Array:
    """The elements that an array spans, as they lie in memory."""
    span = 1 + sum((n - 1) * s for n, s in zip(parts.shape, parts.strides, strict=True)) // parts.itemsize
    return np.lib.stride_tricks.as_strided(parts, (span,), (parts.itemsize,), writeable=False)


@dataclass(frozen=True)
class _Axis:
    """An axis that parts are added along, in lines: one for each offset that windows have there.

    lines  a row of numbers for each: where it begins along the axis, where in the memory of the parts, its length
    steps  from one element of a line to the next: along the axis, and in the memory of the parts
    """

    lines: Array
    steps: tuple[int, int]

    def in_memory(self, stride: int) -> _Axis:
        """With places in memory for places along the axis."""
        return _Axis(self.lines * (stride, 1, 1), (self.steps[0] * stride, self.steps[1]))

    def elements(self) -> Array:
        """The two places of each element of each line."""
        found = [line[:2] + np.arange(line[2])[:, None] * self.steps for line in self.lines]
        return np.concatenate([np.zeros((0, 2), np.int64), *found])


_ONE = _Axis(np.array([[0, 0, 1]]), (0, 0))


def _axis(length: int, start: int, runs: Sequence[tuple[int, int]], part_steps: Sequence[int]) -> _Axis:
    """An axis where parts lie at start + step*k + step'*k' + …: the longest of the runs is along the lines."""
    along = min(range(len(runs)), key=lambda k: (runs[k][1] == 0, -runs[k][0]))
    (n, step), part_step = runs[along], part_steps[along]
    begin = np.array([[start, 0]])
    for k, (m, offset) in enumerate(runs):
        if k != along:
            begin = (begin[:, None] + np.arange(m)[:, None] * (offset, part_steps[k])).reshape(-1, 2)
    ahead = begin[:, 0] if step >= 0 else length - 1 - begin[:, 0]  # counted from the end that the line goes away from
    if step:
        first = np.maximum(0, -(ahead // abs(step)))
        stop = np.minimum(n, (length - 1 - ahead) // abs(step) + 1)
    else:
        first, stop = 0 * ahead, np.where((ahead >= 0) & (ahead < length), n, 0)
    lines = np.column_stack([begin + first[:, None] * (step, part_step), stop - first])
    return _Axis(lines[stop > first], (step, part_step))


@dataclass(frozen=True)
class _Plan:
    """In which order parts are added.

    order   the axes of the result as they lie in memory
    lead    the place in that order of an axis on which each position is that of one part; None if there is none
    rows    pairs of places in memory, of the result and of the parts: of all other axes but the last two
    middle  the lines of the last axis but one, in memory
    inner   the lines of the last axis, in memory
    steps   those of the leading axis, of the last but one and of the last
    """

    order: tuple[int, ...]
    lead: int | None
    rows: Array
    middle: Array
    inner: Array
    steps: tuple[int, ...]


@lru_cache(maxsize=256)
def _plan(shape: tuple[int, ...], groups: tuple[tuple[Any, ...], ...], part_steps: tuple[int, ...]) -> _Plan:
    """How parts are added; ``part_steps`` are those of their axes in memory."""
    left = iter(part_steps)
    axes = [_axis(n, start, runs, [next(left) for _ in runs]) for n, (start, *runs) in zip(shape, groups, strict=True)]
    order = tuple(sorted(range(len(shape)), key=lambda k: -axes[k].steps[1]))
    alone = [place for place, k in enumerate(order[:-1]) if groups[k] == (0, (shape[k], 1))]
    lead = max(alone, key=lambda place: shape[order[place]], default=None)
    in_memory = [axes[k].in_memory(prod(shape[j] for j in order[place + 1 :])) for place, k in enumerate(order)]
    leading = _ONE if lead is None else in_memory.pop(lead)
    *others, middle, inner = [_ONE, _ONE, *in_memory]
    rows = np.zeros((1, 2), np.int64)
    for axis in others:
        rows = (rows[:, None] + axis.elements()).reshape(-1, 2)
    return _Plan(order, lead, rows, middle.lines, inner.lines, (*leading.steps, *middle.steps, *inner.steps))


def _add(
    first: int, last: int, out: Array, parts: Array, rows: Array, middle: Array, inner: Array, steps: tuple[int, ...]
) -> None:
    """Add the parts from ``first`` to before ``last`` on the leading axis; what else is passed is as in a plan."""
    for k in range(first, last):
        for row in range(len(rows)):
            for i in range(len(middle)):
                for j in range(len(inner)):
                    at = k * steps[0] + rows[row, 0] + middle[i, 0] + inner[j, 0]
                    of = k * steps[1] + rows[row, 1] + middle[i, 1] + inner[j, 1]
                    n = inner[j, 2]
                    for _ in range(middle[i, 2]):
                        if steps[4] == 1 and steps[5] == 1:  # a compiler finds vector instructions for this
                            target, added = out[at : at + n], parts[of : of + n]
                            for e in range(n):
                                target[e] += added[e]
                        else:
                            for e in range(n):
                                out[at + e * steps[4]] += parts[of + e * steps[5]]
                        at += steps[2]
                        of += steps[3]


@lru_cache(maxsize=1)
def _compiled() -> Callable[..., None]:
    """``_add`` as machine code."""
    import numba

    compiled: Callable[..., None] = numba.njit(nogil=True, error_model="numpy")(_add)
    return compiled
