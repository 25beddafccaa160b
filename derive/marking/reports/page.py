"""A marking as a document of no format yet, to be printed like any other: Markdown, LaTeX, ..."""

from __future__ import annotations

from collections.abc import Iterator

from derive.marking.record import Line, Marking
from derive.marking.reports import words
from derive.rendering import document as D


def page(marking: Marking) -> D.Document:
    """The marking as a document: a section for each line of the answer, and what they come to."""
    title = f"Marks: {words.clean(marking.source or marking.layer)}"
    subtitle = D.said("Layer: {}.", D.Code(words.clean(marking.layer)))
    return D.Document(title, subtitle, tuple(_blocks(marking)))


def _blocks(marking: Marking) -> Iterator[D.Block]:
    if marking.failure:
        yield D.Paragraph((D.Strong("Not marked"), D.Text(":")), leads=True)
        yield D.Listing("text", words.clean(marking.failure))
    for paragraph in words.summary(marking):
        yield D.Paragraph(paragraph)
    for line in marking.lines:
        yield from _line(line, marking.hints)


def _line(line: Line, hints: int) -> Iterator[D.Block]:
    points = words.points(line)
    verdict = words.verdict(line)
    yield D.Heading(1, D.text(f"{verdict} ({points})" if points else verdict))
    if source := words.source(line):
        yield D.Listing("text", source)
    if pointed := words.pointed(line):
        yield D.Listing("text", pointed)
    yield from words.said(line, hints)
