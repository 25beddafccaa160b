"""Products added at the positions of windows, a piece at a time.

As a whole the products take more memory than a processor's cache has, and to write and read them takes longer than to
multiply.  So they are cut along one axis of the result: a piece is multiplied to a buffer, and added from there while
that stays in the cache.  The library multiplies; where it is not installed none of this is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np

from derive.forms.runtime.contraction import sides_of
from derive.forms.runtime.library import installed, product
from derive.forms.runtime.lines import Lines, lines_of, put_lines, window_axis
from derive.forms.runtime.pieces import contract
from derive.forms.runtime.stacks import Stack, extents_of, signature, size_of, stack_of, worth_cutting
from derive.forms.runtime.team import Turn, processors, signals, team
from derive.forms.runtime.windows import Places, add_windows, groups_of

Array = Any  # a NumPy array of any type


def add_product_windows(shape: tuple[int, ...], spec: str, one: Array, two: Array, places: Places) -> Array:
    """``add_windows(shape, np.einsum(spec, one, two), places)``, in pieces where the product is large."""
    sides, groups = sides_of(spec), groups_of(shape, places)
    size = prod([n for _, *runs in groups for n, _ in runs])
    if sides is not None and worth_cutting(size, one, two):
        plan = _sum(groups, shape, sides.axes, sides.target, (one.shape, two.shape), processors())
        if plan is not None:
            return _added(plan, *((one, two) if plan.near == 0 else (two, one)))
    found = contract(spec, one, two) if installed() else np.einsum(spec, one, two, optimize=True)
    return add_windows(shape, found, places)


@dataclass(frozen=True)
class _Sum:
    """How products are added in pieces.

    near   which operand has the index that is cut along
    left   the matrices of the other operand, the left one of each product
    right  those of this one
    shape  of the result as it lies in memory, the axis outermost that is cut along, and
    order  that of its axes
    lines  of a piece, as it is added
    """

    near: int
    left: Stack
    right: Stack
    shape: tuple[int, ...]
    order: tuple[int, ...]
    lines: Lines


@lru_cache(maxsize=256)
def _sum(
    groups: tuple[Any, ...], shape: tuple[int, ...], axes: tuple[str, str], target: str,
    shapes: tuple[tuple[int, ...], tuple[int, ...]], portions: int,
) -> _Sum | None:  # fmt: skip
    """The sum of products, cut along the first axis along which no windows go; None if there is none."""
    extents = extents_of(axes, shapes)
    alone = [k for k, n in enumerate(shape) if groups[k] == (0, (n, 1)) and n >= max(2, portions)]
    repeats = not extents or [extents[i] for i in target] != [n for _, *runs in groups for n, _ in runs]
    if repeats or not alone:
        return None
    lead = alone[0]
    cut = target[sum(len(group) - 1 for group in groups[:lead])]
    near = 0 if cut in axes[0] else 1
    here, there = axes[near], axes[1 - near]
    summed = "".join(i for i in there if i in here)
    across, down = ("".join(i for i in a if i not in summed and i != cut) for a in (here, there))
    piece = down + across
    part_steps = iter([0 if i == cut else size_of(piece[piece.index(i) + 1 :], extents) for i in target])
    lines = [window_axis(n, s, r, [next(part_steps) for _ in r]) for n, (s, *r) in zip(shape, groups, strict=True)]
    others = sorted((k for k in range(len(shape)) if k != lead), key=lambda k: -lines[k].steps[1])
    placed = [lines[k].in_memory(prod(shape[j] for j in others[at + 1 :])) for at, k in enumerate(others)]
    order = (lead, *others)
    return _Sum(
        near=near,
        left=stack_of(there, cut, down, summed, extents),
        right=stack_of(here, cut, summed, across, extents),
        shape=tuple(shape[k] for k in order),
        order=tuple(order.index(k) for k in range(len(shape))),
        lines=lines_of(placed),
    )


def _added(plan: _Sum, near: Array, far: Array) -> Array:
    """The products of two arrays added; the first has the index that is cut along."""
    count = plan.shape[0]
    portions = min(processors(), count)
    left, right, out = plan.left.of(far), plan.right.of(near), np.empty(plan.shape, near.dtype)
    pieces = np.empty((portions, left.shape[1], right.shape[2]), near.dtype)
    team().run(
        _adding(near.dtype.char == "f"), count, portions,
        out.reshape(count, -1), left, right, pieces, pieces.reshape(portions, -1), *plan.lines,
    )  # fmt: skip
    return out.transpose(plan.order)


@cache
def _adding(single: bool) -> Turn:
    """What a thread does of adding products: the pieces from ``first`` to before ``last``."""
    import numba

    put, multiply, (begin, end) = put_lines(), product(single), signals()

    @numba.njit(signature(single, "rsssr"), nogil=True, error_model="numpy")
    def add(
        board: Array, seat: int, number: int, portions: int, first: int, last: int, out: Array, left: Array,
        right: Array, pieces: Array, buffers: Array,
        rows: Array, middle: Array, inner: Array, steps: tuple[int, ...],
    ) -> None:  # fmt: skip
        if not begin(board, seat, number, portions):
            return
        for k in range(first, last):
            multiply(pieces[seat], left[0], right[k], 0.0)
            out[k] = 0.0
            put(True, out[k], buffers[seat], 0, 0, rows, middle, inner, steps)
        end(board, seat, number, portions)

    return add
