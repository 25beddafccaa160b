"""What the documentation of marking shows is what the program does."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from derive import cli
from derive.marking.hints import TIERS
from derive.marking.reports.json_text import VERSION, to_json
from tests.marking.markings import MARKING
from tests.rounding import without_errors

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "marking.md").read_text(encoding="utf-8")

FILES = dict(re.findall(r"In `(\S+)`:\n\n```\w*\n((?:.*\n)*?)```", PAGE))
SESSIONS = re.findall(r"```console\n\$ derive (.*)\n((?:.*\n)*?)```", PAGE)
SCRIPTS = re.findall(r"```sh\n((?:.*\n)*?)```", PAGE)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize(("arguments", "shown"), SESSIONS, ids=[arguments for arguments, _ in SESSIONS])
def test_commands_print_what_is_shown(arguments: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three dots stand for the rest of a line, and on a line of their own for any number of lines."""
    cli.run(arguments.split())
    printed = without_errors("".join(capsys.readouterr()))
    parts = [
        r".*".join(map(re.escape, part.split("…"))) for part in re.split(r"^…\n", without_errors(shown), flags=re.M)
    ]
    assert re.fullmatch("(?:.*\n)*".join(parts), printed), printed


def test_the_autograder(tmp_path: Path) -> None:
    """The script for Gradescope, run where it would be, gives the results of a submission."""
    (script,) = (s for s in SCRIPTS if "--gradescope" in s)
    for folder in ("source", "submission", "results", "bin"):
        (tmp_path / folder).mkdir()
    layer = ROOT / "derive" / "layers" / "rnn.toml"
    for name, content in {
        "source/layer.toml": layer.read_text(encoding="utf-8"),
        "source/scheme.toml": FILES["scheme.toml"],
        "submission/mine.txt": FILES["answers.txt"],
        "bin/derive": f'#!/bin/sh\nexec "{sys.executable}" -m derive "$@"\n',
        "run_autograder": script.replace("/autograder", str(tmp_path)),
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "bin" / "derive").chmod(stat.S_IRWXU)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", str(tmp_path / "run_autograder")], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    assert {test["name"]: test.get("score") for test in results["tests"]}["dW_y (line 4)"] == 1.0
    assert sum(test.get("score", 0) for test in results["tests"]) == 3.0


def test_every_key_of_the_json_is_described() -> None:
    stored = to_json(MARKING)
    line = stored["lines"][1]
    keys = {*stored, *line, *line["difference"], *line["difference"]["entries"][0], *line["mistakes"][0]}
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
    assert f"of this schema: {VERSION}" in PAGE


def test_every_option_and_tier_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["check", "--help"])
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help", "--set"}
    assert {option for option in options if option not in PAGE} == set()
    for tier, words in enumerate(TIERS):
        assert f"| {tier} | {words} |" in PAGE


def test_there_is_something_to_check() -> None:
    assert len(SESSIONS) >= 3 and len(SCRIPTS) >= 4 and set(FILES) == {"answers.txt", "backward.py", "scheme.toml"}
