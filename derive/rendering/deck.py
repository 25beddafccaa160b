"""A document as slides: one for each heading, on which the blocks below it appear one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.rendering.document import Block, Document, Heading, Inlines, Paragraph


@dataclass(frozen=True)
class Slide:
    """A slide: its title, empty on the first, and what appears at a time."""

    title: Inlines
    units: tuple[tuple[Block, ...], ...]


def deck(document: Document) -> tuple[Slide, ...]:
    """The slides of a document; the first has what stands before all headings, and may be empty."""
    sections: list[tuple[Inlines, list[Block]]] = [((), [])]
    for block in document.blocks:
        if isinstance(block, Heading):
            sections.append((block.inlines, []))
        else:
            sections[-1][1].append(block)
    found = [Slide(title, tuple(_units(blocks))) for title, blocks in sections]
    return (found[0], *(slide for slide in found[1:] if slide.units))


def _units(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """What appears together: a paragraph comes with what follows it, but the first, which leaves time to think."""
    waiting: tuple[Block, ...] = ()
    for k, block in enumerate(blocks):
        waiting = (*waiting, block)
        if k == 0 or not isinstance(block, Paragraph):
            yield waiting
            waiting = ()
    if waiting:
        yield waiting
