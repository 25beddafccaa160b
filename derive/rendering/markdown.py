"""How Markdown writes text, formulas and errors: what its templates call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

from derive.rendering.document import (
    Code,
    Emphasis,
    Inline,
    Inlines,
    Link,
    Math,
    Reference,
    Strong,
    Text,
    figure,
)
from derive.rendering.formula import Formula
from derive.rendering.latex import MARKDOWN, latex

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")
_BARE_BAR = re.compile(r"(?<!\\)\|")  # as code has it, where a table still wants it escaped
_LINE_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|[-=])")


def text(plain: str) -> str:
    """Text with everything escaped that Markdown, or the mathematics in it, would take for its own."""
    escaped = _SPECIAL.sub(r"\\\1", plain.replace("&", "&amp;")).replace(r"\<", "&lt;").replace(r"\>", "&gt;")
    return " ".join(escaped.split("\n"))


def piece(inline: Inline) -> str:
    """A piece of running text."""
    match inline:
        case Text(plain) | Reference(plain):
            return text(plain)
        case Strong(plain):
            return f"**{text(plain)}**"
        case Emphasis(plain):
            return f"*{text(plain)}*"
        case Code(plain):
            return code(plain)
        case Link(plain, target):
            return f"[{text(plain)}]({quote(target)})"
        case Math(formula):
            return f"${latex(formula, MARKDOWN)}$"
    raise TypeError(f"no Markdown for {type(inline).__name__}")


def inline(pieces: Inlines, write: Callable[[Inline], str] = piece) -> str:
    """Running text; its beginning does not look like that of a list or an underline."""
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}", "".join(map(write, pieces)))


def code(plain: str) -> str:
    """Code inside a line, between as many backquotes as it takes."""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{' '.join(plain.split())}{pad}{fence}"


def display(formula: Formula, tag: str = "") -> str:
    """A displayed formula, on one line so that no line of it looks like Markdown."""
    mark = rf" \tag*{{{_tag(tag)}}}" if tag else ""
    return f"$${latex(formula, MARKDOWN)}{mark}$$"


def boxed(formula: Formula) -> str:
    """A displayed formula in a frame."""
    return rf"$$\boxed{{{latex(formula, MARKDOWN)}}}$$"


def _tag(tag: str) -> str:
    """Words of a tag: it is set as text."""
    return "".join(c if c.isalnum() or c in " .,()-–'" else " " for c in tag)


def cell(pieces: Inlines, write: Callable[[Inlines], str] = inline) -> str:
    """Running text in a table, where an unescaped bar would end the cell."""
    return _BARE_BAR.sub(r"\|", write(pieces).replace("\n", " "))


def fence(source: str) -> str:
    """The fence around a listing: longer than any in it."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", source)), 3)


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "text": text,
        "inline": inline,
        "display": display,
        "boxed": boxed,
        "cell": cell,
        "error": figure,
        "fence": fence,
    }
)
