"""Compiled work on rows in portions, one a processor, by threads that stay awake between two pieces of work.

To wake a thread that sleeps takes longer than the work on an array of a megabyte.  So a thread that has done its
portion looks for more for about 0.3 ms before it leaves, and a piece of work begins by a number that all of them see.
None of this holds Python's lock: what waits and what is waited for are both compiled.  On a busy machine a thread may
come late: its portion is then done by who waits for it.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import numpy as np

_PATIENCE = 60_000  # looks at the board, of some 5 ns each
_LINE = 8  # numbers of the board that lie in one cache line; each seat has one
_TAKEN = 1  # where on the board the portions stand that seat 0 has taken from others, a bit each

# A turn is (board, seat, number, portions, first, last, *arguments), compiled or not, and stands between ``signals``.
# On the board stands the number of the last piece of work begun; and in the line of each other seat that of its last
# portion that is done, and of the last that somebody has begun.
Turn = Callable[..., None]


class Team:
    """As many seats as processors; who calls takes seat 0, a thread each of the others.

    An interrupt may come anywhere in Python.  So threads are woken by a queue and work is taken by ``with`` of a lock,
    neither of which an interrupt leaves half done; a pool of ``concurrent.futures`` it may leave locked.
    """

    def __init__(self) -> None:
        seats = processors()
        self._board = np.zeros(_LINE * seats, np.int64)
        self._calls: list[SimpleQueue[None]] = [SimpleQueue() for _ in range(seats)]
        self._begun = [False] * seats
        self._closed = False
        self._number = 0  # of the last piece of work
        self._jobs: list[tuple[Any, ...] | None] = [None] * seats
        self._awake = [False] * seats
        self._changing = Lock()  # of jobs, of who is awake, and of whether anybody may be
        self._working = Lock()
        self._failures: dict[int, BaseException] = {}

    def run(self, turn: Turn, rows: int, portions: int, *arguments: Any) -> None:
        """Do all rows in portions, at most as many as processors; in one, where the team works for another thread."""
        if portions < 2 or self._working.locked():
            turn(self._board, 0, 0, 1, 0, rows, *arguments)
            return
        with self._working:
            self._together(turn, rows, portions, arguments)

    def _together(self, turn: Turn, rows: int, portions: int, arguments: tuple[Any, ...]) -> None:
        self._number = number = self._number + 1  # never again, even where an interrupt ends this one half way
        ends = [rows * k // portions for k in range(portions + 1)]
        for seat in range(1, portions):
            self._call(seat, (turn, number, portions, ends[seat], ends[seat + 1], *arguments))
        self._board[_TAKEN] = 0
        try:
            turn(self._board, 0, number, portions, 0, ends[1], *arguments)
            for seat in range(1, portions):
                if self._is_taken(seat):
                    turn(self._board, seat, number, 1, ends[seat], ends[seat + 1], *arguments)
        finally:  # an interrupt may come as soon as the turn is over
            while any(self._board[_LINE * seat] < number and not self._is_taken(seat) for seat in range(1, portions)):
                time.sleep(1e-5)
        if number in self._failures:
            raise self._failures.pop(number)

    def _is_taken(self, seat: int) -> bool:
        return bool(self._board[_TAKEN] >> seat & 1)

    def _call(self, seat: int, job: tuple[Any, ...]) -> None:
        with self._changing:
            self._jobs[seat] = job
            asleep = not (self._awake[seat] or self._closed)
        if asleep:
            self._wake(seat)

    def _wake(self, seat: int) -> None:
        if not self._begun[seat]:
            with suppress(RuntimeError):  # no thread can begin: who waits does the portion
                Thread(target=self._serve, args=(seat,), name=f"derive-team-{seat}", daemon=True).start()
                self._begun[seat] = True
        self._calls[seat].put(None)

    def close(self) -> None:
        """Let nobody come any more, and wait until all have left."""
        with self._changing:
            self._closed = True
        while any(self._awake):
            time.sleep(1e-5)

    def _serve(self, seat: int) -> None:
        while True:
            self._calls[seat].get()
            self._work(seat)

    def _work(self, seat: int) -> None:
        """Do jobs until none has come for a while."""
        with self._changing:
            if self._awake[seat] or self._closed:
                return
            self._awake[seat] = True
        while job := self._next_job(seat):
            turn, number, *rest = job
            try:
                turn(self._board, seat, number, *rest)
            except BaseException as failure:
                self._failures[number] = failure
                self._board[_LINE * seat] = number

    def _next_job(self, seat: int) -> tuple[Any, ...] | None:
        with self._changing:
            job, self._jobs[seat] = self._jobs[seat], None
            self._awake[seat] = job is not None
        return job


@lru_cache(maxsize=1)
def signals() -> tuple[Callable[..., bool], Callable[..., None]]:
    """The first and the last thing that a turn does, compiled: ``begin`` and ``end`` (board, seat, number, portions).

    Seat 0 begins by telling the others to begin.  ``begin`` is false for another seat whose portion has been taken.  At
    its end seat 0 takes the portions that nobody has begun, writes their seats on the board, and else waits for those
    who are at theirs.  Each other seat tells that it is done, and waits for the next piece to begin.  All of this waits
    only as long as patience lasts.
    """
    import numba

    fence, claimed = _fence(), _claimed()

    @numba.njit(nogil=True)
    def wait(board: Any, place: int, number: int) -> None:
        looks = 0
        while board[place] < number and looks < _PATIENCE:
            fence()
            looks += 1

    @numba.njit(nogil=True)
    def begin(board: Any, seat: int, number: int, portions: int) -> bool:
        if portions == 1:
            return True
        if seat == 0:
            board[0] = number
            fence()
            return True
        mine: bool = claimed(board, _LINE * seat + 1, number)
        if not mine:
            wait(board, 0, number + 1)
        return mine

    @numba.njit(nogil=True)
    def end(board: Any, seat: int, number: int, portions: int) -> None:
        fence()
        if seat == 0:
            for other in range(1, portions):
                if claimed(board, _LINE * other + 1, number):
                    board[_TAKEN] |= 1 << other
            for other in range(1, portions if board[_TAKEN] == 0 else 1):
                wait(board, _LINE * other, number)
        elif portions > 1:
            board[_LINE * seat] = number
            fence()
            wait(board, 0, number + 1)

    return begin, end


@lru_cache(maxsize=1)
def _fence() -> Callable[[], None]:
    """What is written before it is seen by all processors before what is written after it, and read anew."""
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def fence(context: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            builder.fence("seq_cst")
            return context.get_dummy_value()

        return types.void(), generate

    return fence  # type: ignore[return-value]


@lru_cache(maxsize=1)
def _claimed() -> Callable[[Any, int, int], bool]:
    """Set a place of the board to a number, if it is less; whether it was this caller who did, and nobody before."""
    import numba
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def exchanged(context: Any, board: Any, place: Any, old: Any, new: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(board)(context, builder, arguments[0])
            pointer = cgutils.get_item_pointer(context, builder, board, array, [arguments[1]])  # type: ignore[no-untyped-call]
            found = builder.cmpxchg(pointer, arguments[2], arguments[3], "seq_cst", "seq_cst")
            return builder.extract_value(found, 1)

        return types.boolean(board, types.intp, types.int64, types.int64), generate

    @numba.njit
    def claimed(board: Any, place: int, number: int) -> bool:
        old = board[place]
        return old < number and bool(exchanged(board, place, old, number))  # type: ignore[call-arg]

    return claimed  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def processors() -> int:
    """How many portions there are at most; more than 8 do not read memory any faster."""
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@lru_cache(maxsize=1)
def team() -> Team:
    """The team of this process."""
    return Team()


if hasattr(os, "register_at_fork"):  # a child process has none of its parent's threads
    os.register_at_fork(after_in_child=team.cache_clear)


@atexit.register
def _close() -> None:
    """Have no thread in compiled code while Python ends."""
    if team.cache_info().currsize:
        team().close()
