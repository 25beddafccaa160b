"""How HTML writes text, formulas and pictures: what its templates call.

Templates escape by themselves what comes from these filters as plain text; what comes as ``Markup`` is HTML already,
with everything of the author's escaped here.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from derive.rendering import plots
from derive.rendering.document import (
    Code,
    Document,
    Drawing,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    Link,
    Math,
    Plot,
    Reference,
    Strong,
    Text,
    figure,
)
from derive.rendering.formula import Formula, Lines, rows_of
from derive.rendering.html_code import highlighted
from derive.rendering.mathml import mathml, phantom
from derive.rendering.metrics import width
from derive.rendering.pictures.shapes import Ink
from derive.rendering.pictures.svg import DARK, LIGHT, svg
from derive.rendering.unicode import unicode

_WIDE = 13.0  # em of a formula in running text that a narrow screen has to scroll
_JOINTS = re.compile(r"(?<=[.,_/])")
_CLOSING = re.compile(r"[,.;:!?)\]’”]+")


def _known(context: Context) -> frozenset[str]:
    """The tensors of the page."""
    return frozenset(s.name for s in context["document"].symbols)


# Text


@pass_context
def inline(context: Context, pieces: Inlines, marked: bool = True) -> Markup:
    """Running text; in that of links no tensors are ``marked``."""
    known = _known(context) if marked else frozenset()
    return Markup("").join(_inline(piece, known) for piece in _with_closing(pieces))


@dataclass(frozen=True)
class Closed(Inline):
    """A formula and the punctuation after it, which no line begins with."""

    formula: Formula
    closing: str = ""


def _with_closing(pieces: Inlines) -> Iterator[Inline]:
    """The pieces, each formula with the punctuation that the text after it begins with."""
    taken = 0
    for piece, following in zip_longest(pieces, pieces[1:]):
        match piece:
            case Math(formula):
                found = _CLOSING.match(following.text) if isinstance(following, Text) else None
                yield Closed(formula, found[0] if found else "")
                taken = found.end() if found else 0
            case Text(plain):
                yield Text(plain[taken:])
                taken = 0
            case _:
                yield piece


def _inline(piece: Inline, known: frozenset[str]) -> Markup:
    match piece:
        case Text(plain):
            return escape(plain)
        case Strong(plain):
            return Markup("<strong>{}</strong>").format(plain)
        case Emphasis(plain):
            return Markup("<em>{}</em>").format(plain)
        case Code(plain):
            return Markup("<code>{}</code>").format(_breakable(plain))
        case Link(plain, target):
            return Markup('<a href="{}">{}</a>').format(_local(target), plain)
        case Reference(plain, number):
            return Markup('<a class="to" href="#{}">{}</a>').format(anchor(number), plain)
        case Closed(formula, closing):
            shown = Markup(mathml(formula, known))
            if width(formula) > _WIDE:
                shown = Markup('<span class="wide">{}</span>').format(shown)
            return Markup('<span class="closed">{}{}</span>').format(shown, closing) if closing else shown
    raise TypeError(f"no HTML for {type(piece).__name__}")


def _breakable(code: str) -> Markup:
    """Code that a line may break after dots, commas, underscores and slashes."""
    return Markup("<wbr>").join(map(escape, filter(None, _JOINTS.split(code))))


def _local(target: str) -> str:
    """The address of a file beside the page: a name that looks like a scheme or a host is still that of a file."""
    return f"./{quote(target)}"


def anchor(number: str) -> str:
    """The place of a step, ``D7``, or of an equation, ``E5``; those of headings are in small letters."""
    return number if number.startswith("D") else f"E{number}"


def plain(pieces: Inlines) -> str:
    """Running text without any markup."""
    return "".join(unicode(p.formula) if isinstance(p, Math) else getattr(p, "text", "") for p in pieces)


# Formulas


@pass_context
def display(context: Context, formula: Formula, indent: Formula | None = None) -> Markup:
    """A displayed formula, with the room of ``indent`` before it."""
    shown = mathml(formula, _known(context), display=True)
    if indent is not None:
        start = shown.index(">") + 1
        shown = shown[:start] + phantom(indent) + shown[start:]
    return Markup(shown)


def together(formulas: Sequence[Formula]) -> Formula:
    """Equations one below the other, aligned where their right sides begin."""
    rows = tuple(row for formula in formulas for row in rows_of(formula))
    return Lines(rows) if len(rows) > 1 else formulas[0]


@pass_context
def math(context: Context, formula: Formula) -> Markup:
    """A formula in a line."""
    return Markup(mathml(formula, _known(context)))


# Headings


@dataclass(frozen=True)
class Section:
    """A heading as the table of contents has it."""

    level: int
    id: str
    inlines: Inlines


def contents(document: Document) -> tuple[Section, ...]:
    """The headings of a page with their places."""
    taken: set[str] = set()
    return tuple(Section(h.level, _slug(plain(h.inlines), taken), h.inlines) for h in _headings(document))


@pass_context
def place(context: Context, heading: Heading) -> str:
    """The place of a heading of the page."""
    document = context["document"]
    sections = zip(_headings(document), contents(document), strict=True)
    return next((section.id for here, section in sections if here is heading), "")


def _headings(document: Document) -> Iterator[Heading]:
    return (block for block in document.blocks if isinstance(block, Heading))


def _slug(words: str, taken: set[str]) -> str:
    """A heading in letters that an address may have, told apart from those before it."""
    base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "section"
    found, count = base, 1
    while found in taken:
        count += 1
        found = f"{base}-{count}"
    taken.add(found)
    return found


# Pictures, fonts, and what tells a browser that all of it is the page's own


def drawing(block: Drawing) -> Markup:
    """A picture as SVG in the page, in the inks of the page's style sheet."""
    return Markup(svg(block.picture, block.alt, style=False).strip())


def plot(block: Plot) -> Markup:
    """The address of a plot that is the plot itself."""
    return Markup("data:image/svg+xml;base64,") + b64encode(plots.drawn(block, "svg")).decode()


def font(name: str) -> Markup:
    """The address of a font that is the font itself."""
    data = (Path(__file__).parent / "fonts" / f"{name}.woff2").read_bytes()
    return Markup("data:font/woff2;base64,") + b64encode(data).decode()


def inks(paper: str) -> Mapping[Ink, str]:
    """The colours of pictures on light or on dark paper."""
    return DARK if paper == "dark" else LIGHT


def digest(source: str) -> Markup:
    """The hash by which a browser knows a script or style sheet for the page's own."""
    return Markup("sha256-") + b64encode(hashlib.sha256(source.encode()).digest()).decode()


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "inline": inline,
        "plain": plain,
        "display": display,
        "together": together,
        "math": math,
        "anchor": anchor,
        "contents": contents,
        "place": place,
        "error": figure,
        "drawing": drawing,
        "plot": plot,
        "font": font,
        "inks": inks,
        "highlighted": highlighted,
        "digest": digest,
    }
)
