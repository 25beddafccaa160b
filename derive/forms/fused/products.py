"""Products of matrices as fused code calls them, on all processors: by MKL where it is installed, or by NumPy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.fused.library import installed, products, products_of_stacks
from derive.forms.fused.portions import in_portions, processors
from derive.forms.fused.team import team

Array = Any  # a NumPy array of any type

_SMALL = 2**18  # multiplications of two numbers, below which a second thread does not help


def multiply(left: Array, right: Array, out: Array | None = None) -> Array:
    """``left @ right``, matrices (L, K) and (K, M) or vectors, in ``out`` where that is given."""
    if not left.ndim == right.ndim == 2:
        return np.matmul(left, right, out=out)
    if out is None:
        out = np.empty((len(left), right.shape[1]), np.result_type(left, right))
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
    if not (all(_fits(term, first) for term in terms) and installed()):
        return False
    by_columns = len(terms) == 1 and first.shape[1] > first.shape[0]
    extent = first.shape[1] if by_columns else first.shape[0]
    work = sum([out.size * left.shape[1] for out, left, _ in terms])
    matrices = [without_gaps(m) for term in terms for m in term]
    turn = products(len(terms), first.dtype.char == "f")
    team().run(turn, extent, _portions(extent, work), by_columns, add, *matrices)
    return True


def _fits(term: tuple[Array, Array, Array], first: Array) -> bool:
    """Whether a term can be multiplied with others whose first result is ``first``."""
    out, left, right = term
    return (
        out.ndim == left.ndim == right.ndim == 2
        and out.dtype == left.dtype == right.dtype == first.dtype
        and first.dtype.char in "fd"
        and len(out) == len(first)
        and out.size > 0
        and left.size > 0
        and out is without_gaps(out)
        and out.strides[1] == out.itemsize
    )


def without_gaps(matrices: Array) -> Array:
    """A matrix or a stack of them as the library takes it, with no gap along one axis; itself, or a copy."""
    (rows, columns), (down, across) = matrices.shape[-2:], matrices.strides[-2:]
    item = matrices.itemsize
    plain = across == item and down >= item * columns
    transposed = down == item and across >= item * rows
    return matrices if (plain or transposed) and matrices.flags.aligned else np.ascontiguousarray(matrices)


def _portions(extent: int, work: int) -> int:
    return min(processors(), extent) if work >= _SMALL else 1


def multiply_stacks(left: Array, right: Array) -> Array:
    """The products of two stacks of matrices, (…, L, K) and (…, K, M); a thread does whole matrices.

    The library would divide each product between threads, which gains nothing where they are small.
    """
    out = np.empty((*left.shape[:-1], right.shape[-1]), np.result_type(left, right))
    if out.size and left.size and left.dtype == right.dtype and out.dtype.char in "fd" and installed():
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
