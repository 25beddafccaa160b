"""A course as its file says it: chapters with layers, options and exercises, and what stands on the title page."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.batch import Job
from derive.language.errors import LayerError, nearest
from derive.rendering.exercise_blanks import BLANKS, Blank

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

_LOGOS = (".svg", ".png", ".jpg", ".jpeg")
_LARGEST = 2_000_000  # bytes of a file that a course names


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
    """A course; ``leave_out`` are headings of sections, ``logo`` the ending of a picture's file and its bytes."""

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
        fields = tomllib.loads(_text(path, os.fspath(path)))
    except tomllib.TOMLDecodeError as error:
        raise LayerError(f"this is no TOML: {error}", os.fspath(path)) from None
    return _Reader(path, fields).course()


def _text(path: Path, said: str) -> str:
    try:
        return _bytes(path, said).decode("utf-8")
    except UnicodeDecodeError:
        raise LayerError("the file is not UTF-8 text", said) from None


def _bytes(path: Path, said: str) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise LayerError("the file is too large", said)
        return path.read_bytes()
    except OSError as error:
        hint = nearest(path.stem, shipped())
        raise LayerError(f"cannot read: {error.strerror or error}", said, hint=hint) from None


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
        templates = self._words(self.fields, "templates")
        return Course(
            self.path.stem,
            **{**words, "title": words["title"] or self.path.stem},
            preface=self._words(self.fields, "preface"),
            leave_out=self._left_out(),
            single_steps=bool(self.fields.get("single_steps", False)),
            chapters=tuple(map(self._chapter, chapters)),
            logo=self._logo(),
            templates=self._beside(templates) if templates else None,
        )

    def _chapter(self, fields: Mapping[str, Any]) -> Chapter:
        self._known(fields, _CHAPTER)
        title = self._words(fields, "title")
        if not title:
            raise self._error("a chapter has a title")
        file = self._words(fields, "file")
        text = _text(self._beside(file), file) if file else self._words(fields, "text")
        blank = next((b for b in BLANKS if b == fields.get("blank", "steps")), None)
        if blank is None:
            raise self._error(f"blank cannot be {fields['blank']!r}", f"there are {', '.join(BLANKS)}")
        seed = fields.get("seed", 0)
        if not isinstance(seed, int) or seed < 0:
            raise self._error("seed is a whole number")
        layers, exercises = (tuple(map(self._job, self._list(fields, key))) for key in ("layers", "exercises"))
        return Chapter(title, text, layers, exercises, blank, seed)

    def _job(self, spec: str) -> Job:
        """``rnn f=relu``, or the path of a layer file beside the course."""
        name, *settings = spec.split()
        pairs = [setting.partition("=") for setting in settings]
        if not all(option and equals and value for option, equals, value in pairs):
            raise self._error(f"cannot read the layer {spec!r}", "write a name and option=value after it")
        source = os.fspath(self._beside(name)) if name.endswith(".toml") else name
        return Job(source, {option: value for option, _, value in pairs})

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
        if Path(name).suffix.lower() not in _LOGOS:
            raise self._error(f"a logo cannot be {name!r}", f"it ends in {', '.join(_LOGOS)}")
        return Path(name).suffix.lower().removeprefix("."), _bytes(self._beside(name), name)

    def _beside(self, name: str) -> Path:
        """A file in the folder of the course, and nowhere else."""
        folder = self.path.resolve().parent
        path = (folder / name).resolve()
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
