"""Marking the submissions of a folder."""

import io
import json
import os
import signal
from pathlib import Path, PurePosixPath

import pytest
from rich.console import Console

import derive
from derive.commands import course
from derive.commands.course import json_of, mark, marks, reports, table
from derive.language.errors import LayerError
from derive.marking.record import Line, Marking
from derive.marking.reports.plain import plain
from derive.marking.submission import Submission, submissions
from derive.marking.task import Task, marked, task
from tests.marking.markings import ALL_RIGHT, CONTROLS, FAILED, HOSTILE, MARKING

RIGHT = "dW = dy.T @ x\ndb = sum(dy[n], n)\ndx = dy @ W\n"
WRONG = "dW = -dy.T @ x\n"
MARKINGS = {"ada": ALL_RIGHT, "bob": MARKING, "joe": FAILED}


@pytest.fixture(scope="module")
def linear() -> Task:
    return task(derive.gradients("linear").record)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good submissions between all that can be wrong with a file."""
    for name, content in {
        "ada.txt": RIGHT.encode(),
        "bad.txt": os.urandom(1000) + b"\xff\0",
        "cut.txt": b"",
        "eve/answers.txt": WRONG.encode(),
        "pdf.pdf": b"%PDF-1.7\n%\xbf\xf7\xa2\xfe",
        "zoe.txt": RIGHT.encode("utf-16"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(10**9)
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    return tmp_path


def mark_or_end(job: tuple[Task, Submission]) -> Marking:
    """End the process at one of the submissions, as a lack of memory would."""
    if job[1].name == "eve":
        os.kill(os.getpid(), signal.SIGKILL)
    return mark(job)


def test_a_bad_file_fails_alone(linear: Task, folder: Path) -> None:
    found = marks(linear, submissions(folder))
    assert list(found) == ["ada", "bad", "cut", "eve", "huge", "link", "pdf", "zoe"]
    assert {name for name, marking in found.items() if marking.ok} == {"ada", "zoe"}
    assert [line.verdict for line in found["eve"].lines] == ["wrong"]
    reasons = {name: marking.failure.splitlines()[0] for name, marking in found.items() if marking.failure}
    assert reasons == {
        "bad": reasons["bad"],
        "cut": "there is nothing in it",
        "huge": "too large: 1 MB at most",
        "link": "this is a link to something outside the folder, or to nothing",
        "pdf": "not a text in UTF-8 (line 2)",
    }
    assert found == marks(linear, submissions(folder))


def test_a_submission_that_ends_its_process_fails_alone(
    linear: Task, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "mark", mark_or_end)
    found = marks(linear, submissions(folder))
    assert found["eve"].failure == course._STOPPED and not found["eve"].lines
    assert {name for name, marking in found.items() if marking.ok} == {"ada", "zoe"}


def test_a_cluster_marks_alike(linear: Task, folder: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as local:
        far = marks(linear, submissions(folder), local.scheduler_address)
    assert far == marks(linear, submissions(folder)) and list(far) == [s.name for s in submissions(folder)]


def test_the_table() -> None:
    shown = plain(table(MARKINGS), 150)
    rows = [row.split() for row in shown.splitlines()]
    assert (
        rows[1] == ["✓", "ada"] and rows[2][:3] == ["✗", "bob", "2:"] and rows[3][:4] == ["?", "joe", "not", "marked:"]
    )
    assert "    1  dh: your dh leaves out the path through a[t+1] (bob)" in shown
    assert shown.endswith("\n1 of 3 submissions are right.\n")


def test_an_answer_that_leaves_all_out_is_told_so() -> None:
    assert "No gradient was answered." in plain(
        table({"eve": Marking("rnn", (Line("q", "unjudged", 1, "q = 1"),))}), 100
    )


def test_nothing_in_the_table_is_markup_or_steers_the_terminal() -> None:
    out = io.StringIO()
    line = Line("dh", "wrong", 1, f"{HOSTILE[:40]}{CONTROLS}")
    marking = Marking("rnn", (line,))
    Console(file=out, force_terminal=True, color_system=None, width=300).print(
        table({HOSTILE: marking, CONTROLS: Marking("rnn", (), failure=CONTROLS)})
    )
    assert HOSTILE[:39] in out.getvalue() and "[red" in out.getvalue()
    assert all(c.isprintable() or c == "\n" for c in out.getvalue())


def test_json_of_all() -> None:
    read = json.loads(json_of(MARKINGS, 1))
    assert [(entry["name"], entry["ok"], entry["hints"]) for entry in read["submissions"]] == [
        ("ada", True, 1),
        ("bob", False, 1),
        ("joe", False, 1),
    ]
    assert "leaves out" not in json_of(MARKINGS, 1) and "leaves out" in json_of(MARKINGS, 2)


def test_a_report_on_each_at_the_tier() -> None:
    written = dict(reports({"ada": ALL_RIGHT, "eve/b.py": MARKING}, 0))
    assert [str(path) for path in written] == ["ada.md", "ada.json", "eve/b.py.md", "eve/b.py.json"]
    assert not any("all right but" in text or "TRUTH" in text for text in written.values())


@pytest.mark.parametrize("name", ["../eve", "/etc/eve", "a/../../eve"])
def test_reports_stay_in_their_folder(name: str) -> None:
    with pytest.raises(LayerError, match="leads out"):
        list(reports({name: ALL_RIGHT}, 2))
    assert not PurePosixPath("a..b").is_absolute() and list(reports({"a..b": ALL_RIGHT}, 2))


def test_one_submission_is_marked_as_it_is_alone(linear: Task) -> None:
    submission = Submission("a", "a.txt", data=RIGHT.encode())
    assert mark((linear, submission)) == marked(linear, submission)
