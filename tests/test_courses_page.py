"""What the page on exercises and courses says is what the program does."""

import re
from pathlib import Path

import pytest

from derive import cli
from derive.book.course import SECTIONS, course
from derive.language.load import catalogue
from derive.rendering.exercise_blanks import BLANKS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "courses.md").read_text(encoding="utf-8")
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

(COURSE,) = re.findall(r"```toml\n((?:.*\n)*?)```", PAGE)


def test_the_course_that_is_shown_is_one(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    for name, content in {
        "course.toml": COURSE,
        "logo.svg": LOGO,
        "recurrent.md": "# Words",
        "mine.toml": (ROOT / "derive" / "layers" / "rnn.toml").read_text(encoding="utf-8"),
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = course(str(tmp_path / "course.toml"))
    (chapter,) = found.chapters
    assert (found.author, found.single_steps, chapter.text) == ("A. Lecturer", False, "# Words")
    assert [job.system().name for job in chapter.layers] == ["rnn", "rnn", "mine"]


def test_everything_that_can_be_left_out_is_named() -> None:
    (sections,) = re.findall(r"`leave_out` takes `(.*?)`", PAGE)
    assert sections.split() == list(SECTIONS)
    assert tuple(re.findall(r"^\| `(\w+)`", PAGE, re.M)) == BLANKS


def test_the_course_that_comes_along_is_where_the_page_says() -> None:
    (place,) = re.findall(r"`(derive/courses/\w+\.toml)`", PAGE)
    found = course(str(ROOT / place))
    assert {job.source for chapter in found.chapters for job in chapter.layers} == set(catalogue())


def test_an_exercise_is_the_files_that_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (arguments,) = re.findall(r"^\$ derive (doc .*)$", PAGE, re.M)
    assert cli.run(arguments.split()) == 0
    written = {path.name for path in (tmp_path / "output").iterdir()}
    assert written >= set(re.findall(r"^- `(rnn-\S+)`", PAGE, re.M)) | {"rnn-exercise.md", "rnn-solution.md"}
