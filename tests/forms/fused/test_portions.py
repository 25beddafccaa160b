"""Every row is done once, by whichever thread."""

import os
import threading

import numpy as np
import pytest

from derive.forms.fused.portions import _pool, in_portions, processors


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 1000])
@pytest.mark.parametrize("elements", [1, 2**20])
def test_every_row_is_done_once(rows: int, elements: int) -> None:
    times = np.zeros(rows, int)
    portions = []

    def work(portion: int, first: int, last: int) -> None:
        portions.append(portion)
        times[first:last] += 1

    in_portions(work, rows, elements)
    assert (times == 1).all()
    assert sorted(portions) == list(range(len(portions)))
    assert len(portions) == (1 if elements == 1 else max(1, min(rows, processors())))


def test_little_work_is_done_at_once() -> None:
    threads: list[threading.Thread] = []
    in_portions(lambda *_: threads.append(threading.current_thread()), 100, 10)
    assert threads == [threading.current_thread()]


def test_what_a_thread_raises_is_raised() -> None:
    def work(portion: int, first: int, last: int) -> None:
        if last == 100:
            raise ArithmeticError("in the last row")

    with pytest.raises(ArithmeticError, match="in the last row"):
        in_portions(work, 100, 2**20)


def test_work_is_done_when_no_thread_can_begin_any_more() -> None:
    try:
        _pool().shutdown()  # as Python does when the program ends, before what was registered for that is called
        times = np.zeros(100, int)
        in_portions(lambda _, first, last: np.add(times[first:last], 1, out=times[first:last]), 100, 2**20)
        assert (times == 1).all()
    finally:
        _pool.cache_clear()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_child_process_has_threads_of_its_own() -> None:
    in_portions(lambda *_: None, 100, 2**20)
    child = os.fork()
    if child == 0:
        done = np.zeros(100)
        in_portions(lambda _, first, last: done.__setitem__(slice(first, last), 1), 100, 2**20)
        os._exit(0 if done.all() else 1)
    assert os.waitpid(child, 0)[1] == 0
