"""A course as its file says it: chapters with layers, options and exercises, and what stands on the title page."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.batch import Job
from derive.language.errors import LayerError, nearest
from derive.language.fields import contents, name_of, toml_error
from derive.language.load import catalogue
from derive.rendering.exercise_blanks import BLANKS, Blank
from derive.rendering.pdf import compiled

SECTIONS: Mapping[str, str] = {
    "symbols": "Symbols",
    "sizes": "Sizes",
    "forward": "Forward pass",
    "backward": "Backward pass",
    "study": "Vanishing and exploding gradients",
    "truncation": "Truncated backpropagation through time",
    "update": "Update",
    "pytorch": "In PyTorch",
    "code": "Code",
    "checks": "Numeric checks",
    "rules": "Rules used",
}
"""What a course may leave out of its pages: by the name in the file, how the heading begins."""

_LOGOS = {".svg": "svg", ".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}
_LARGEST = 2_000_000  # bytes of a logo
_JOB = re.compile(r"(.*\.toml|\S+)((?:\s+[^\s=]+=[^\s=]+)*)")


@dataclass(frozen=True)
class Chapter:
    """A chapter: the author's words in Markdown, layers in order, and layers that are set as exercises."""

    title: str
    text: str
    layers: tuple[Job, ...]
    exercises: tuple[Job, ...]
    blank: Blank = "steps"
    seed: int = 0


@dataclass(frozen=True)
class Course:
    """A course; ``leave_out`` are headings of sections, ``logo`` the kind of a picture and its bytes."""

    name: str
    title: str
    subtitle: str
    author: str
    institution: str
    date: str
    preface: str
    leave_out: tuple[str, ...]
    single_steps: bool
    chapters: tuple[Chapter, ...]
    logo: tuple[str, bytes] | None = None
    templates: Path | None = None


def shipped() -> dict[str, Path]:
    """The courses that come with the program, by name."""
    folder = Path(__file__).resolve().parents[1] / "courses"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def course(source: str) -> Course:
    """The course of a file, or one of those shipped.  Raises LayerError where it says what cannot be."""
    path = shipped().get(source) or Path(source)
    try:
        text = contents(path, "course file")
    except LayerError as error:
        raise LayerError(error.message, error.file, hint=nearest(path.stem, shipped())) from None
    try:
        return _Reader(path, tomllib.loads(text)).course()
    except tomllib.TOMLDecodeError as error:
        raise toml_error(text, os.fspath(path), error) from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise LayerError(f"cannot read the logo: {error.strerror or error}", os.fspath(path)) from None
    if len(content) > _LARGEST:
        raise LayerError(f"logo too large: {_LARGEST // 1_000_000} MB at most", os.fspath(path))
    return content


def numbers(content: bytes) -> str:
    """Bytes as Typst reads them."""
    return ", ".join(map(str, content))


_KEYS = ("title", "subtitle", "author", "institution", "date", "logo", "preface", "leave_out", "single_steps",
         "templates", "chapter")  # fmt: skip
_CHAPTER = ("title", "text", "file", "layers", "exercises", "blank", "seed")


@dataclass(frozen=True)
class _Reader:
    path: Path
    fields: Mapping[str, Any]

    def course(self) -> Course:
        self._known(self.fields, _KEYS)
        chapters = self.fields.get("chapter", [])
        if not isinstance(chapters, list) or not chapters or not all(isinstance(c, dict) for c in chapters):
            raise self._error("a course has chapters", "write [[chapter]] with a title and layers")
        words = {key: self._words(self.fields, key) for key in _KEYS[:5]}
        name = name_of(self.path)
        return Course(
            name,
            **{**words, "title": words["title"] or name},
            preface=self._words(self.fields, "preface"),
            leave_out=self._left_out(),
            single_steps=self._single_steps(),
            chapters=tuple(map(self._chapter, chapters)),
            logo=self._logo(),
            templates=self._templates(),
        )

    def _chapter(self, fields: Mapping[str, Any]) -> Chapter:
        self._known(fields, _CHAPTER)
        title = self._words(fields, "title")
        if not title:
            raise self._error("a chapter has a title")
        file, text = self._words(fields, "file"), self._words(fields, "text")
        if file and text:
            raise self._error(f"the chapter {title!r} has a text and a file", "leave one of them out")
        if file:
            text = contents(self._beside(file), "chapter")
        blank = next((b for b in BLANKS if b == fields.get("blank", "steps")), None)
        if blank is None:
            raise self._error(f"blank cannot be {fields['blank']!r}", f"there are {', '.join(BLANKS)}")
        seed = fields.get("seed", 0)
        if type(seed) is not int or seed < 0:
            raise self._error("seed is a whole number")
        layers, exercises = (tuple(map(self._job, self._list(fields, key))) for key in ("layers", "exercises"))
        return Chapter(title, text, layers, exercises, blank, seed)

    def _job(self, spec: str) -> Job:
        """``rnn f=relu``, or the path of a layer file beside the course."""
        found = _JOB.fullmatch(spec.strip())
        if not found:
            raise self._error(f"cannot read the layer {spec!r}", "write a name and option=value after it")
        name, settings = found[1], dict(setting.split("=") for setting in found[2].split())
        if name in catalogue():
            return Job(name, settings)
        if not name.endswith(".toml"):
            hint = nearest(name, catalogue()) or "a layer is a name of the catalogue, or a file that ends in .toml"
            raise self._error(f"unknown layer {name!r}", hint)
        return Job(os.fspath(self._beside(name)), settings)

    def _single_steps(self) -> bool:
        wanted = self.fields.get("single_steps", False)
        if not isinstance(wanted, bool):
            raise self._error("single_steps is true or false")
        return wanted

    def _templates(self) -> Path | None:
        name = self._words(self.fields, "templates")
        if not name:
            return None
        folder = self._beside(name)
        if not folder.is_dir():
            raise self._error(f"there is no folder {name!r} of templates")
        return folder

    def _left_out(self) -> tuple[str, ...]:
        names = self._list(self.fields, "leave_out")
        for name in names:
            if name not in SECTIONS:
                hint = nearest(name, SECTIONS) or f"there are {', '.join(SECTIONS)}"
                raise self._error(f"there is no section {name!r} to leave out", hint)
        return tuple(SECTIONS[name] for name in names)

    def _logo(self) -> tuple[str, bytes] | None:
        name = self._words(self.fields, "logo")
        if not name:
            return None
        kind = _LOGOS.get(Path(name).suffix.lower())
        if kind is None:
            raise self._error(f"a logo cannot be {name!r}", f"it ends in {', '.join(_LOGOS)}")
        picture = _bytes(self._beside(name))
        image = f'#image(bytes(({numbers(picture)},)), format: "{kind}", alt: "Logo")'
        try:
            compiled(f'#set document(title: "Logo")\n{image}')
        except LayerError:
            raise self._error(f"the logo {name!r} is no picture of its kind") from None
        return kind, picture

    def _beside(self, name: str) -> Path:
        """A file in the folder of the course, and nowhere else."""
        folder = self.path.resolve().parent
        try:
            path = (folder / name).resolve()
        except ValueError as error:
            raise self._error(f"cannot read {name!r}: {error}") from None
        if not path.is_relative_to(folder):
            raise self._error(f"{name!r} is not in the folder of the course")
        return path

    def _words(self, fields: Mapping[str, Any], key: str) -> str:
        value = fields.get(key, "")
        if isinstance(value, str):
            return value.strip()
        if key == "date":  # TOML has dates of its own
            return str(value)
        raise self._error(f"{key} is a text")

    def _list(self, fields: Mapping[str, Any], key: str) -> Sequence[str]:
        value = fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self._error(f"{key} is a list of texts")
        return value

    def _known(self, fields: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in fields:
            if key not in keys:
                raise self._error(f"unknown key {key}", nearest(key, keys) or f"there are {', '.join(keys)}")

    def _error(self, message: str, hint: str = "") -> LayerError:
        return LayerError(message, os.fspath(self.path), hint=hint)
