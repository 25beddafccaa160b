"""How MyST's Markdown differs: labels, references and directives, and more that text has to escape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from jinja2 import pass_context
from jinja2.runtime import Context

from derive.rendering import markdown, quarto
from derive.rendering.document import Code, Inline, Inlines, Reference
from derive.rendering.formula import Formula


def piece(context: Context, inline: Inline) -> str:
    """A piece of running text."""
    match inline:
        case Code(plain):
            return markdown.code(plain)
        case Reference(_, number) if not number.startswith("D"):
            return f"{{eq}}`eq-{quarto.label(context, number)}`"
    return quarto.piece(context, inline)


@pass_context
def inline(context: Context, pieces: Inlines) -> str:
    """Running text; its beginning does not look like that of a list, a block, a comment or a label."""
    line = quarto.started(markdown.inline(pieces, partial(piece, context)))
    return f"\\{line}" if line.startswith("(") else line


@pass_context
def cell(context: Context, pieces: Inlines) -> str:
    """Running text in a table."""
    return markdown.cell(pieces, partial(inline, context))


@pass_context
def labelled(context: Context, formula: Formula, tag: str) -> str:
    """A displayed formula that MyST numbers; without a tag it has no number."""
    return markdown.display(formula) + (f" (eq-{quarto.label(context, tag)})" if tag else "")


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {**quarto.FILTERS, "inline": inline, "cell": cell, "labelled": labelled}
)
