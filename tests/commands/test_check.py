"""The command that marks: what it prints, what it writes, its exit codes."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from derive import cli

RIGHT = "dW = dy.T @ x\ndb = sum(dy[n], n)\ndx = dy @ W\n"
WRONG = "dW = -dy.T @ x\ndb = sum(dy[n], n)\n"
SCHEME = "[points]\ndW = 2\ndb = 1\ndx = 3\n[partial]\nsign = 0.5\n"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"right.txt": RIGHT, "wrong.txt": WRONG, "scheme.toml": SCHEME}.items():
        Path(name).write_text(text, encoding="utf-8")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def carry_out(*arguments: str) -> tuple[int, str, str]:
        exit_code = cli.run(("check", *arguments))
        return exit_code, *capsys.readouterr()

    return carry_out


def test_all_right(command: Command) -> None:
    exit_code, out, err = command("linear", "right.txt")
    assert (exit_code, err) == (0, "")
    assert out.startswith("linear  right.txt\n\n✓ dW (line 1): right\n    dW = dy.T @ x\n") and "3 of 3 right." in out


def test_something_wrong(command: Command) -> None:
    exit_code, out, _ = command("linear", "wrong.txt", "--scheme", "scheme.toml")
    assert exit_code == 1
    assert "✗ dW (line 1): wrong" in out and "opposite sign" in out and "Points: 2 of 6." in out
    assert "· dx: not answered" in out


def test_a_program_that_fails_is_wrong_and_no_bad_input(command: Command) -> None:
    Path("mine.py").write_text("def backward(x):\n    return 1/0\n", encoding="utf-8")
    exit_code, out, err = command("linear", "mine.py")
    assert (exit_code, err) == (1, "") and "✗ not marked" in out and "division by zero" in out


def test_options_of_the_layer(command: Command) -> None:
    Path("relu.txt").write_text("da[t,n,i] = [a[t,n,i] > 0]*dh[t,n,i]\n", encoding="utf-8")
    assert command("rnn", "relu.txt", "--set", "f=relu")[0] == 0
    assert command("rnn", "relu.txt", "--set", "f=tanh")[0] == 1


def test_tiers(command: Command) -> None:
    told = [command("linear", "wrong.txt", "--hints", str(tier))[1] for tier in range(4)]
    assert [("opposite sign" in out, "step D" in out, "Right:" in out) for out in told] == [
        (False, False, False),
        (True, False, False),
        (True, True, False),
        (True, True, True),
    ]


def test_files_that_are_written(command: Command) -> None:
    exit_code, _, _ = command(
        "linear", "wrong.txt", "--json", "o/m.json", "--md", "o/m.md", "--gradescope", "o/results.json", "--hints", "0"
    )  # fmt: skip
    assert exit_code == 1 and sorted(os.listdir("o")) == ["m.json", "m.md", "results.json"]
    marks = json.loads(Path("o/m.json").read_text(encoding="utf-8"))
    assert (marks["ok"], marks["hints"], marks["source"]) == (False, 0, "wrong.txt")
    assert Path("o/m.md").read_text(encoding="utf-8").startswith("# Marks: wrong.txt\n")
    assert json.loads(Path("o/results.json").read_text(encoding="utf-8"))["tests"][0]["status"] == "failed"


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RIGHT.encode())))
    exit_code, out, _ = command("linear", "-")
    assert exit_code == 0 and out.startswith("linear  standard input\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert command("linear", "-") == (2, "", "error: standard input: there is nothing in it\n")
    monkeypatch.setattr(sys, "stdin", None)
    assert command("linear", "-") == (2, "", "error: standard input: there is nothing in it\n")


def test_another_seed_gives_the_same_marks(command: Command) -> None:
    for seed in ("1", "77"):
        assert command("linear", "right.txt", "--seed", seed)[0] == 0
        assert command("linear", "wrong.txt", "--seed", seed)[0] == 1


def test_gradescope_takes_a_folder_as_one_submission(command: Command) -> None:
    Path("submission").mkdir()
    Path("submission/.hidden").touch()
    exit_code, _, err = command("linear", "submission", "--gradescope", "results.json")
    results = json.loads(Path("results.json").read_text(encoding="utf-8"))
    assert exit_code == 2 and "one file was expected; there are none" in err and results["score"] == 0
    Path("submission/mine.txt").write_text(RIGHT, encoding="utf-8")
    assert command("linear", "submission", "--gradescope", "results.json")[0] == 0
    assert json.loads(Path("results.json").read_text(encoding="utf-8"))["score"] == 100
    Path("submission/more.txt").write_text(RIGHT, encoding="utf-8")
    exit_code, _, err = command("linear", "submission", "--gradescope", "results.json")
    results = json.loads(Path("results.json").read_text(encoding="utf-8"))
    assert exit_code == 2 and "there are mine.txt, more.txt" in err and "mine.txt" in results["output"]


def test_a_folder(command: Command) -> None:
    Path("all").mkdir()
    for name, text in {"ada": RIGHT, "bob": WRONG, "cut": ""}.items():
        Path(f"all/{name}.txt").write_text(text, encoding="utf-8")
    exit_code, out, err = command(
        "linear", "all", "--csv", "o/marks.csv", "--out", "reports", "--json", "o/marks.json", "--scheme", "scheme.toml"
    )  # fmt: skip
    assert (exit_code, err) == (1, "")
    assert "1 of 3 submissions are right." in out and "commonest mistakes" in out
    assert sorted(os.listdir("o")) == ["marks-mistakes.csv", "marks.csv", "marks.json"]
    assert sorted(os.listdir("reports")) == [f"{n}.{to}" for n in ("ada", "bob", "cut") for to in ("json", "md")]
    assert Path("o/marks.csv").read_text(encoding="utf-8").splitlines()[1].startswith("ada,ada.txt,yes,6,6,3,0,0,")
    Path("all/bob.txt").write_text(RIGHT, encoding="utf-8")
    Path("all/cut.txt").unlink()
    assert command("linear", "all")[0] == 0


BAD = {
    "missing answers": (("linear", "missing.txt"), "missing.txt: cannot be read: No such file"),
    "a name that no file has": (("linear", "a" * 5000), "cannot be read: File name too long"),
    "unknown layer": (("lineer", "right.txt"), "did you mean linear?"),
    "unknown option": (("linear", "right.txt", "--set", "f=relu"), "option"),
    "empty": (("linear", "empty.txt"), "empty.txt: there is nothing in it"),
    "binary": (("linear", "binary.txt"), "binary.txt: not a text in UTF-8"),
    "comments only": (("linear", "comment.txt"), "no equation"),
    "tier": (("linear", "right.txt", "--hints", "4"), "--hints"),
    "time without end": (("linear", "right.txt", "--timeout", "inf"), "--timeout"),
    "seed": (("linear", "right.txt", "--seed", "-1"), "--seed"),
    "scheme of another layer": (
        ("rnn", "right.txt", "--scheme", "scheme.toml"),
        "scheme.toml:2:1: there is no gradient",
    ),
    "missing scheme": (("linear", "right.txt", "--scheme", "none.toml"), "cannot read the marking scheme"),
    "empty folder": (("linear", "empty"), "no submissions"),
    "table of one": (("linear", "right.txt", "--csv", "o.csv"), "--csv is for a folder"),
    "cluster for one": (("linear", "right.txt", "--dask", "tcp://x:1"), "--dask is for a folder"),
    "page of many": (("linear", "empty", "--md", "o.md"), "--md is for one submission"),
    "a folder to be written": (("linear", "right.txt", "--json", "."), ".: cannot write: Is a directory"),
    "where nothing can be written": (("linear", "right.txt", "--json", "right.txt/o.json"), "cannot write"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_an_error_with_its_reason(command: Command, case: str) -> None:
    Path("empty").mkdir()
    Path("empty.txt").touch()
    Path("comment.txt").write_text("# nothing yet\n", encoding="utf-8")
    Path("binary.txt").write_bytes(b"\x89PNG\xff\0")
    before = sorted(p.name for p in Path().rglob("*"))
    arguments, reason = BAD[case]
    exit_code, out, err = command(*arguments)
    assert (exit_code, out) == (2, "")
    assert reason in err and "Traceback" not in err
    assert sorted(p.name for p in Path().rglob("*")) == before
