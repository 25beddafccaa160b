"""What is done with each of many layers."""

from pathlib import Path

from derive.batch import Checks, Job, checks, pages

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
