"""What is done with each of many layers."""

from pathlib import Path

from derive.batch import Checks, Job, checks, exercises, pages

GOOD = 'indices = "i:I"\ninputs = "x[i]"\nequations = "y[i] = {}"\noutput = "y"\n'


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


def test_files_of_a_page_and_of_an_exercise() -> None:
    page, handout = pages(Job("relu"), ["md"]), exercises(Job("relu"), ["md"], "steps", 0)
    assert page.ok and handout.ok
    assert {n for n in page.files("r") if n.endswith(".md")} == {"r.md"}
    files = handout.files("r")
    assert {n for n in files if not n.endswith(".svg")} == {"r-exercise.md", "r-solution.md", "r-answer.txt"}
    assert "dx[n,i] = \n" in str(files["r-answer.txt"])
