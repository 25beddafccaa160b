"""The rules of the house: types, style, one direction of imports, a test file for every module."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from derive.language.load import catalogue, load
from derive.language.scope import FUNCTIONS

ROOT = Path(__file__).parents[1]
MODULES = sorted(p.relative_to(ROOT / "derive") for p in (ROOT / "derive").rglob("*.py") if p.stem[:2] != "__")
SOURCES = sorted((ROOT / "derive").rglob("*.py"))


def run(*command: str) -> None:
    """Run a tool of this environment at the root of the project; what it complains of is the failure."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff() -> None:
    run("-m", "ruff", "check", ".")


def test_types(tmp_path: Path) -> None:
    run("-m", "mypy", "--strict", "--cache-dir", os.fspath(tmp_path))


def test_imports_run_one_way() -> None:
    run(os.path.join(sysconfig.get_path("scripts"), "lint-imports"), "--no-cache")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_its_tests(module: Path) -> None:
    mirror = ROOT / "tests" / module.with_name(f"test_{module.name}")
    assert mirror.is_file()
    assert re.search(r"^(async )?(def|class) [tT]est", mirror.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_stay_small_enough_to_read(source: Path) -> None:
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 330


def test_no_layer_is_known_to_the_program() -> None:
    """A layer of the catalogue is data: no module names one (some share a name with a function or with their group)."""
    shared = FUNCTIONS | {load(name).group for name in catalogue()}
    names = {p.stem for p in (ROOT / "derive" / "layers").glob("*.toml")} - shared
    assert names
    quoted = re.compile("|".join(rf"[\"']{re.escape(name)}[\"']" for name in sorted(names)))
    for source in SOURCES:
        assert not quoted.search(source.read_text(encoding="utf-8")), source
