from pathlib import Path

import pytest

from derive.batch import Job
from derive.book.course import SECTIONS, course, shipped
from derive.calculus.sweep import derive
from derive.checking.verify import Report, Row
from derive.language.errors import LayerError
from derive.language.load import catalogue, load
from derive.rendering.compose import compose
from derive.rendering.document import Heading
from derive.steps.record import Derivation, gradient_name

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
SMALL = """
title = "T"
author = "A"
date = 2026-11-22
leave_out = ["code"]

[[chapter]]
title = "One"
text = "Words."
layers = ["linear", "rnn f=relu"]
exercises = ["linear"]
blank = "all"
seed = 3
"""


def written(folder: Path, source: str) -> str:
    path = folder / "mine.toml"
    path.write_text(source, encoding="utf-8")
    return str(path)


def test_what_a_file_says(tmp_path: Path) -> None:
    found = course(written(tmp_path, SMALL))
    (chapter,) = found.chapters
    assert (found.name, found.title, found.author, found.date) == ("mine", "T", "A", "2026-11-22")
    assert found.leave_out == (SECTIONS["code"],) and not found.single_steps
    assert chapter.layers == (Job("linear"), Job("rnn", {"f": "relu"})) and chapter.exercises == (Job("linear"),)
    assert (chapter.title, chapter.text, chapter.blank, chapter.seed) == ("One", "Words.", "all", 3)


def test_text_logo_and_layers_may_be_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# Hello", encoding="utf-8")
    (tmp_path / "logo.svg").write_bytes(LOGO)
    source = SMALL.replace('text = "Words."', 'file = "one.md"').replace('"linear", ', '"my own/layer.toml f=relu", ')
    found = course(written(tmp_path, 'logo = "logo.svg"\n' + source))
    assert found.logo == ("svg", LOGO) and found.chapters[0].text == "# Hello"
    first = found.chapters[0].layers[0]
    assert Path(first.source) == (tmp_path / "my own/layer.toml").resolve() and first.options == {"f": "relu"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title =", "titel ="), "unknown key titel\ndid you mean title"),
        (("[[chapter]]", "[[week]]"), "unknown key week"),
        (('leave_out = ["code"]', 'leave_out = ["cod"]'), "there is no section 'cod' to leave out\ndid you mean code"),
        (('"rnn f=relu"', '"rnn f"'), "cannot read the layer 'rnn f'"),
        (('blank = "all"', 'blank = "none"'), "blank cannot be 'none'"),
        (('layers = ["linear", "rnn f=relu"]', "layers = [1]"), "layers is a list of texts"),
        (('text = "Words."', 'file = "../x.md"'), "'../x.md' is not in the folder of the course"),
        (('text = "Words."', 'file = "x.md"'), "cannot read"),
        (("seed = 3", "seed = -1"), "seed is a whole number"),
        (('title = "One"\n', ""), "a chapter has a title"),
        (('author = "A"', "author = 1"), "author is a text"),
        (('author = "A"', 'logo = "x.exe"'), "a logo cannot be 'x.exe'"),
        (('author = "A"', "author = "), "mine.toml:3:10: not TOML"),
        (('author = "A"', "single_steps = 'no'"), "single_steps is true or false"),
        (('author = "A"', "templates = 'none'"), "there is no folder 'none' of templates"),
        (('author = "A"', "logo = 'mine.svg'"), "cannot read the logo"),
        (("seed = 3", "seed = true"), "seed is a whole number"),
        (("seed = 3", "file = 'mine.toml'"), "the chapter 'One' has a text and a file"),
        (('text = "Words."', r'file = "a\u0000b"'), "cannot read 'a\\x00b'"),
        (('"rnn f=relu"', '"rnnn f=relu"'), "mine.toml: unknown layer 'rnnn'\ndid you mean rnn"),
        (('"rnn f=relu"', '"/etc/passwd"'), "unknown layer '/etc/passwd'"),
        (('"rnn f=relu"', '"../rnn.toml"'), "'../rnn.toml' is not in the folder of the course"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(LayerError) as error:
        course(written(tmp_path, SMALL.replace(*change)))
    assert message in str(error.value)


@pytest.mark.parametrize("name", ["logo.svg", "logo.png", "logo.jpg"])
def test_a_logo_is_a_picture_of_its_kind(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"GIF89a")
    with pytest.raises(LayerError, match=f"the logo '{name}' is no picture of its kind"):
        course(written(tmp_path, f'logo = "{name}"\n' + SMALL))


def test_a_file_that_is_not_there_may_be_a_name_misspelt() -> None:
    with pytest.raises(LayerError, match="did you mean twelve_weeks"):
        course("twelve_week")


def test_the_course_that_ships_has_twelve_weeks_and_the_whole_catalogue() -> None:
    assert list(shipped()) == ["twelve_weeks"]
    found = course("twelve_weeks")
    layers = [job.source for chapter in found.chapters for job in chapter.layers]
    assert len(found.chapters) == 12 and sorted(layers) == sorted(catalogue())
    assert all(chapter.exercises and chapter.text for chapter in found.chapters)


def test_every_section_that_can_be_left_out_is_on_a_page() -> None:
    document = compose(derive(load("rnn")), None, made_up_report(derive(load("rnn"))))
    headings = [b.inlines[0].text for b in document.blocks if isinstance(b, Heading) and b.level == 1]  # type: ignore[attr-defined]
    for start in SECTIONS.values():
        assert any(heading.startswith(start) for heading in headings), start


def made_up_report(derivation: Derivation) -> Report:
    return Report(tuple(Row(gradient_name(name), "complex step", "N=3", 0.0, True) for name in derivation.wrt))
