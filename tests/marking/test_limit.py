"""A limit on the time of work."""

import signal
import threading
from contextlib import suppress

import pytest

from derive.marking.limit import OutOfTime, within


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
def test_work_that_never_ends_is_ended() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(OutOfTime), within(0.05):
        while True:
            with suppress(Exception):  # nothing that recovers from errors holds it up
                sum(range(1000))
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_work_that_ends_is_left_alone() -> None:
    with within(60):
        done = True
    assert done and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_there_is_no_limit() -> None:
    done = []

    def work() -> None:
        with within(1e-9):
            done.append(sum(range(100)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [4950]
