"""Every row is done once, whoever is awake, and whoever else calls."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest

from derive.forms.runtime.team import Team, processors, signals, team

BEGIN, END = signals()


@numba.njit(nogil=True)
def COUNT(board, seat, number, portions, first, last, times, seats):
    if not BEGIN(board, seat, number, portions):
        return
    for row in range(first, last):
        times[row] += 1
        seats[row] = seat
    END(board, seat, number, portions)


@numba.njit(nogil=True)
def SLOW(board, seat, number, portions, first, last, out):
    if not BEGIN(board, seat, number, portions):
        return
    total = 0.0
    for _ in range(3_000_000 * seat):  # far beyond the patience of who waits
        total = total * 0.5 + 1.0
    out[seat] = last - first + 0.0 * total
    END(board, seat, number, portions)


@numba.njit(nogil=True)
def FAILS(board, seat, number, portions, first, last, wrong):
    if not BEGIN(board, seat, number, portions):
        return
    if seat == wrong:
        raise ValueError("no such row")
    END(board, seat, number, portions)


SEATS = max(2, processors())
needs_two = pytest.mark.skipif(processors() < 2, reason="one processor")


def counted(rows: int, portions: int, by: Team) -> tuple[np.ndarray, np.ndarray]:
    times, seats = np.zeros(rows, int), np.full(rows, -1)
    by.run(COUNT, rows, portions, times, seats)
    return times, seats


@pytest.mark.parametrize("rows", [1, 2, 7, 1000])
def test_every_row_is_done_once(rows: int) -> None:
    for portions in range(1, min(rows, processors()) + 1):
        times, seats = counted(rows, portions, team())
        assert (times == 1).all()
        assert sorted(set(seats)) == list(range(portions))
        assert (np.diff(seats) >= 0).all()


def test_many_short_pieces_one_after_the_other() -> None:
    times, seats = np.zeros(64, int), np.zeros(64, int)
    for _ in range(5000):
        team().run(COUNT, 64, processors(), times, seats)
    assert (times == 5000).all()


def test_a_thread_that_has_left_comes_again() -> None:
    for wait in (0.0, 0.0002, 0.0005, 0.001, 0.01) * 20:
        time.sleep(wait)
        assert (counted(100, processors(), team())[0] == 1).all()


def test_who_is_done_waits_for_the_others() -> None:
    for _ in range(3):
        out = np.zeros(SEATS)
        team().run(SLOW, 100, processors(), out)
        assert out.sum() == 100


def test_the_team_works_for_one_thread_at_a_time() -> None:
    def task(_: int) -> bool:
        return all((counted(500, processors(), team())[0] == 1).all() for _ in range(300))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(task, range(8)))


@needs_two
@pytest.mark.parametrize("wrong", [0, 1])
def test_what_a_seat_raises_is_raised(wrong: int) -> None:
    for _ in range(3):
        with pytest.raises(ValueError, match="no such row"):
            team().run(FAILS, 100, 2, wrong)
        assert (counted(100, processors(), team())[0] == 1).all()


@needs_two
def test_who_waits_does_what_nobody_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Team()
    monkeypatch.setattr(own, "_wake", lambda *_: None)  # the threads never come
    for _ in range(3):
        times, seats = counted(100, 2, own)
        assert (times == 1).all()
        assert sorted(set(seats)) == [0, 1]  # sums over rows have their parts as ever
    monkeypatch.undo()
    times, seats = np.zeros(100, int), np.full(100, -1)
    for _ in range(1000):  # now they come, and find an old job first
        own.run(COUNT, 100, 2, times, seats)
    assert (times == 1000).all()


@needs_two
def test_what_a_portion_that_was_taken_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Team()
    monkeypatch.setattr(own, "_wake", lambda *_: None)
    with pytest.raises(ValueError, match="no such row"):
        own.run(FAILS, 100, 2, 1)
    monkeypatch.undo()
    assert (counted(100, 2, own)[0] == 1).all()


@needs_two
def test_threads_leave_when_nothing_comes() -> None:
    counted(100, processors(), team())
    deadline = time.monotonic() + 10
    while any(team()._awake) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(team()._awake)


@needs_two
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
def test_an_interrupt_at_any_time_does_no_harm() -> None:
    own, handler = Team(), signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for k in range(500):
            with pytest.raises(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + 1e-6 * k)
                while True:
                    counted(100, 2, own)
            assert not own._working.locked()
            assert (counted(100, 2, own)[0] == 1).all()
    finally:
        signal.signal(signal.SIGALRM, handler)


@needs_two
def test_an_interrupt_before_the_threads_are_called_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Team()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(own, "_wake", interrupted)
    with pytest.raises(KeyboardInterrupt):
        counted(100, 2, own)
    monkeypatch.undo()
    assert (counted(100, 2, own)[0] == 1).all()


@needs_two
def test_an_interrupt_after_a_portion_was_taken_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Team()
    monkeypatch.setattr(own, "_wake", lambda *_: None)  # so that the other portion is taken

    def interrupted(*arguments: object) -> None:
        COUNT(*arguments)
        raise KeyboardInterrupt

    def run() -> None:
        with pytest.raises(KeyboardInterrupt):
            own.run(interrupted, 100, 2, np.zeros(100, int), np.zeros(100, int))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    monkeypatch.undo()
    assert (counted(100, 2, own)[0] == 1).all()


@needs_two
def test_work_is_done_when_no_thread_can_begin_any_more() -> None:
    own = Team()
    counted(100, 2, own)
    own.close()  # as is done when the program ends, perhaps before another function that is called then
    for _ in range(3):
        assert (counted(100, 2, own)[0] == 1).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_child_process_has_a_team_of_its_own() -> None:
    counted(100, processors(), team())
    child = os.fork()
    if child == 0:
        os._exit(0 if (counted(100, processors(), team())[0] == 1).all() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert threading.active_count() < 50
