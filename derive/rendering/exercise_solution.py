"""The solution of an exercise: the derivation as it is, with the points of each gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.rendering.compose_gradient import titled
from derive.rendering.document import Block, Document, Heading, Paragraph, Strong, Table, Text, text
from derive.rendering.exercise_points import points, worth
from derive.rendering.page import Page
from derive.steps.record import Gradient


def solution(document: Document, page: Page, gradients: Sequence[Gradient]) -> Document:
    """The document of the derivation, with the points of the gradients that the exercise asks for."""
    headings = {titled(page, one): one for one in gradients}
    first = next((h for h in headings if h in document.blocks), None)
    blocks = [b for block in document.blocks for b in _with_points(page, block, headings, block == first)]
    return replace(document, title=f"{document.title}: solution", blocks=tuple(blocks))


def _with_points(page: Page, block: Block, headings: dict[Heading, Gradient], first: bool) -> Iterator[Block]:
    if not isinstance(block, Heading) or block not in headings:
        yield block
        return
    if first:
        yield Paragraph((Strong("Points."), Text(" " + _RULE)))
        yield _overview(page, tuple(headings.values()))
    yield replace(block, inlines=(*block.inlines, Text(f" ({worth(headings[block], page)})")))


_RULE = "A point for each equation through which a tensor reaches the loss, and one for the result put together."


def _overview(page: Page, gradients: Sequence[Gradient]) -> Table:
    rows = [((page.math(one.left),), text(str(points(one, page)))) for one in gradients]
    total = text(str(sum(points(one, page) for one in gradients)))
    return Table((4, 2), (text("Gradient"), text("Points")), (*rows, ((Strong("Together"),), total)))
