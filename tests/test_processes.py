"""Work in this process and in others."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from derive.batch import Job
from derive.language.errors import LayerError
from derive.processes import Lost, each, progress, settled


def place(job: Job) -> tuple[str, int]:
    return job.source, os.getpid()


def failing(job: Job) -> str:
    if job.source == "c":
        raise LayerError("no good", "c.toml", 2, 3, "source", "a hint")
    return job.source


def ending(job: Job) -> str:
    if job.source == "c":
        os._exit(3)
    return job.source


def long(job: Job) -> None:
    """Work for longer than any test may; ``options`` say where it is noted that it began, and that it was cleared."""
    notes = Path(job.options["notes"])
    (notes / f"{job.source}.begun").write_text(str(os.getpid()), encoding="utf-8")
    try:
        time.sleep(600)
    finally:
        (notes / f"{job.source}.cleared").touch()


def jobs(names: str) -> list[Job]:
    return [Job(name) for name in names]


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.processes._processors", lambda: 2)


def test_results_come_in_the_order_of_the_layers_from_other_processes() -> None:
    found = each(place, jobs("abcdef"), "abcdef", [1, 5, 2, 9, 0, 3])
    assert [source for source, _ in found] == list("abcdef")
    assert os.getpid() not in {process for _, process in found}


def test_for_a_few_no_process_is_started() -> None:
    assert each(place, jobs("ab"), "ab", [1, 1]) == [("a", os.getpid()), ("b", os.getpid())]


@pytest.mark.parametrize("names", ["cd", "abcdef"])
def test_errors_come_out_as_they_are(names: str) -> None:
    with pytest.raises(LayerError) as raised:
        each(failing, jobs(names), names, [1] * len(names))
    assert str(raised.value) == "c.toml:2:3: no good\n    source\n      ^\na hint"


def test_a_process_that_ends_is_an_error() -> None:
    with pytest.raises(LayerError, match="ended before"):
        each(ending, jobs("abcdef"), "abcdef", [1] * 6)


def ending_once(job: Job) -> str:
    """End the process at the first try of c; ``options`` say where it is noted."""
    note = Path(job.options["notes"]) / job.source
    first = not note.exists()
    with note.open("a", encoding="utf-8") as file:
        file.write("tried\n")
    if job.source == "c" and first:
        os._exit(3)
    return job.source


def test_a_job_that_ends_its_process_is_lost_and_the_others_are_not() -> None:
    assert settled(ending, jobs("abcdef"), "abcdef") == ["a", "b", Lost(), "d", "e", "f"]
    assert settled(ending, jobs("c"), "c") == [Lost()]
    assert settled(ending, [], []) == []


def test_a_process_that_was_ended_once_loses_nothing_and_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    mine = [Job(name, {"notes": str(tmp_path)}) for name in "abcdef"]
    assert settled(ending_once, mine, "abcdef") == list("abcdef")
    tries = {name: (tmp_path / name).read_text(encoding="utf-8").count("tried") for name in "abcdef"}
    assert tries["c"] == 2 and sum(tries.values()) <= 6 + 2  # c and what ran beside it


def test_errors_of_settled_work_come_out_as_they_are() -> None:
    with pytest.raises(LayerError, match="no good"):
        settled(failing, jobs("abcdef"), "abcdef")


def until(held: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not held() and time.monotonic() < deadline:
        time.sleep(0.02)


def two_at_work(notes: Path) -> bool:
    return len([p for p in notes.glob("*.begun") if p.read_text(encoding="utf-8")]) == 2


by_signals = pytest.mark.skipif(os.name != "posix", reason="processes are told to end by signals on POSIX systems only")


@by_signals
def test_an_interrupt_ends_work_that_has_begun_and_begins_no_other(tmp_path: Path) -> None:
    mine = [Job(name, {"notes": str(tmp_path)}) for name in "abcdef"]
    first = threading.main_thread().ident
    assert first is not None

    def interrupt() -> None:
        until(lambda: two_at_work(tmp_path))
        signal.pthread_kill(first, signal.SIGINT)

    for work in (lambda: each(long, mine, "abcdef", [1] * 6), lambda: settled(long, mine, "abcdef")):
        for note in tmp_path.iterdir():
            note.unlink()
        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            work()
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.begun", "a.cleared", "b.begun", "b.cleared"]


@by_signals
def test_no_process_is_left_where_the_first_is_killed(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {os.fspath(Path(__file__).parents[1])!r})
from derive import processes
from derive.batch import Job
from tests.test_processes import long
processes._processors = lambda: 2
if __name__ == "__main__":
    processes.each(long, [Job(name, {{"notes": {os.fspath(tmp_path)!r}}}) for name in "abcdef"], "abcdef", [1] * 6)
"""
    (tmp_path / "first.py").write_text(program, encoding="utf-8")
    with subprocess.Popen([sys.executable, os.fspath(tmp_path / "first.py")]) as first:
        until(lambda: two_at_work(tmp_path))
        first.kill()
    until(lambda: len(list(tmp_path.glob("*.cleared"))) == 2)
    assert sorted(p.name for p in tmp_path.glob("*.cleared")) == ["a.cleared", "b.cleared"]
    pids = [int(p.read_text(encoding="utf-8")) for p in tmp_path.glob("*.begun")]
    until(lambda: not any(map(runs, pids)))
    assert not any(map(runs, pids))


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress(2) as done:
        done("[red]a[/red]")
    assert "1/2" in (shown := capsys.readouterr().err) and "[red]a[/red]" in shown


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress(2) as done:
        done("a")
    assert capsys.readouterr() == ("", "")
