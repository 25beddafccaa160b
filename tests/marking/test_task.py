"""Marking one submission of many: what comes out is a marking, whatever was handed in."""

import io
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.marking import task as tasks
from derive.marking.check import layer_name
from derive.marking.record import Marking
from derive.marking.scheme import Scheme
from derive.marking.submission import Submission
from derive.marking.task import Task, failed, marked, task

RIGHT = b"dW = dy.T @ x\n"
WRONG = b"dW = dy.T @ x\ndb = dy\n"


@pytest.fixture(scope="module")
def linear() -> Task:
    return task(derive.gradients("linear").record)


def submitted(data: bytes, file: str = "a.txt") -> Submission:
    return Submission("a", file, data=data)


def test_right_and_wrong(linear: Task) -> None:
    assert marked(linear, submitted(RIGHT)).ok
    marking = marked(linear, submitted(WRONG))
    assert [line.verdict for line in marking.lines] == ["right", "wrong"]
    assert (marking.layer, marking.source) == ("linear", "a.txt")


def test_a_task_can_be_sent(linear: Task) -> None:
    sent = pickle.dumps((linear, submitted(WRONG)))
    assert len(sent) < 50_000
    assert marked(*pickle.loads(sent)) == marked(linear, submitted(WRONG))


def test_programs_and_arrays(linear: Task) -> None:
    program = b"def backward(x, W, b, dy):\n    return {'dW': dy.T @ x, 'db': dy.sum(axis=0), 'dx': W}\n"
    verdicts = {line.name: line.verdict for line in marked(linear, submitted(program, "a.py")).lines}
    assert verdicts == {"dW": "right", "db": "right", "dx": "wrong"}
    x, W, dy = np.arange(12.0).reshape(4, 3), np.eye(2, 3), np.ones((4, 2))
    packed = io.BytesIO()
    np.savez(packed, x=x, W=W, b=np.zeros(2), dy=dy, dW=dy.T @ x, db=dy.sum(axis=0) + 1)
    verdicts = {line.name: line.verdict for line in marked(linear, submitted(packed.getvalue(), "a.npz")).lines}
    assert verdicts == {"dW": "right", "db": "wrong"}


def test_a_program_that_never_ends_is_stopped() -> None:
    hasty = task(derive.gradients("linear").record, seconds=0.5)
    assert "stopped after" in marked(hasty, submitted(b"while True: pass", "a.py")).failure
    assert marked(hasty, submitted(b"PK but no archive", "a.npz")).failure


def test_points_are_given_by_the_scheme() -> None:
    scored = task(derive.gradients("linear").record, scheme=Scheme({"dW": 2.0, "db": 3.0}))
    assert [line.points for line in marked(scored, submitted(WRONG)).lines] == [2.0, 0.0]
    assert [line.points for line in marked(scored, submitted(b"\xff")).lines] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "not a text in UTF-8"),
        (b"dW = 1\0", "null bytes"),
        (b"# only a comment", "no equation"),
    ],
)
def test_what_is_no_answer(linear: Task, data: bytes, failure: str) -> None:
    marking = marked(linear, submitted(data))
    assert failure in marking.failure and not marking.ok and marking.lines == ()


def test_a_file_that_cannot_be_read(linear: Task, tmp_path: Path) -> None:
    assert marked(linear, Submission("a", "a.txt", tmp_path / "a.txt")).failure.startswith("cannot be read")
    assert marked(linear, Submission("a", "a.txt", failure="nothing there")).failure == "nothing there"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (MemoryError(), "too much memory"),
        (RecursionError(), "too deeply nested"),
        (ZeroDivisionError("by zero"), r"a fault of Derive: ZeroDivisionError\('by zero'\)"),
    ],
)
def test_what_goes_wrong_is_a_failure_of_that_submission(
    linear: Task, monkeypatch: pytest.MonkeyPatch, error: Exception, failure: str
) -> None:
    def wrong(*_: object) -> Marking:
        raise error

    monkeypatch.setattr(tasks, "mark_text", wrong)
    with pytest.raises(AssertionError, match=failure):
        raise AssertionError(marked(linear, submitted(RIGHT)).failure)


def test_a_submission_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(*_: object) -> Marking:
        while True:
            pass

    monkeypatch.setattr(tasks, "mark_text", forever)
    hasty = task(derive.gradients("linear").record, seconds=0.1)
    assert marked(hasty, submitted(RIGHT)).failure == "it takes too long to evaluate"


def test_a_sum_over_everything_is_a_failure_and_no_end_of_the_process(linear: Task) -> None:
    over = [f"n{k}" for k in range(16)]
    bomb = f"dW[o,i] = sum(exp({'+'.join(f'x[{n},i]' for n in over)})*dy[n0,o], {', '.join(over)})"
    assert not marked(linear, submitted(bomb.encode())).ok
    assert marked(linear, submitted(RIGHT)).ok


def test_threads_mark_alike(linear: Task) -> None:
    found: list[Marking] = []
    threads = [threading.Thread(target=lambda: found.append(marked(linear, submitted(WRONG)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [marked(linear, submitted(WRONG))] * 4


def test_names_of_layers() -> None:
    assert layer_name(derive.load("linear")) == "linear"
    assert layer_name(derive.load("rnn", f="relu")).startswith("rnn, f=relu, ")


def test_a_failure_is_a_marking(linear: Task) -> None:
    assert failed(linear, submitted(b""), "gone") == Marking("linear", (), "a.txt", failure="gone")
