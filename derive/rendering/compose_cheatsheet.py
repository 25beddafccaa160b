"""A cheat sheet: the forward equations of layers and all their gradients, without the way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.rendering.checked import GradientChecks, StepChecks
from derive.rendering.compose_matrix import is_matrix, reading_formula, readings
from derive.rendering.document import Block, Document, Equation, Heading, Paragraph, Result, figure, text
from derive.rendering.page import Page, page
from derive.steps.record import Derivation

_WIDTH = 30.0  # em of a column


def cheatsheet(parts: Iterable[tuple[Block, ...]]) -> Document:
    """A cheat sheet of what ``part`` has made of each layer."""
    about = text("Forward equations and the gradients of the loss, each with the shape of what it is taken by.")
    return Document("Gradients", about, tuple(block for part in parts for block in part))


def sheet(derivation: Derivation, evidence: StepChecks | None, report: GradientChecks | None) -> Document:
    """The cheat sheet of a single layer."""
    return cheatsheet([part(derivation, evidence, report)])


def part(derivation: Derivation, evidence: StepChecks | None, report: GradientChecks | None) -> tuple[Block, ...]:
    """The part of a layer: its equations, and every gradient in index form and, where it has one, in matrix form."""
    return tuple(_blocks(page(derivation, evidence, report, _WIDTH)))


def _blocks(page: Page) -> Iterator[Block]:
    yield Heading(1, text(page.system.title))
    for equation in page.system.all_equations:
        yield Equation(page.equation(equation.left, equation.right))
    for one in page.gradients():
        short, names = page.short(one.right)
        found = readings(page, one.left, one.right, one.indices).per_sample
        matrix_form = (reading_formula(page, found),) if found is not None and is_matrix(found) else ()
        formulas = dict.fromkeys((page.equation(one.left, short), *matrix_form))
        yield Result(tuple(formulas), (names,) if names else ())
    yield from _checked(page)


def _checked(page: Page) -> Iterator[Block]:
    """What the independent checks of the gradients found."""
    rows = () if page.report is None else page.report.rows
    if rows and all(row.ok for row in rows):
        worst = max(row.error for row in rows)
        yield Paragraph(text(f"✓ Every gradient checked: largest relative error {figure(worst)}."))
