"""How Quarto's Markdown differs: labels and references that it numbers itself, and more that text has to escape."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from jinja2 import pass_context
from jinja2.runtime import Context

from derive.rendering import markdown
from derive.rendering.document import Code, Emphasis, Inline, Inlines, Link, Reference, Strong, Text
from derive.rendering.formula import Formula

_SPECIAL = re.compile(r"([@^])")  # citations, superscripts
_LIST = re.compile(r"^(\(?[A-Za-z0-9]+)([.)])(?=\s)")  # (a), iv., B)
_FENCE = re.compile(r"^(:::+|\+\+\+|%)")
_SHORTCODE = re.compile(r"\{\{<|>\}\}")


def text(plain: str) -> str:
    """Text with everything escaped that Pandoc or Quarto would take for its own."""
    return _SPECIAL.sub(r"\\\1", markdown.text(plain))


def label(context: Context, number: str) -> str:
    """The label of a step or an equation, which no other page of a book has."""
    return re.sub(r"[^a-z0-9]+", "-", f"{context['document'].title} {number}".lower()).strip("-")


def piece(context: Context, inline: Inline) -> str:
    """A piece of running text."""
    match inline:
        case Text(plain):
            return text(plain)
        case Strong(plain):
            return f"**{text(plain)}**"
        case Emphasis(plain):
            return f"*{text(plain)}*"
        case Code(plain):
            return _SHORTCODE.sub(lambda m: "{{{<" if m[0] == "{{<" else ">}}}", markdown.code(plain))
        case Link(plain):
            return markdown.piece(inline).replace(markdown.text(plain), text(plain), 1)
        case Reference(plain, number) if number.startswith("D"):
            return f"[{text(plain)}](#{label(context, number)})"
        case Reference(_, number):
            return f"([-@eq-{label(context, number)}])"
    return markdown.piece(inline)


def started(line: str) -> str:
    """A line whose beginning means nothing but itself."""
    return _FENCE.sub(r"\\\1", _LIST.sub(r"\1\\\2", line))


@pass_context
def inline(context: Context, pieces: Inlines) -> str:
    """Running text; its beginning does not look like that of a list or a block."""
    return started(markdown.inline(pieces, partial(piece, context)))


@pass_context
def cell(context: Context, pieces: Inlines) -> str:
    """Running text in a table."""
    return markdown.cell(pieces, partial(inline, context))


@pass_context
def labelled(context: Context, formula: Formula, tag: str) -> str:
    """A displayed formula that Quarto numbers; without a tag it has no number."""
    return markdown.display(formula) + (f" {{#eq-{label(context, tag)}}}" if tag else "")


def quoted(plain: str) -> str:
    """Text as the value of an attribute, or in the head of a page."""
    return json.dumps(plain, ensure_ascii=False).replace(r"\n", " ")


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        **markdown.FILTERS,
        "text": text,
        "inline": inline,
        "cell": cell,
        "labelled": labelled,
        "label": pass_context(label),
        "quoted": quoted,
    }
)
