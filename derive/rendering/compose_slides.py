"""A derivation as what is shown in a lecture: symbols, pictures, forward equations, and every gradient step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.rendering.checked import GradientChecks, StepChecks
from derive.rendering.compose import backward
from derive.rendering.compose_curves import curves
from derive.rendering.compose_forward import forward
from derive.rendering.compose_pictures import drawings
from derive.rendering.compose_setting import setting, subtitle, symbols
from derive.rendering.compose_windows import sliding
from derive.rendering.document import Block, Document, Paragraph, Step, Table
from derive.rendering.page import Page, page
from derive.steps.record import Derivation

_WIDTH = 35.0  # em of a line
_ROWS = 9  # of a table


def slides(derivation: Derivation, evidence: StepChecks | None, report: GradientChecks | None) -> Document:
    """The document that slides are made of: without prose, code and tables of checks, the single rewrites left out."""
    here = page(derivation, evidence, report, _WIDTH)
    return Document(derivation.system.title, subtitle(here), tuple(_blocks(here)))


def _blocks(page: Page) -> Iterator[Block]:
    yield from (block for block in list(setting(page))[:1] if isinstance(block, Paragraph) and page.system.prose)
    for section in (symbols, drawings, forward, sliding, curves, backward):
        for block in section(page):
            yield from _parts(replace(block, details=None) if isinstance(block, Step) else block)


def _parts(block: Block) -> Iterator[Block]:
    """A long table as several."""
    if not isinstance(block, Table):
        yield block
        return
    for start in range(0, len(block.rows), _ROWS):
        yield replace(block, rows=block.rows[start : start + _ROWS])
