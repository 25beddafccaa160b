"""Python source with its comments, strings and keywords told apart, as HTML."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator

from markupsafe import Markup, escape

_CLASSES = {tokenize.COMMENT: "c", tokenize.STRING: "s"}


def highlighted(source: str, language: str) -> Markup:
    """The source with spans of class c, s and k; as it is where it is no Python."""
    if language != "python":
        return escape(source)
    try:
        return Markup("").join(_pieces(source))
    except (tokenize.TokenError, SyntaxError):
        return escape(source)


def _pieces(source: str) -> Iterator[Markup]:
    lines = source.splitlines(keepends=True)
    row, column = 1, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = "k" if keyword.iskeyword(token.string) else _CLASSES.get(token.type, "")
        if kind:
            yield escape(_between(lines, (row, column), token.start))
            yield Markup('<span class="{}">{}</span>').format(kind, token.string)
            row, column = token.end
    yield escape(_between(lines, (row, column), (len(lines) + 1, 0)))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The source from a place to another, by line from 1 and column."""
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]] if start[0] <= len(lines) else ""
    first = lines[start[0] - 1][start[1] :] if start[0] <= len(lines) else ""
    last = lines[end[0] - 1][: end[1]] if end[0] <= len(lines) else ""
    return "".join([first, *lines[start[0] : end[0] - 1], last])
