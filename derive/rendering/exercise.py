"""The exercise of a derivation: what is given, the gradients to find, with as much of the way as is wanted.

It is composed from the same page as the derivation, but of sections that give no answer away; what is left out is
never in the document, so that no format can hide it badly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from derive.rendering import formula as F
from derive.rendering.compose_conventions import conventions
from derive.rendering.compose_curves import curves
from derive.rendering.compose_forward import forward
from derive.rendering.compose_gradient import fitted, titled
from derive.rendering.compose_pictures import drawings
from derive.rendering.compose_setting import for_options, known_symbols, paragraphs, symbols
from derive.rendering.compose_sizes import sizes
from derive.rendering.compose_windows import sliding
from derive.rendering.coverage import Briefly
from derive.rendering.document import (
    Block,
    Code,
    Document,
    Heading,
    Inline,
    Inlines,
    Items,
    Math,
    Paragraph,
    Result,
    Room,
    Strong,
    Table,
    said,
    text,
)
from derive.rendering.document import Step as StepRow
from derive.rendering.exercise_answer import task
from derive.rendering.exercise_blanks import LINE, Blank, Row, Secret, redacted, rows, secrets
from derive.rendering.exercise_points import points, worth
from derive.rendering.exercise_spots import FoundSpots, try_it
from derive.rendering.naming import command, stem
from derive.rendering.page import Page
from derive.rendering.typeset import typeset
from derive.steps.record import Gradient

_ROOM = 6  # lines to write on where the derivation is not guided


def exercise(page: Page, blank: Blank = "steps", seed: int = 0, spots: FoundSpots | None = None) -> Document:
    """The exercise as a document; ``seed`` chooses which lines and parts of lines are blank."""
    hidden = secrets(page)
    blocks = tuple(_hiding(block, hidden) for block in _given(page))
    tasks = tuple(_tasks(page, blank, Random(seed), hidden))
    values = () if spots is None else tuple(try_it(page, to_find(page), spots))
    title = f"{page.system.title}: exercise"
    return Document(title, _subtitle(page), (*blocks, *tasks, *values), known_symbols(page))


def to_find(page: Page) -> list[Gradient]:
    """The gradients that the exercise asks for: all but those by constants, in the order of the backward pass."""
    return [one for one in page.gradients() if not isinstance(page.covers(one), Briefly)]


def _subtitle(page: Page) -> Inlines:
    return text("Find the backward pass from the forward equations") + for_options(page) + text(".")


def _given(page: Page) -> Iterator[Block]:
    """What the layer is: nothing here comes from the backward pass but how its gradients are written."""
    if about := page.system.prose.get("about"):
        yield from paragraphs(page, about)
    yield from symbols(page)
    yield from conventions(page)
    yield from sizes(page)
    yield from drawings(page, backward=False)
    yield from forward(page)
    yield from sliding(page, backward=False)
    yield from curves(page, backward=False)


def _tasks(page: Page, blank: Blank, random: Random, hidden: Sequence[Secret]) -> Iterator[Block]:
    yield Heading(1, text("Gradients to find"))
    yield Paragraph(_instructions(page))
    yield _overview(page)
    for one in to_find(page):
        yield Heading(2, titled(page, one).inlines + text(f" ({worth(one, page)})"))
        yield Paragraph(said("{} ", Strong("Who reads it?")) + _redacted(page.prose(one.steps[0].sentence), hidden))
        lines = list(rows(page, one, blank, random, hidden))
        for k, row in enumerate(lines):
            yield _step(page, one, row, first=k == 0, hidden=hidden)
        if not lines:
            yield Room(_ROOM if points(one, page) > 1 else 2)
        yield _result(page, one)


def _instructions(page: Page) -> Inlines:
    file = f"{stem(page.system)}-answer.txt"
    words = (
        "Every gradient has the shape of what it is taken by. They stand in the order in which the backward pass "
        "finds them: each may use the ones before. Where something is underlined, it is yours to fill in. Results "
        "can be written into the file {}, a line each, in the language of the layer files; {} marks them."
    )
    return said(words, Code(file), Code(command("check", page.system, file)))


def _overview(page: Page) -> Table:
    """The gradients with their shapes, how a line of the answer begins, and the points."""
    found = to_find(page)
    body: list[tuple[Inlines, ...]] = [
        ((page.math(one.left),), page.shape(one.indices), (Code(task(one)),), text(str(points(one, page))))
        for one in found
    ]
    total = text(str(sum(points(one, page) for one in found)))
    body.append(((Strong("Together"),), (), (), total))
    return Table((4, 4, 5, 2), tuple(map(text, ("Gradient", "Shape", "In the answer", "Points"))), tuple(body))


def _step(page: Page, one: Gradient, row: Row, first: bool, hidden: Sequence[Secret]) -> StepRow:
    step = row.steps[0]
    reason = _redacted(page.prose(step.sentence), hidden) if row.reason and step is not one.steps[0] else ()
    return StepRow(
        *fitted(page, one, step, row.formula, first),
        step.rule,
        page.number(step),
        reason,
        page.shape(one.indices),
    )


def _result(page: Page, one: Gradient) -> Result:
    return Result((F.row(typeset(one.left, page.style), F.EQUALS, LINE),), (page.shape_of(one),))


# Hiding


def _redacted(inlines: Inlines, hidden: Sequence[Secret]) -> Inlines:
    def of(piece: Inline) -> Inline:
        return Math(redacted(piece.formula, hidden)) if isinstance(piece, Math) else piece

    return tuple(map(of, inlines))


def _hiding(block: Block, hidden: Sequence[Secret]) -> Block:
    """A block of what is given; only its words can repeat a result, as the forward equations are what they are."""
    match block:
        case Paragraph(inlines):
            return replace(block, inlines=_redacted(inlines, hidden))
        case Items(items):
            return Items(tuple(_redacted(item, hidden) for item in items))
    return block
