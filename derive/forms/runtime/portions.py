"""Work in Python on rows in portions, on all processors at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from derive.forms.runtime.team import Turn, processors, signals, team

_SMALL = 2**17  # below so many elements in the largest array the work is done before another thread has begun

Work = Callable[[int, int, int], None]


def in_portions(work: Work, rows: int, elements: int) -> None:
    """``work(portion, first, last)`` for all rows, a portion from ``first`` to before ``last``.

    ``elements`` tells how much it is.  The work must let go of the lock of Python for most of its time, and write to
    places of its own.
    """
    team().run(_turn(), rows, min(processors(), rows) if elements >= _SMALL else 1, work)


@lru_cache(maxsize=1)
def _turn() -> Turn:
    begin, end = signals()

    def turn(board: Any, seat: int, number: int, portions: int, first: int, last: int, work: Work) -> None:
        if begin(board, seat, number, portions):
            work(seat, first, last)
            end(board, seat, number, portions)

    return turn
