"""Every row is done once, by whichever thread."""

import threading

import numpy as np
import pytest

from derive.forms.runtime.portions import in_portions
from derive.forms.runtime.team import processors


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
