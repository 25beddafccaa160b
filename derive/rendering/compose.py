"""A derivation, and the records of its checks, as a document: what is said, section by section."""

from __future__ import annotations

from collections.abc import Iterator

from derive.rendering.checked import GradientChecks, StepChecks
from derive.rendering.compose_brief import how_to_see_steps
from derive.rendering.compose_closed_form import closed_form
from derive.rendering.compose_conventions import conventions
from derive.rendering.compose_curves import curves
from derive.rendering.compose_end import checks, code, rules, update
from derive.rendering.compose_entrywise import entrywise_form
from derive.rendering.compose_forward import forward
from derive.rendering.compose_gradient import gradient, result
from derive.rendering.compose_jacobian import jacobians
from derive.rendering.compose_pictures import drawings
from derive.rendering.compose_pytorch import in_pytorch
from derive.rendering.compose_setting import known_symbols, setting, subtitle, symbols
from derive.rendering.compose_sizes import sizes
from derive.rendering.compose_study import study
from derive.rendering.compose_windows import sliding
from derive.rendering.coverage import Briefly
from derive.rendering.document import Block, Document, Heading, Paragraph, text
from derive.rendering.page import Page, page
from derive.steps.record import Derivation


def compose(derivation: Derivation, evidence: StepChecks | None, report: GradientChecks | None) -> Document:
    """The document of a derivation.  What was not checked bears no badge."""
    here = page(derivation, evidence, report)
    return Document(derivation.system.title, subtitle(here), tuple(_blocks(here)), known_symbols(here))


def _blocks(page: Page) -> Iterator[Block]:
    yield from setting(page)
    yield from symbols(page)
    yield from conventions(page)
    yield from sizes(page)
    yield from drawings(page)
    yield from forward(page)
    yield from sliding(page)
    yield from curves(page)
    yield from jacobians(page)
    yield from backward(page)
    yield from study(page)
    yield from update(page)
    yield from in_pytorch(page)
    yield from code(page)
    yield from checks(page)
    yield from rules(page)


def backward(page: Page) -> Iterator[Block]:
    yield Heading(1, text("Backward pass"))
    if not any(page.gradients()):
        yield Paragraph(text("There is no gradient to derive: all that the layer reads is whole numbers."))
    briefly = [one for one in page.gradients() if isinstance(page.covers(one), Briefly)]
    for one in page.gradients():
        if one in briefly:
            continue
        yield from gradient(page, one)
        for form in page.derivation.closed_forms:
            if form.left == one.left:
                yield from closed_form(page, form)
        for entrywise in page.derivation.entrywise_forms:
            if entrywise.left == one.left:
                yield from entrywise_form(page, entrywise)
    if briefly:
        yield Heading(2, text("Gradients of the constants"))
        yield Paragraph(how_to_see_steps(page))
        yield from (result(page, one) for one in briefly)
