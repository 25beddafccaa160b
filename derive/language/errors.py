"""Errors in a layer's text: what is wrong, where it stands, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN = 100  # characters of a source line that an error shows


class LayerError(Exception):
    """Something wrong in a layer or in an expression of the language.

    message   what is wrong, in one line
    file      the file, or the name of the field (``equations``) of a layer made in Python; "" if there is no place
    line      1, 2, … in that file or field; 0 if there is no place
    column    1, 2, … in that line; 0 where it is all of it
    source    the whole line
    hint      what was expected, or the nearest known name
    """

    def __init__(
        self, message: str, file: str = "", line: int = 0, column: int = 0, source: str = "", hint: str = ""
    ) -> None:
        self.message, self.file, self.line, self.column = message, file, line, column
        self.source, self.hint = source, hint
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.without_hint}\n{self.hint}" if self.hint else self.without_hint

    @property
    def without_hint(self) -> str:
        """What is wrong and where, and not what would be right."""
        place = [str(part) for part in (self.file, self.line, self.column if self.line else 0) if part]
        where = ":".join(place) + ": " if place else ""
        lines = [where + self.message]
        if self.line and self.source.strip():
            lines += [f"    {line}" for line in _pointed(self.source, self.column)]
        return "\n".join(lines)


def _pointed(source: str, column: int) -> tuple[str, str]:
    """The line without its indentation, cut around the place, and the caret under the place."""
    text = "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in source)
    start = len(text) - len(text.lstrip())
    at = max(column - 1, start)
    if at - start > _SHOWN - 20:
        start = at - _SHOWN // 2
    return text[start : start + _SHOWN].rstrip(), " " * (at - start) + "^"


@dataclass(frozen=True)
class Fragment:
    """A piece of text that knows where it stands.

    origin   the file or field that it is from, ``lines`` all its lines
    places   (line, column), counted from 1, of each character, and of the end
    """

    text: str
    origin: str
    lines: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, origin: str = "") -> Fragment:
        """A text that stands on its own."""
        places, line, column = [], 1, 1
        for character in text:
            places.append((line, column))
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
        return cls(text, origin, tuple(text.split("\n")), (*places, (line, column)))

    def part(self, start: int, end: int) -> Fragment:
        """The text from ``start`` to ``end``, without the white space around it."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        return Fragment(self.text[start:end], self.origin, self.lines, self.places[start : end + 1])

    def error(self, message: str, at: int = 0, hint: str = "") -> LayerError:
        """An error at a character of this text."""
        line, column = self.places[min(at, len(self.places) - 1)]
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        return LayerError(message, self.origin, line, column, source, hint)


def nearest(name: str, known: Iterable[str]) -> str:
    """``did you mean W_h?`` where a known name is near, else an empty text."""
    names = list(dict.fromkeys(known))
    folded = {n.lower(): n for n in reversed(names)}
    close = get_close_matches(name, names, 1, 0.6) or get_close_matches(name.lower(), folded, 1, 0.6)
    return f"did you mean {folded.get(close[0], close[0])}?" if close else ""
