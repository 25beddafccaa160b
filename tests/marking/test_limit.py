"""A limit on the time of work."""

import signal
import sys
import threading
from contextlib import suppress

import numpy as np
import pytest

from derive.marking.limit import OutOfTime, spending, within


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


@pytest.mark.skipif(sys.platform != "linux", reason="needs to know what a process has")
def test_work_that_takes_all_memory_is_ended() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), spending(10**9):
        np.zeros((5,) * 16)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_work_that_takes_little_is_left_alone() -> None:
    with spending(10**9):
        assert np.ones(10**6).sum() == 10**6
