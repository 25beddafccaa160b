"""A limit on how long work in this process may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The work took longer than it may; not an Exception, so that nothing that recovers from errors holds it up."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the work below when so many seconds have passed.

    It takes a signal, which systems other than POSIX lack and only a main thread can have: elsewhere there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTime
