"""Products with windows, a piece at a time.

Windows hold the elements of an array many times.  Copied out for a product, or as parts that are to be added, they
take more memory than a processor's cache has, and to write and read them takes longer than to multiply.  So they are
cut along one index: a piece is copied to a buffer and multiplied, or multiplied to a buffer and added from there, while
the buffer stays in the cache.  The library multiplies; where it is not installed none of this is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np

from derive.forms.fused import contraction
from derive.forms.fused.contraction import sides_of
from derive.forms.fused.library import installed, product
from derive.forms.fused.lines import Lines, in_steps, lines_of, memory, put_lines, steps, whole_axis, window_axis
from derive.forms.fused.portions import processors
from derive.forms.fused.products import without_gaps
from derive.forms.fused.team import Turn, signals, team
from derive.forms.fused.windows import Places, add_windows, contiguous, groups_of

Array = Any  # a NumPy array of any type
Extents = Mapping[str, int]

_MUCH = 2**17  # elements, below which windows stay in the cache as a whole


def operand(view: Array) -> Array:
    """A view as the operand of a product: copied, unless the product does that a piece at a time."""
    return view if installed() else contiguous(view)


def contract(spec: str, one: Array, two: Array) -> Array:
    """``np.einsum(spec, one, two)``, in pieces where a large operand does not lie in memory as a matrix."""
    sides, k = sides_of(spec), 0 if one.size >= two.size else 1
    large, other = (one, two) if k == 0 else (two, one)
    if sides is not None and large.size >= _MUCH and installed():
        axes, others = sides.axes[k], sides.axes[1 - k]
        extents = _extents(axes, others, large, other)
        if extents and not _is_matrix(large, axes, others):
            lead = _cut(axes, others, sides.target, large, extents)
            if lead:
                return _contracted(axes, others, sides.target, in_steps(large), other, lead, extents)
    return contraction.contract(spec, one, two)


def _extents(axes: str, others: str, one: Array, two: Array) -> dict[str, int]:
    """How far each index runs; nothing where two arrays cannot be multiplied by the library as they are."""
    first, second = dict(zip(axes, one.shape, strict=True)), dict(zip(others, two.shape, strict=True))
    fits = one.dtype == two.dtype and one.dtype.char in "fd" and one.size and two.size
    return first | second if fits and all(first.get(i, n) == n for i, n in second.items()) else {}


def _is_matrix(array: Array, axes: str, others: str) -> bool:
    """Whether the axes that another array has too lie in memory as one, and the rest as another."""
    for shared in (True, False):
        group = [k for k, i in enumerate(axes) if (i in others) == shared]
        for k, after in zip(group, group[1:], strict=False):
            if array.strides[k] != array.strides[after] * array.shape[after]:
                return False
    return True


def _cut(axes: str, others: str, target: str, large: Array, extents: Extents) -> str | None:
    """The index to cut along, whose places lie farthest apart; if it is summed over, the result must not be large."""
    for lead in sorted(axes, key=lambda i: -large.strides[axes.index(i)]):
        small = _size(target, extents) * extents[lead] <= large.size
        if extents[lead] >= max(2, processors()) and (small if lead in others else len(target) > 1):
            return lead
    return None


def _contracted(
    axes: str, others: str, target: str, large: Array, other: Array, lead: str, extents: Extents
) -> Array:  # fmt: skip
    """The contraction ``axes,others->target``, with the first array cut along the index ``lead``."""
    apart = {i: step / extents[i] for i, step in zip(axes, large.strides, strict=True)}
    left = sorted((i for i in axes if i != lead), key=lambda i: -apart[i])  # last what makes the best lines
    summed, own = "".join(i for i in left if i in others), "".join(i for i in left if i not in others)
    rest = "".join(i for i in others if i not in axes)
    outer, inner = (summed, own) if left[-1] in own else (own, summed)
    portions = min(processors(), extents[lead])
    buffers = np.empty((portions, _size(outer, extents), _size(inner, extents)), large.dtype)
    pieces = buffers if inner == own else buffers.transpose(0, 2, 1)  # (portion, summed, own)
    stack = _stack(other, others, lead, rest, summed, extents)
    adds = lead in others
    by_rest = _size(rest, extents) >= _size(own, extents) if adds else target.replace(lead, "")[-1] in own
    if not by_rest:
        stack, pieces = stack.transpose(0, 2, 1), pieces.transpose(0, 2, 1)
    shape = (stack.shape[1], pieces.shape[2]) if by_rest else (pieces.shape[1], stack.shape[2])
    results = np.zeros((portions, *shape), large.dtype) if adds else np.empty((extents[lead], *shape), large.dtype)
    lines = _copying(large.shape, steps(large), tuple(axes.index(i) for i in outer + inner))
    team().run(
        _contracting(large.dtype.char == "f"), extents[lead], portions, adds, by_rest, results, stack, pieces,
        buffers.reshape(portions, -1), memory(large), steps(large)[axes.index(lead)], *lines,
    )  # fmt: skip
    made = ("" if adds else lead) + (rest + own if by_rest else own + rest)
    found = (results.sum(axis=0) if adds else results).reshape([extents[i] for i in made])
    return found.transpose([made.index(i) for i in target])


def _size(axes: str, extents: Extents) -> int:
    return prod(extents[i] for i in axes)


def _stack(array: Array, axes: str, lead: str, down: str, across: str, extents: Extents) -> Array:
    """An array as matrices, one for each place of the index ``lead``: all the same where it has not that index."""
    turned = axes.replace(lead, "")[-1:] in tuple(down)
    order = across + down if turned else down + across
    count = extents[lead] if lead in axes else 1
    moved = array.transpose([axes.index(i) for i in (lead if lead in axes else "") + order])
    first, second = (across, down) if turned else (down, across)
    stack = moved.reshape(count, _size(first, extents), _size(second, extents))
    stack = without_gaps(stack.transpose(0, 2, 1) if turned else stack)
    strides = stack.strides[0] if lead in axes else 0, *stack.strides[1:]  # the library minds those of single rows too
    return np.lib.stride_tricks.as_strided(stack, (extents[lead], *stack.shape[1:]), strides)


@lru_cache(maxsize=256)
def _copying(shape: tuple[int, ...], source_steps: tuple[int, ...], order: tuple[int, ...]) -> Lines:
    """The lines in which axes of an array are copied, so that they lie in memory in some order."""
    after = [prod(shape[j] for j in order[place + 1 :]) for place in range(len(order))]
    return lines_of([whole_axis(shape[k], step, source_steps[k]) for k, step in zip(order, after, strict=True)])


def add_product_windows(shape: tuple[int, ...], spec: str, one: Array, two: Array, places: Places) -> Array:
    """``add_windows(shape, np.einsum(spec, one, two), places)``, in pieces where the product is large."""
    sides, groups = sides_of(spec), groups_of(shape, places)
    if sides is not None and installed():
        extents = _extents(*sides.axes, one, two)
        lead = _leading(shape, groups, sides.target, extents) if extents else None
        if lead is not None and _size(sides.target, extents) >= _MUCH:
            near = 0 if sides.target[_first_part(groups, lead)] in sides.axes[0] else 1
            arrays = (one, two) if near == 0 else (two, one)
            axes = sides.axes if near == 0 else sides.axes[::-1]
            return _added(shape, groups, sides.target, axes, arrays, lead, extents)
    found = contract(spec, one, two) if installed() else np.einsum(spec, one, two, optimize=True)
    return add_windows(shape, found, places)


def _first_part(groups: tuple[Any, ...], axis: int) -> int:
    """The first axis of the parts that lies along an axis of the result."""
    return sum(len(group) - 1 for group in groups[:axis])


def _leading(shape: tuple[int, ...], groups: tuple[Any, ...], target: str, extents: Extents) -> int | None:
    """The first axis that parts can be cut along: no windows go along it; None if there is none."""
    if [extents[i] for i in target] != [n for _, *runs in groups for n, _ in runs]:
        return None  # parts are repeated
    alone = [k for k, n in enumerate(shape) if groups[k] == (0, (n, 1)) and n >= max(2, processors())]
    return min(alone, default=None)


def _added(
    shape: tuple[int, ...], groups: tuple[Any, ...], target: str, axes: tuple[str, str], arrays: tuple[Array, Array],
    lead: int, extents: Extents,
) -> Array:  # fmt: skip
    """Products added, cut along axis ``lead`` of the result, whose index the first of the arrays has."""
    cut = target[_first_part(groups, lead)]
    summed = "".join(i for i in axes[1] if i in axes[0])
    across, down = ("".join(i for i in a if i not in summed and i != cut) for a in axes)
    left = _stack(arrays[1], axes[1], cut, down, summed, extents)
    right = _stack(arrays[0], axes[0], cut, summed, across, extents)
    piece = down + across
    part_steps = tuple(0 if i == cut else _size(piece[piece.index(i) + 1 :], extents) for i in target)
    order, lines = _adding_plan(groups, shape, part_steps, lead)
    portions = min(processors(), shape[lead])
    out = np.empty([shape[k] for k in order], arrays[0].dtype)
    buffers = np.empty((portions, left.shape[1], right.shape[2]), out.dtype)
    team().run(
        _adding(out.dtype.char == "f"), shape[lead], portions,
        out.reshape(shape[lead], -1), left, right, buffers, buffers.reshape(portions, -1), *lines,
    )  # fmt: skip
    return out.transpose(np.argsort(order))


@lru_cache(maxsize=256)
def _adding_plan(
    groups: tuple[Any, ...], shape: tuple[int, ...], part_steps: tuple[int, ...], lead: int
) -> tuple[tuple[int, ...], Lines]:
    """The order of axes in memory, ``lead`` outermost, and the lines of a piece."""
    left = iter(part_steps)
    axes = [window_axis(n, s, runs, [next(left) for _ in runs]) for n, (s, *runs) in zip(shape, groups, strict=True)]
    others = sorted((k for k in range(len(shape)) if k != lead), key=lambda k: -axes[k].steps[1])
    placed = [axes[k].in_memory(prod(shape[j] for j in others[place + 1 :])) for place, k in enumerate(others)]
    return (lead, *others), lines_of(placed)


@cache
def _contracting(single: bool) -> Turn:
    """What a thread does of a contraction: the pieces from ``first`` to before ``last``."""
    import numba

    put, multiply, (begin, end) = put_lines(), product(single), signals()

    @numba.njit(_signature(single, "bbsssrmn"), nogil=True, error_model="numpy")
    def contract(
        board: Array, seat: int, number: int, portions: int, first: int, last: int, adds: bool, by_rest: bool,
        results: Array, stack: Array, pieces: Array, buffers: Array, source: Array, step: int,
        rows: Array, middle: Array, inner: Array, steps: tuple[int, ...],
    ) -> int:  # fmt: skip
        if not begin(board, seat, number, portions):
            return 0
        for k in range(first, last):
            put(False, buffers[seat], source, 0, k * step, rows, middle, inner, steps)
            result = results[seat if adds else k]
            if by_rest:
                multiply(result, stack[k], pieces[seat], 1.0 if adds else 0.0)
            else:
                multiply(result, pieces[seat], stack[k], 1.0 if adds else 0.0)
        return end(board, seat, number, portions)

    return contract


@cache
def _adding(single: bool) -> Turn:
    """What a thread does of adding products: the pieces from ``first`` to before ``last``."""
    import numba

    put, multiply, (begin, end) = put_lines(), product(single), signals()

    @numba.njit(_signature(single, "rsssr"), nogil=True, error_model="numpy")
    def add(
        board: Array, seat: int, number: int, portions: int, first: int, last: int, out: Array, left: Array,
        right: Array, pieces: Array, buffers: Array,
        rows: Array, middle: Array, inner: Array, steps: tuple[int, ...],
    ) -> int:  # fmt: skip
        if not begin(board, seat, number, portions):
            return 0
        for k in range(first, last):
            multiply(pieces[seat], left[k], right[k], 0.0)
            out[k] = 0.0
            put(True, out[k], buffers[seat], 0, 0, rows, middle, inner, steps)
        return end(board, seat, number, portions)

    return add


def _signature(single: bool, kinds: str) -> object:
    """The types of a turn, its own arguments told by letters.

    A stack of matrices, rows that are written to, a memory, a truth, a whole number: s, r, m, b, n; then lines.
    """
    from numba.core.types import Array, UniTuple, boolean, float32, float64, int64

    number, table = float32 if single else float64, Array(int64, 2, "C")
    stack, memory = Array(number, 3, "A", readonly=True), Array(number, 1, "C", readonly=True)
    types = {"s": stack, "r": Array(number, 2, "C"), "m": memory, "b": boolean, "n": int64}
    lines = (table, table, table, UniTuple(int64, 4))  # type: ignore[no-untyped-call]
    return int64(Array(int64, 1, "C"), *[int64] * 5, *(types[k] for k in kinds), *lines)
