"""Cells of tensors beside each other, some of them marked, with a word above and a sign between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from derive.rendering.formula import Formula
from derive.rendering.metrics import width
from derive.rendering.pictures.shapes import Box, Ink, Label, Picture, Shape, Stroke

CELL = 27.0
LETTERS = 9.5  # size of what stands in cells
_GAP = 62.0  # between grids
_TOP = 34.0  # for the word above
_NAME = 12.0  # size of the formula there

Cell = tuple[int, int]  # row and column


@dataclass(frozen=True)
class Grid:
    """Rows and columns of cells; ``margin`` of more around it that are not there, such as padding.

    marks   cells with their colour and how strong it is; ``labels`` what stands in cells
    title   above it; ``name`` the formula before the title
    """

    rows: int
    columns: int
    title: str
    name: Formula
    marks: Mapping[Cell, tuple[Ink, float]] = field(default_factory=dict)
    labels: Mapping[Cell, Formula] = field(default_factory=dict)
    margin: tuple[int, int] = (0, 0)


def row(grids: tuple[Grid, ...], top: float = 0.0) -> tuple[float, float, tuple[Shape, ...]]:
    """Grids beside each other with arrows between them; how wide and high they are, and their shapes."""
    shapes: list[Shape] = []
    x = 4.0
    height = max((g.rows + 2 * g.margin[0]) * CELL for g in grids)
    for k, grid in enumerate(grids):
        wide, high = (grid.columns + 2 * grid.margin[1]) * CELL, (grid.rows + 2 * grid.margin[0]) * CELL
        y = top + _TOP + (height - high) / 2
        if k:
            middle = top + _TOP + height / 2
            shapes.append(Stroke(((x - _GAP + 12, middle), (x - 12, middle)), "quiet", 1.2, arrow=True))
        room = max(wide, 5.6 * len(grid.title), _NAME * width(grid.name))
        inner = x + (room - wide) / 2 + grid.margin[1] * CELL, y + grid.margin[0] * CELL
        shapes += _cells(grid, *inner)
        shapes.append(Label(x, top + 9, grid.title, 10.0, "quiet", "start"))
        shapes.append(Label(x, top + 24, grid.name, _NAME, "ink", "start"))
        x += room + _GAP
    return x - _GAP + 4, _TOP + height + 6, tuple(shapes)


def stacked(rows: tuple[tuple[Grid, ...], ...]) -> Picture:
    """Rows of grids below each other."""
    shapes: list[Shape] = []
    width = height = 0.0
    for grids in rows:
        wide, high, drawn = row(grids, height)
        shapes += drawn
        width, height = max(width, wide), height + high + 12
    return Picture(width, height, tuple(shapes))


def _cells(grid: Grid, x: float, y: float) -> Iterator[Shape]:
    down, aside = grid.margin
    for r in range(-down, grid.rows + down):
        for c in range(-aside, grid.columns + aside):
            inside = 0 <= r < grid.rows and 0 <= c < grid.columns
            ink, strength = grid.marks.get((r, c), ("paper", 1.0))
            yield Box(x + c * CELL, y + r * CELL, CELL, CELL, "quiet" if inside else "faint", ink, strength, stroke=0.8)
    for (r, c), content in grid.labels.items():
        yield Label(x + (c + 0.5) * CELL, y + (r + 0.5) * CELL, content, LETTERS)
    if down or aside:
        yield Box(x, y, grid.columns * CELL, grid.rows * CELL, "ink", stroke=1.4)
