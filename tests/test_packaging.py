"""The wheel: it holds all that the program needs, and works from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import derive

ROOT = Path(__file__).parents[1]


def python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """What a fresh Python prints, started in a folder, with one more folder to import from."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    if path is not None:
        environment["PYTHONPATH"] = os.fspath(path)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", os.fspath(folder), os.fspath(ROOT), cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def relative(folder: str, pattern: str) -> set[str]:
    files = (p.relative_to(ROOT) for p in (ROOT / folder).rglob(pattern) if p.is_file())
    return {p.as_posix() for p in files if not any(part.startswith((".", "__pycache__")) for part in p.parts)}


def test_wheel_holds_modules_layers_and_templates_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {n for n in archive.namelist() if ".dist-info/" not in n}
    templates = {f"derive/{name}" for name in relative("templates", "*")}
    assert templates and relative("derive/layers", "*.toml")
    assert held == relative("derive", "*") | templates


def test_wheel_is_light(wheel: Path) -> None:
    assert wheel.stat().st_size < 1_000_000


def test_installed_wheel_works_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    python("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(site), str(wheel), cwd=empty)

    origin = python("-c", "import derive; print(derive.__file__)", cwd=empty, path=site)
    assert Path(origin.strip()).is_relative_to(site)

    assert "linear" in python("-m", "derive", "list", cwd=empty, path=site)
    python("-m", "derive", "doc", "linear", "--to", "md,tex", cwd=empty, path=site)
    written = sorted(p.relative_to(empty).as_posix() for p in empty.rglob("*") if p.is_file())
    drawn = [f"output/{name}" for name in derive.gradients("linear").pictures("md")]
    assert written == sorted(["output/linear.md", "output/linear.tex", *drawn])
    assert (empty / "output/linear.md").read_text(encoding="utf-8") == derive.gradients("linear").render("md")
