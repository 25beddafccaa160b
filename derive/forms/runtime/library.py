"""Products of matrices by MKL, the library of the extra ``mkl``: on processors that it is made for, the fastest.

It is used without threads of its own, which do not get on with those of other libraries in one program.  The team
divides the work instead.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import CDLL, c_double, c_float, c_int, c_size_t
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, files
from typing import Any

from derive.forms.runtime.team import Turn, signals

MOST = 2**31 - 1  # rows, columns and steps in memory that the library counts, in 32 bits
_SEQUENTIAL = 1  # MKL_THREADING_SEQUENTIAL
_BY_ROWS, _PLAIN, _TRANSPOSED = 101, 111, 112  # CblasRowMajor, CblasNoTrans, CblasTrans


@lru_cache(maxsize=1)
def _mkl() -> CDLL | None:
    """The library, or None where it is not installed."""
    try:
        path = next(f for f in files("mkl") or () if f.name.startswith(("libmkl_rt", "mkl_rt"))).locate()
        library = CDLL(str(path))
        library.MKL_Set_Threading_Layer(_SEQUENTIAL)
    except (PackageNotFoundError, StopIteration, OSError, AttributeError):
        return None
    return library


def installed() -> bool:
    """Whether the library is there."""
    return _mkl() is not None


@cache
def products(count: int, single: bool) -> Turn:
    """So many products as a turn of a team, with the arguments (by_columns, add, *matrices).

    The matrices are three by three: the result, and the two that are multiplied.  Each has one of its axes without gaps
    in memory, the result the last.  The results get columns (``by_columns``) or else rows ``first`` to before ``last``;
    they are added to what stands there with ``add = 1.0`` and put there with 0.0.  ``single``: of single precision.
    """
    import numba
    from numba.core.types import Array, UniTuple, boolean, float32, float64, int64, void

    one, (begin, end) = product(single), signals()
    matrix = Array(float32 if single else float64, 2, "A", readonly=True)
    given = void(Array(int64, 1, "C"), *[int64] * 5, boolean, float64, UniTuple(matrix, 3 * count))  # type: ignore[no-untyped-call]

    @numba.njit(given, nogil=True)
    def of_matrices(
        board: Any, seat: int, number: int, portions: int, first: int, last: int, by_columns: bool, add: float,
        *matrices: Any,
    ) -> None:  # fmt: skip
        if not begin(board, seat, number, portions):
            return
        for k in range(0, len(matrices), 3):
            if by_columns:
                one(matrices[k][:, first:last], matrices[k + 1], matrices[k + 2][:, first:last], add)
            else:
                one(matrices[k][first:last], matrices[k + 1][first:last], matrices[k + 2], add)
        end(board, seat, number, portions)

    return of_matrices


@cache
def products_of_stacks(single: bool) -> Turn:
    """The products of two stacks of matrices (S, rows, columns) as a turn of a team, with the arguments (*stacks).

    These are the result and the two that are multiplied, laid out as those of ``products``.
    """
    import numba
    from numba.core.types import Array, UniTuple, float32, float64, int64, void

    one, (begin, end) = product(single), signals()
    stack = Array(float32 if single else float64, 3, "A", readonly=True)

    @numba.njit(void(Array(int64, 1, "C"), *[int64] * 5, UniTuple(stack, 3)), nogil=True)  # type: ignore[no-untyped-call]
    def of_stacks(board: Any, seat: int, number: int, portions: int, first: int, last: int, *stacks: Any) -> None:
        if not begin(board, seat, number, portions):
            return
        for k in range(first, last):
            one(stacks[0][k], stacks[1][k], stacks[2][k], 0.0)
        end(board, seat, number, portions)

    return of_stacks


@cache
def product(single: bool) -> Callable[..., None]:
    """The compiled product of two matrices, (result, left, right, add)."""
    import numba

    library, number = _mkl(), c_float if single else c_double
    gemm = library.cblas_sgemm if single else library.cblas_dgemm  # type: ignore[union-attr]
    gemm.argtypes = [*[c_int] * 6, number, c_size_t, c_int, c_size_t, c_int, number, c_size_t, c_int]
    gemm.restype = None

    @numba.njit(nogil=True)
    def layout(matrix: Any) -> tuple[int, int]:
        if matrix.strides[1] == matrix.itemsize:
            return _PLAIN, max(matrix.strides[0] // matrix.itemsize, matrix.shape[1])
        return _TRANSPOSED, max(matrix.strides[1] // matrix.itemsize, matrix.shape[0])

    @numba.njit(nogil=True)
    def product(result: Any, left: Any, right: Any, add: float) -> None:
        (rows, columns), common = result.shape, left.shape[1]
        left_order, left_leading = layout(left)
        right_order, right_leading = layout(right)
        leading = max(result.strides[0] // result.itemsize, columns)
        gemm(_BY_ROWS, left_order, right_order, rows, columns, common, 1.0, left.ctypes.data, left_leading,
             right.ctypes.data, right_leading, add, result.ctypes.data, leading)  # fmt: skip

    return product
