"""Work on rows in portions, on all processors at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache

_SMALL = 2**17  # below so many elements in the largest array the work is done before another thread has begun


def in_portions(work: Callable[[int, int, int], None], rows: int, elements: int) -> None:
    """``work(portion, first, last)`` for all rows, a portion from ``first`` to before ``last``.

    ``elements`` tells how much it is.  The work must let go of the lock of Python for most of its time, and write to
    places of its own.
    """
    portions = max(1, min(processors(), rows)) if elements >= _SMALL else 1
    ends = [rows * k // portions for k in range(portions + 1)]
    others: list[Future[None]] = []
    with suppress(RuntimeError):  # no thread begins while the program ends
        others += (_pool().submit(work, k, ends[k], ends[k + 1]) for k in range(1, portions))
    for k in (0, *range(1 + len(others), portions)):
        work(k, ends[k], ends[k + 1])
    for other in others:
        other.result()


@lru_cache(maxsize=1)
def processors() -> int:
    """How many portions there are at most; more than 8 do not read memory any faster."""
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="derive-portion")


def register_at_fork(forget: Callable[[], None]) -> None:
    """Have threads forgotten in a child process, which has none of its parent's."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)


register_at_fork(_pool.cache_clear)
