"""What a layer file wants studied beside its gradients: how they fade over a recurrence, and what cutting it costs."""

from __future__ import annotations

from collections.abc import Iterator

from derive.rendering.compose_bound import bounded
from derive.rendering.compose_fading import fading
from derive.rendering.compose_truncation import truncation
from derive.rendering.document import Block, Heading, text
from derive.rendering.page import Page


def study(page: Page) -> Iterator[Block]:
    """The sections that the table ``[study]`` asks for."""
    fate = (*bounded(page), *fading(page))
    if fate:
        yield Heading(1, text("Vanishing and exploding gradients"))
        yield from fate
    yield from truncation(page)
