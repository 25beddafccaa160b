"""Products of matrices as fused code calls them, on all processors: by MKL where it is installed, or by NumPy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.runtime.library import MOST, installed, products, products_of_stacks
from derive.forms.runtime.portions import in_portions
from derive.forms.runtime.team import processors, team

Array = Any  # a NumPy array of any type

_SMALL = 2**20  # multiplications of two numbers, below which a second thread does not help


def multiply(left: Array, right: Array, out: Array | None = None) -> Array:
    """``left @ right``, matrices (L, K) and (K, M) or vectors, in ``out`` where that is given."""
    if not (left.ndim == right.ndim == 2 and left.dtype == right.dtype):
        return np.matmul(left, right, out=out)
    if out is None:
        out = np.empty((len(left), right.shape[1]), left.dtype)
    if not _set(0.0, (out, left, right)):
        np.matmul(left, right, out=out)
    return out


def add_products(*terms: tuple[Array, Array, Array]) -> None:
    """``out += left @ right`` for each (out, left, right) as one piece of work: none may read what another sets."""
    if not _set(1.0, *terms):
        for out, left, right in terms:
            out += left @ right


def _set(add: float, *terms: tuple[Array, Array, Array]) -> bool:
    """Have the library set the product of each term, or add it; False where it cannot, and nothing is done."""
    first = terms[0][0]
    if not (first.ndim == 2 and first.dtype.char in "fd" and installed()):
        return False
    rows, columns = first.shape
    matrices, work = [], 0
    for out, left, right in terms:
        if not (out.ndim == left.ndim == right.ndim == 2 and out.dtype == left.dtype == right.dtype == first.dtype):
            return False
        if not (len(out) == rows and _is_plain(out) and _count(out, left, right)):
            return False
        matrices += [out, without_gaps(left), without_gaps(right)]
        work += out.size * left.shape[1]
    by_columns = len(terms) == 1 and columns > rows
    extent = columns if by_columns else rows
    turn = products(len(terms), first.dtype.char == "f")
    team().run(turn, extent, _portions(extent, work), by_columns, add, *matrices)
    return True


def _count(*arrays: Array) -> bool:
    """Whether arrays have elements, and no more than the library counts."""
    return all([0 < array.size <= MOST for array in arrays])


def _is_plain(matrices: Array) -> bool:
    """Whether the last axis has no gaps in memory, and nothing overlaps."""
    down, across = matrices.strides[-2:]
    item = matrices.itemsize
    return across == item and item * matrices.shape[-1] <= down <= item * MOST and bool(matrices.flags.aligned)


def without_gaps(matrices: Array) -> Array:
    """A matrix or a stack of them as the library takes it, with no gap along one axis; itself, or a copy."""
    if _is_plain(matrices) or _is_plain(matrices.swapaxes(-1, -2)):
        return matrices
    return np.ascontiguousarray(matrices)


def _portions(extent: int, work: int) -> int:
    return min(processors(), extent) if work >= _SMALL else 1


def multiply_stacks(left: Array, right: Array) -> Array:
    """The products of two stacks of matrices, (…, L, K) and (…, K, M); a thread does whole matrices.

    The library would divide each product between threads, which gains nothing where they are small.
    """
    out = np.empty((*left.shape[:-1], right.shape[-1]), np.result_type(left, right))
    if _count(out, left, right) and left.dtype == right.dtype and out.dtype.char in "fd" and installed():
        stacks = [without_gaps(a.reshape(-1, *a.shape[-2:])) for a in (out, left, right)]
        extent = len(stacks[0])
        turn, portions = products_of_stacks(out.dtype.char == "f"), _portions(extent, out.size * left.shape[-1])
        team().run(turn, extent, portions, *stacks)
        return out

    def work(_: int, first: int, last: int) -> None:
        np.matmul(left[first:last], right[first:last], out=out[first:last])

    with _blas().limit(limits=1):
        in_portions(work, len(out), max(left.size, right.size, out.size))
    return out


@lru_cache(maxsize=1)
def _blas() -> Any:
    """The library that multiplies matrices for NumPy."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
