"""A marking as Markdown, by the templates of every other document."""

from __future__ import annotations

from derive.marking.record import Marking
from derive.marking.reports.page import page
from derive.rendering.render import printed


def markdown(marking: Marking) -> str:
    """The marking as Markdown.  What the person wrote comes out literally."""
    return printed(page(marking), "md")
