"""An author's Markdown as blocks of a document.  Markup that the documents have no word for stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from derive.rendering.document import (
    Block,
    Code,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    Items,
    Link,
    Listing,
    Paragraph,
    Strong,
    Table,
    Text,
)

if TYPE_CHECKING:
    from markdown_it.token import Token

_SCHEMES = ("http://", "https://", "mailto:")


def blocks(source: str, level: int = 1) -> tuple[Block, ...]:
    """The blocks of a Markdown text; its highest heading is of ``level``, and none skips a level."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = list(_blocks(parser.parse(source)))
    highest = min((b.level for b in found if isinstance(b, Heading)), default=1)
    last = level - 1
    for k, block in enumerate(found):
        if isinstance(block, Heading):
            last = min(block.level - highest + level, last + 1, level + 2)
            found[k] = Heading(last, block.inlines)
    return tuple(found)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    k = 0
    while k < len(tokens):
        token = tokens[k]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            end = _end(tokens, k)
            yield Items(tuple(_items(tokens[k + 1 : end])))
            k = end
        elif token.type == "table_open":
            end = _end(tokens, k)
            yield _table(tokens[k:end])
            k = end
        elif token.type == "heading_open":
            yield Heading(int(token.tag[1:]), inlines(tokens[k + 1].children or ()))
            k += 1
        elif token.type == "inline":
            yield Paragraph(inlines(token.children or ()))
        elif token.type in ("fence", "code_block"):
            yield Listing(token.info.split()[0] if token.info.strip() else "text", token.content)
        k += 1


def _end(tokens: Sequence[Token], start: int) -> int:
    """Where what begins at a token ends."""
    closing = tokens[start].type.replace("_open", "_close")
    level = tokens[start].level
    return next(k for k in range(start, len(tokens)) if tokens[k].type == closing and tokens[k].level == level)


def _items(tokens: Sequence[Token]) -> Iterator[Inlines]:
    """The items of a list, those of lists inside it after the one they belong to."""
    parts: list[Inline] = []
    for token in tokens:
        if token.type == "list_item_open" and parts:
            yield tuple(parts)
            parts = []
        elif token.type == "inline":
            parts += [Text(" "), *inlines(token.children or ())] if parts else inlines(token.children or ())
        elif token.type in ("fence", "code_block"):
            parts.append(Code(token.content.strip()))
    if parts:
        yield tuple(parts)


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[list[Inlines]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(inlines(token.children or ()))
    header, *others = rows
    return Table((1,) * len(header), tuple(header), tuple(tuple(row) for row in others))


def inlines(tokens: Sequence[Token]) -> Inlines:
    """Running text."""
    out: list[Inline] = []
    marks: list[tuple[str, str]] = []
    for token in tokens:
        if token.type in ("strong_open", "em_open", "link_open"):
            marks.append((token.type, str(token.attrGet("href") or "")))
        elif token.type in ("strong_close", "em_close", "link_close") and marks:
            marks.pop()
        elif token.type == "code_inline":
            out.append(_link(token.content, marks) or Code(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            out.append(Text(" "))
        elif token.content:
            out.append(_marked(token.content, marks))
    return tuple(out)


def _marked(words: str, marks: Sequence[tuple[str, str]]) -> Inline:
    kind = marks[-1][0] if marks else ""
    plain = Strong(words) if kind == "strong_open" else Emphasis(words) if kind == "em_open" else Text(words)
    return _link(words, marks) or plain


def _link(words: str, marks: Sequence[tuple[str, str]]) -> Link | None:
    """The words as a link, where they are in one; other marks within it are dropped."""
    target = next((to for kind, to in marks if kind == "link_open" and to.startswith(_SCHEMES)), None)
    return None if target is None else Link(words, target)
