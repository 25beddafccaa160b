"""Pages of layers as parts of a book: sections left out, headings a level down, numbers that are its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.rendering.document import (
    Block,
    Details,
    Document,
    Equation,
    Heading,
    Inline,
    Inlines,
    Items,
    Math,
    Paragraph,
    Reference,
    Result,
    Step,
    Substep,
    Symbol,
    Table,
    Text,
    text,
)


def without(document: Document, headings: Sequence[str], single_steps: bool) -> Document:
    """The document without the sections whose heading begins so, and without single steps where they are not wanted."""
    kept: list[Block] = []
    wanted = True
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            wanted = not _words(block.inlines).startswith(tuple(headings))
        if wanted:
            kept.append(block if single_steps or not isinstance(block, Step) else replace(block, details=None))
    return replace(document, blocks=tuple(kept))


def _words(inlines: Inlines) -> str:
    return "".join(i.text for i in inlines if isinstance(i, Text))


def part(document: Document, number: str) -> Iterator[Block]:
    """A page as the part of a book: its title a heading of level 2, equations and steps with ``number`` in front."""
    yield Heading(2, text(document.title))
    for block in document.blocks:
        if isinstance(block, Heading):
            yield Heading(min(block.level + 2, 4), _renumbered(block.inlines, number))
        else:
            yield _numbered(block, number)


def _numbered(block: Block, number: str) -> Block:
    match block:
        case Paragraph(inlines):
            return replace(block, inlines=_renumbered(inlines, number))
        case Items(items):
            return Items(tuple(_renumbered(item, number) for item in items))
        case Equation(tag=tag):
            return replace(block, tag=f"{number}.{tag}" if tag else "")
        case Step():
            details = block.details and replace(block.details, blocks=tuple(_all(block.details.blocks, number)))
            reason = _renumbered(block.reason, number)
            return replace(block, number=f"{number}.{block.number}", reason=reason, details=details)
        case Substep():
            return replace(block, reason=_renumbered(block.reason, number))
        case Result():
            return replace(block, remarks=tuple(_renumbered(r, number) for r in block.remarks))
        case Table(_, _, rows):
            return replace(block, rows=tuple(tuple(_renumbered(cell, number) for cell in row) for row in rows))
        case Details(_, blocks):
            return replace(block, blocks=tuple(_all(blocks, number)))
    return block


def _all(blocks: Iterable[Block], number: str) -> Iterator[Block]:
    return (_numbered(block, number) for block in blocks)


def _renumbered(inlines: Inlines, number: str) -> Inlines:
    return tuple(_reference(piece, number) for piece in inlines)


def _reference(piece: Inline, number: str) -> Inline:
    if not isinstance(piece, Reference):
        return piece
    return Reference(piece.text.replace(piece.number, f"{number}.{piece.number}"), f"{number}.{piece.number}")


def index_of_symbols(documents: Sequence[tuple[str, Document]]) -> Table:
    """Every symbol of every page, in the order of names, and for one name of the pages: what it means, and where."""
    found: dict[tuple[str, Inlines], tuple[Symbol, list[str]]] = {}
    for number, document in documents:
        for symbol in document.symbols:
            if symbol.role in ("input", "parameter", "output", "computed", "loss"):
                found.setdefault((symbol.name, symbol.meaning), (symbol, []))[1].append(number)
    rows = []
    for (_, meaning), (symbol, places) in sorted(found.items(), key=lambda item: item[0][0].lower()):
        formula = (Math(symbol.formula),)
        rows.append((formula, meaning or text(symbol.role), text(", ".join(dict.fromkeys(places)))))
    return Table((3, 8, 4), tuple(map(text, ("Symbol", "Meaning", "Sections"))), tuple(rows))
