"""The forward equations: numbered, in index form with every limit shown, and in matrix form."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.system import Equation
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.compose_matrix import readings
from derive.rendering.document import Block, Heading, Inlines, Math, Paragraph, Text, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.page import Page
from derive.rendering.typeset_matrix import matrix_formula


def forward(page: Page) -> Iterator[Block]:
    """Every equation in index form; then all of them in matrix form, where that says something."""
    yield Heading(1, text("Forward pass"))
    for equation in page.system.all_equations:
        yield Displayed(page.equation(equation.left, equation.right, limits=True), page.numbers[equation.left])
    yield from _matrix_form(page, page.system.all_equations)


def _matrix_form(page: Page, equations: tuple[Equation, ...]) -> Iterator[Block]:
    rows: list[tuple[F.Formula, F.Formula]] = []
    batch = None
    for equation in equations:
        found = readings(page, equation.left, equation.right, equation.indices)
        if found.per_sample is not None:
            batch = batch or found.batch
            left, right = (matrix_formula(m, page.style) for m in (found.per_sample.left, found.per_sample.right))
            rows += F.rows_of(aligned(left, F.EQUALS, right, page.width))
    if rows:
        yield Paragraph((*text("In matrix form"), *_for_one(page, batch), Text(":")))
        yield Displayed(F.Lines(tuple(rows)))


def _for_one(page: Page, batch: str | None) -> Inlines:
    if batch is None:
        return ()
    letter = Math(page.style.notation.index(batch))
    return (Text(", for one sample (vectors are columns, "), letter, Text(" is left out)"))
