"""What a gradient of an exercise is worth: a point for each path to the loss, and one for the result put together."""

from __future__ import annotations

from derive.rendering.coverage import Passed
from derive.rendering.page import Page
from derive.steps.record import Gradient


def points(one: Gradient, page: Page) -> int:
    """The points of a gradient; one where it is only handed on, or nothing reads it."""
    if isinstance(page.covers(one), Passed) or not one.readers:
        return 1
    return len(one.readers) + 1


def worth(one: Gradient, page: Page) -> str:
    """``2 points``."""
    count = points(one, page)
    return f"{count} point{'s' if count > 1 else ''}"
