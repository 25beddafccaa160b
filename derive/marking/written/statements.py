"""The lines of an answer: comments left out, and lines that go on put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.language.errors import Fragment

_NEW_LINE = re.compile(r"\r\n|\r|\n")  # and no other of Unicode's, as editors count lines
_MARK = "\N{BYTE ORDER MARK}"
_EQUATION = re.compile(
    r"\s*[^\s=\[\](){}<>!:]+(?:\s*/\s*[^\s=\[\](){}<>!:]+)?\s*(?:\[[^\[\]=]*\])?\s*(?::=|=(?!=)|≔|←)"
)
_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")
_GOES_ON = re.compile(r"(?:[-+*/@^=,·×∗⋅⊙∘−–(\[{]|\\)\s*$")
_CONTINUES = re.compile(r"\s*(?:[+*/@·×∗⋅⊙∘=)\]}]|[-−–])")


@dataclass(frozen=True)
class Statement:
    """A line of an answer, over as many lines of the file as it takes; ``number`` is the first of them, from 1."""

    number: int
    text: Fragment

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing stands on the right, as in a blank answer sheet."""
        return self.text.text.rstrip().endswith("=") and self.text.text.count("=") == 1

    @property
    def written(self) -> str:
        return " ".join(part.strip() for part in self.text.text.split("\n"))


def begins_equation(text: str) -> bool:
    """Whether a text begins with a left side and its sign, as in ``dW = …``, ``∂L/∂W[o,i] ← …``."""
    return _EQUATION.match(text) is not None


def statements(text: str, file: str) -> Iterator[Statement]:
    """The equations of an answer, in order.

    A line goes on where a bracket is open or an operator stands at its end, or at the beginning of the next; an
    equation that begins ends what was before it, so that a bracket never closed spoils one line only.
    """
    lines = tuple(_NEW_LINE.split(text.removeprefix(_MARK)))
    parts: list[tuple[int, int, int]] = []  # line, from, to
    depth = 0
    for number, line in enumerate(lines):
        start = 0
        for piece in _without_comment(line).split(";"):
            span = (number, start, start + len(piece))
            start += len(piece) + 1
            goes_on = parts and span[1] == 0 and _goes_on(lines, parts[-1], piece, depth)
            if parts and not goes_on:
                yield _statement(lines, parts, file)
                parts, depth = [], 0
            if piece.strip():
                parts.append(span)
                depth += sum(piece.count(c) for c in "([{") - sum(piece.count(c) for c in ")]}")
    if parts:
        yield _statement(lines, parts, file)


def _goes_on(lines: tuple[str, ...], last: tuple[int, int, int], piece: str, depth: int) -> bool:
    if begins_equation(piece):
        return False
    number, start, end = last
    if depth > 0 or _GOES_ON.search(lines[number][start:end]):
        return True
    return bool(_CONTINUES.match(piece)) and not _EQUALS.search(piece.lstrip(" \t="))


def _without_comment(line: str) -> str:
    return line.partition("#")[0]


def _statement(lines: tuple[str, ...], parts: list[tuple[int, int, int]], file: str) -> Statement:
    texts: list[str] = []
    places: list[tuple[int, int]] = []
    for number, start, end in parts:
        piece = lines[number][start:end].rstrip()
        piece = piece[:-1] + " " if piece.endswith("\\") else piece
        start, piece = (start, piece) if texts else (start + len(piece) - len(piece.lstrip()), piece.lstrip())
        texts.append(piece)
        places += [(number + 1, start + k + 1) for k in range(len(piece) + 1)]
    return Statement(parts[0][0] + 1, Fragment("\n".join(texts), file, lines, tuple(places)))
