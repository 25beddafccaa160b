"""What the README and CONTRIBUTING show is what the program does and what its files say."""

import doctest
import re
import tomllib
from pathlib import Path

import pytest

from derive import cli
from derive.rendering.render import FORMATS
from tests.rounding import without_errors

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

SESSIONS = re.findall(r"```console\n\$ derive (.*)\n((?:.*\n)*?)```", README)
(MINE,) = re.findall(r"```toml\n((?:.*\n)*?)```", README)
(ANSWER,) = re.findall(r"```text\n((?:.*\n)*?)```", README)
EXCERPTS = re.findall(r"In `(\S+)`:\n\n```\w*\n((?:.*\n)*?)```", CONTRIBUTING)
LINKS = re.findall(r"\]\(([\w./-]+)\)", README + CONTRIBUTING)


def test_python_sessions() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    assert tried and not failed


@pytest.mark.parametrize(("arguments", "shown"), SESSIONS, ids=[arguments for arguments, _ in SESSIONS])
def test_commands_print_what_is_shown(
    arguments: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line of three dots stands for any number of lines; rounding errors differ from one processor to another."""
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "bptt.txt").write_text(ANSWER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    cli.run(arguments.split())
    printed = without_errors("".join(capsys.readouterr()))
    pattern = "(?:.*\n)*".join(re.escape(part) for part in without_errors(shown).split("…\n"))
    assert re.fullmatch(pattern, printed), printed


@pytest.mark.parametrize(("file", "excerpt"), EXCERPTS, ids=[f for f, _ in EXCERPTS])
def test_excerpts_are_in_the_files(file: str, excerpt: str) -> None:
    assert excerpt in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(set(LINKS)))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_imports_run_as_the_contract_says() -> None:
    (contract,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert f"\n{' > '.join(contract['layers'])}\n" in CONTRIBUTING


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_named(name: str) -> None:
    assert f"`{name}`" in README


def test_there_is_something_to_check() -> None:
    assert len(SESSIONS) >= 3 and len(EXCERPTS) >= 4 and LINKS
