"""A matrix as coloured cells: blue above zero, orange below, the stronger the larger; nothing where it is zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.rendering.formula import Formula
from derive.rendering.pictures.shapes import Box, Label, Shape, Stroke

LETTERS = 12.0  # size of the names at the sides
_LEAST = 0.12  # strength of the smallest value that is not zero


def heat(values: Sequence[Sequence[float]], x: float, y: float, cell: float, numbers: bool = False) -> Iterator[Shape]:
    """The cells from an upper left corner on, with ``numbers`` in two digits."""
    largest = max((abs(v) for row in values for v in row), default=0.0) or 1.0
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            left, top = x + c * cell, y + r * cell
            if abs(value) > 1e-12 * largest:
                strength = _LEAST + (0.85 - _LEAST) * abs(value) / largest
                yield Box(left, top, cell, cell, None, "blue" if value > 0 else "orange", round(strength, 2))
            if numbers:
                shown = f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
                yield Label(left + cell / 2, top + cell / 2, shown, 8.5)
    yield Box(x, y, len(values[0]) * cell, len(values) * cell, "quiet", stroke=1.0)


def lines_between(
    count: int, every: int, x: float, y: float, length: float, cell: float, down: bool
) -> Iterator[Shape]:
    """Thin lines after every few cells, down or across, which part the samples of a batch."""
    for k in range(every, count, every):
        one = (x + k * cell, y) if down else (x, y + k * cell)
        other = (x + k * cell, y + length) if down else (x + length, y + k * cell)
        yield Stroke((one, other), "quiet", 0.6)


def sides(rows: Formula, columns: Formula, x: float, y: float, wide: float, high: float) -> tuple[Label, Label]:
    """What the rows and the columns are, left of and above a matrix."""
    return (
        Label(x - 8, y + high / 2, rows, LETTERS, "quiet", "end"),
        Label(x + wide / 2, y - 11, columns, LETTERS, "quiet"),
    )
