"""Products of windows, a piece at a time.

Windows hold the elements of an array many times.  Copied out for a product they take more memory than a processor's
cache has, and to write and read them takes longer than to multiply.  So they are cut along one index: a piece is copied
to a buffer and multiplied while that stays in the cache.  The library multiplies; where it is not installed none of
this is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np

from derive.forms.runtime import contraction
from derive.forms.runtime.contraction import sides_of
from derive.forms.runtime.library import installed, product
from derive.forms.runtime.lines import Lines, in_steps, lines_of, memory, put_lines, steps, whole_axis
from derive.forms.runtime.stacks import Extents, Stack, extents_of, signature, size_of, stack_of, worth_cutting
from derive.forms.runtime.team import Turn, processors, signals, team
from derive.forms.runtime.windows import contiguous

Array = Any  # a NumPy array of any type


def operand(view: Array) -> Array:
    """A view as the operand of a product: copied, unless the product does that a piece at a time."""
    return view if installed() else contiguous(view)


def contract(spec: str, one: Array, two: Array) -> Array:
    """``np.einsum(spec, one, two)``, in pieces where a large operand does not lie in memory as a matrix."""
    sides, k = sides_of(spec), 0 if one.size >= two.size else 1
    large, other = (one, two) if k == 0 else (two, one)
    if sides is not None and worth_cutting(large.size, large, other):
        large = in_steps(large)
        plan = _contraction(
            sides.axes[k], sides.axes[1 - k], sides.target, large.shape, other.shape, steps(large), processors()
        )
        if plan is not None:
            return _contracted(plan, large, other)
    return contraction.contract(spec, one, two)


@dataclass(frozen=True)
class _Contraction:
    """How a contraction is done in pieces.

    count   of pieces, one for each place of the index that is cut along
    step    from one to the next in memory
    lines   of a piece, as it is copied
    piece   shape of the copy
    turned  whether it is multiplied as it is turned round
    other   the matrices that pieces are multiplied with
    first   whether these are the left operands
    adds    whether the products are added up, or else are each a part of the result
    result  shape of a product
    made    shape of all of the result, and
    order   that of its axes
    """

    count: int
    step: int
    lines: Lines
    piece: tuple[int, int]
    turned: bool
    other: Stack
    first: bool
    adds: bool
    result: tuple[int, int]
    made: tuple[int, ...]
    order: tuple[int, ...]


@lru_cache(maxsize=256)
def _contraction(
    axes: str, others: str, target: str, shape: tuple[int, ...], other_shape: tuple[int, ...],
    places: tuple[int, ...], portions: int,
) -> _Contraction | None:  # fmt: skip
    """The contraction ``axes,others->target``, the first array cut; ``places`` are its steps in memory.

    None if that array is a matrix as it lies, or if there is no index to cut along.
    """
    extents = extents_of((axes, others), (shape, other_shape))
    lead = _cut(axes, others, target, dict(zip(axes, places, strict=True)), extents, portions) if extents else None
    if lead is None:
        return None
    apart = {i: step / extents[i] for i, step in zip(axes, places, strict=True)}
    left = sorted((i for i in axes if i != lead), key=lambda i: -apart[i])  # last what makes the best lines
    summed, own = "".join(i for i in left if i in others), "".join(i for i in left if i not in others)
    rest = "".join(i for i in others if i not in axes)
    outer, inner = (summed, own) if left[-1] in own else (own, summed)
    adds = lead in others
    first = size_of(rest, extents) >= size_of(own, extents) if adds else target.replace(lead, "")[-1] in own
    down, across = (rest, own) if first else (own, rest)
    made = ("" if adds else lead) + down + across
    return _Contraction(
        count=extents[lead],
        step=places[axes.index(lead)],
        lines=_copying([extents[i] for i in outer + inner], [places[axes.index(i)] for i in outer + inner]),
        piece=(size_of(outer, extents), size_of(inner, extents)),
        turned=(inner == own) != first,
        other=stack_of(others, lead, rest, summed, extents) if first else stack_of(others, lead, summed, rest, extents),
        first=first,
        adds=adds,
        result=(size_of(down, extents), size_of(across, extents)),
        made=tuple(extents[i] for i in made),
        order=tuple(made.index(i) for i in target),
    )


def _cut(
    axes: str, others: str, target: str, places: Mapping[str, int], extents: Extents, portions: int
) -> str | None:  # fmt: skip
    """The index to cut along, whose places lie farthest apart; if it is summed over, the result must not be large."""
    groups = [i for i in axes if i in others], [i for i in axes if i not in others]
    pairs = [pair for group in groups for pair in zip(group, group[1:], strict=False)]
    if all(places[i] == places[after] * extents[after] for i, after in pairs):
        return None  # it is a matrix
    for lead in sorted(axes, key=lambda i: -places[i]):
        small = size_of(target, extents) * extents[lead] <= size_of(axes, extents)
        if extents[lead] >= max(2, portions) and (small if lead in others else len(target) > 1):
            return lead
    return None


def _copying(shape: Sequence[int], places: Sequence[int]) -> Lines:
    """The lines in which an array with some steps in memory is copied so that it lies without gaps."""
    after = [prod(shape[k + 1 :]) for k in range(len(shape))]
    return lines_of([whole_axis(n, step, source) for n, step, source in zip(shape, after, places, strict=True)])


def _contracted(plan: _Contraction, large: Array, other: Array) -> Array:
    """The contraction of two arrays, the first of which is cut."""
    portions = min(processors(), plan.count)
    buffers = np.empty((portions, *plan.piece), large.dtype)
    if plan.adds:
        results = np.zeros((portions, *plan.result), large.dtype)
    else:
        results = np.empty((plan.count, *plan.result), large.dtype)
    team().run(
        _contracting(large.dtype.char == "f"), plan.count, portions, plan.adds, plan.first, results,
        plan.other.of(other), buffers.transpose(0, 2, 1) if plan.turned else buffers, buffers.reshape(portions, -1),
        memory(large), plan.step, *plan.lines,
    )  # fmt: skip
    return (results.sum(axis=0) if plan.adds else results).reshape(plan.made).transpose(plan.order)


@cache
def _contracting(single: bool) -> Turn:
    """What a thread does of a contraction: the pieces from ``first`` to before ``last``."""
    import numba

    put, multiply, (begin, end) = put_lines(), product(single), signals()

    @numba.njit(signature(single, "bbsssrmn"), nogil=True, error_model="numpy")
    def contract(
        board: Array, seat: int, number: int, portions: int, first: int, last: int, adds: bool, other_first: bool,
        results: Array, stack: Array, pieces: Array, buffers: Array, source: Array, step: int,
        rows: Array, middle: Array, inner: Array, steps: tuple[int, ...],
    ) -> None:  # fmt: skip
        if not begin(board, seat, number, portions):
            return
        one = len(stack) == 1
        for k in range(first, last):
            put(False, buffers[seat], source, 0, k * step, rows, middle, inner, steps)
            result = results[seat if adds else k]
            if other_first:
                multiply(result, stack[0 if one else k], pieces[seat], 1.0 if adds else 0.0)
            else:
                multiply(result, pieces[seat], stack[0 if one else k], 1.0 if adds else 0.0)
        end(board, seat, number, portions)

    return contract
