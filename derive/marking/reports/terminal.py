"""A marking on a terminal: a block for each line of the answer, and what they come to."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derive.marking.record import Line, Marking
from derive.marking.reports import words
from derive.rendering.document import Items
from derive.rendering.terminal import running

_STYLES = {"right": "green", "follows": "yellow", "wrong": "bold red", "unjudged": "dim"}


def terminal(marking: Marking) -> RenderableType:
    """The marking as something that a Rich console prints.  Nothing in it is taken for markup."""
    blocks = (part for line in marking.lines for part in (Text(""), block(line, marking.hints)))
    return Group(_title(marking), *blocks, Text(""), closing(marking))


def _title(marking: Marking) -> RenderableType:
    title = Text(words.clean(marking.layer), style="bold")
    return title.append(f"  {words.clean(marking.source)}", style="dim") if marking.source else title


def block(line: Line, hints: int) -> RenderableType:
    """The verdict on a line, points at the right; below it the line as written, and what there is to say of it."""
    style = _STYLES[line.verdict]
    verdict = Text(words.verdict(line), style=style)
    points = words.points(line)
    below = [Text(words.source(line), style="cyan"), Text(words.pointed(line))]
    for said in words.said(line, hints):
        rows = said.items if isinstance(said, Items) else (said.inlines,)
        below += [Text("• ") + running(row) if isinstance(said, Items) else running(row) for row in rows]
    return Group(_apart(verdict, points) if points else verdict, *(_inside(text) for text in below if text))


def closing(marking: Marking) -> RenderableType:
    """What the lines come to, or why there are none."""
    if marking.failure:
        return Group(Text("✗ not marked", style=_STYLES["wrong"]), _inside(Text(words.clean(marking.failure))))
    return Group(*(running(paragraph) for paragraph in words.summary(marking)))


def _apart(left: Text, right: str) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(left, Text(right))
    return grid


def _inside(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 4))
