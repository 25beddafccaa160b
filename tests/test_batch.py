"""Work on several layers, in this process and in others."""

import os
from pathlib import Path

import pytest

from derive.batch import Checks, Job, checks, each, pages
from derive.language.errors import LayerError

GOOD = 'indices = "i:I"\ninputs = "x[i]"\nequations = "y[i] = {}"\noutput = "y"\n'


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


def jobs(names: str) -> list[Job]:
    return [Job(name) for name in names]


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.batch._processors", lambda: 2)


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


def test_checks_and_pages_of_a_layer(tmp_path: Path) -> None:
    (tmp_path / "square.toml").write_text(GOOD.format("x[i]**2"), encoding="utf-8")
    job = Job(str(tmp_path / "square.toml"))
    found = checks(job)
    assert found.ok and found.steps > 0 and {row[0] for row in found.rows} == {"dx"}
    written = pages(job, ["md", "tex"])
    assert written.ok and list(written.pages) == ["md", "tex"] and written.pages["md"].startswith("# ")


def test_options_go_along() -> None:
    assert Job("rnn", {"f": "relu"}).system().chosen["f"] == "relu"


def test_one_bad_row_is_enough() -> None:
    good, bad = ("dx", "m", "N=1", 0.0, True), ("dx", "m", "N=1", 1.0, False)
    assert Checks((good,), 1, 0.0, True).ok
    assert not Checks((good, bad), 1, 0.0, True).ok
    assert not Checks((good,), 1, 1.0, False).ok and not Checks((), 1, 0.0, True).ok
