"""Windows copied out, and parts added at the positions of windows, on all processors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np

from derive.forms.runtime.lines import ONE, Lines, in_steps, lines_of, memory, put_lines, steps, window_axis
from derive.forms.runtime.portions import in_portions
from derive.forms.runtime.team import Turn, processors, signals, team

Array = Any  # a NumPy array of any type
Places = Mapping[int, tuple[Any, ...]]  # axis -> (start, (n, step), (m, step'), ...), as the helpers take them

_MUCH = 2**21  # elements, below which a copy in portions takes no less time
_LITTLE = 2**14  # elements, below which a second thread does not help


def contiguous(view: Array) -> Array:
    """``np.ascontiguousarray``, where there is much to copy on all processors."""
    if view.size < _MUCH or view.flags.c_contiguous:
        return np.ascontiguousarray(view)
    out = np.empty(view.shape, view.dtype)
    longest = int(np.argmax(view.shape))
    target, source = np.moveaxis(out, longest, 0), np.moveaxis(view, longest, 0)
    in_portions(lambda _, first, last: np.copyto(target[first:last], source[first:last]), len(target), out.size)
    return out


def add_windows(shape: Sequence[int], parts: Array, places: Places) -> Array:
    """The helper of this name, compiled: zeros of a shape, each part added at its position; those outside are left out.

    The array that is given back lies in memory as the parts do.
    """
    groups = groups_of(shape, places)
    parts = in_steps(np.broadcast_to(parts, [n for _, *runs in groups for n, _ in runs]))
    if not parts.size:
        return np.zeros(shape, parts.dtype)
    order, lead, leading, lines = _plan(groups, tuple(shape), steps(parts))
    out = np.empty([shape[k] for k in order], parts.dtype)
    slabs = out.reshape(prod(out.shape[:lead]), out.shape[lead] if lead is not None else 1, -1)
    portions = min(processors(), slabs.shape[1]) if parts.size >= _LITTLE else 1
    team().run(_adding(), slabs.shape[1], portions, slabs, out.reshape(-1), memory(parts), leading, *lines)
    return out.transpose(np.argsort(order))


def groups_of(shape: Sequence[int], places: Places) -> tuple[Any, ...]:
    """For each axis of a shape the start and the runs of the positions along it."""
    return tuple(places.get(axis, (0, (n, 1))) for axis, n in enumerate(shape))


@lru_cache(maxsize=256)
def _plan(
    groups: tuple[Any, ...], shape: tuple[int, ...], part_steps: tuple[int, ...]
) -> tuple[tuple[int, ...], int | None, tuple[int, int], Lines]:
    """(order of the axes in memory, place of a leading one among them, its steps, the lines of all others).

    On the leading axis each position is that of one part; there may be none such.
    """
    left = iter(part_steps)
    axes = [window_axis(n, s, runs, [next(left) for _ in runs]) for n, (s, *runs) in zip(shape, groups, strict=True)]
    order = tuple(sorted(range(len(shape)), key=lambda k: -axes[k].steps[1]))
    alone = [place for place, k in enumerate(order[:-1]) if groups[k] == (0, (shape[k], 1))]
    lead = max(alone, key=lambda place: shape[order[place]], default=None)
    placed = [axes[k].in_memory(prod(shape[j] for j in order[place + 1 :])) for place, k in enumerate(order)]
    leading = ONE if lead is None else placed.pop(lead)
    return order, lead, leading.steps, lines_of(placed)


@cache
def _adding() -> Turn:
    """What a thread does of ``add_windows``: the places ``first`` to before ``last`` on the leading axis."""
    import numba

    put, (begin, end) = put_lines(), signals()

    @numba.njit(nogil=True, error_model="numpy")
    def add(
        board: Array, seat: int, number: int, portions: int, first: int, last: int, slabs: Array, out: Array,
        parts: Array, leading: tuple[int, int], rows: Array, middle: Array, inner: Array, steps: tuple[int, ...],
    ) -> None:  # fmt: skip
        if not begin(board, seat, number, portions):
            return
        for k in range(first, last):
            slabs[:, k] = 0
            put(True, out, parts, k * leading[0], k * leading[1], rows, middle, inner, steps)
        end(board, seat, number, portions)

    return add
