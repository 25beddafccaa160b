"""Products of stacks of matrices, each thread with matrices of its own.

The library that multiplies them would divide each product between threads, which gains nothing where they are small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.fused.portions import in_portions

Array = Any  # a NumPy array of any type


def multiply_stacks(left: Array, right: Array) -> Array:
    """The products of two stacks of matrices, (…, L, K) and (…, K, M)."""
    out = np.empty((*left.shape[:-1], right.shape[-1]), np.result_type(left, right))

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
