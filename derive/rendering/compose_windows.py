"""Pictures of windows that slide: what one output reads, which outputs read one input, and the kernel turned round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.document import Drawing, Inlines, said, text
from derive.rendering.metrics import width
from derive.rendering.naming import picture as file_name
from derive.rendering.page import Page
from derive.rendering.pictures.grids import CELL, LETTERS, Cell, Grid, stacked
from derive.rendering.pictures.shapes import Ink
from derive.rendering.pictures.windows import Sizes, Window, sized, windows
from derive.rendering.recurrence import slashed
from derive.rendering.unicode import unicode


def sliding(page: Page, backward: bool = True) -> Iterator[Drawing]:
    """A picture for each tensor that windows slide over."""
    for window in windows(page.system):
        sizes = sized(page.system, window)
        if sizes is not None:
            yield _drawing(page, window, sizes, backward)


def _drawing(page: Page, window: Window, sizes: Sizes, backward: bool) -> Drawing:
    middle = tuple(n // 2 for n in sizes.outputs)
    output = max({p: None for p, _, _ in sizes.reads}, key=lambda p: (len(sizes.read_by(p)), p == middle))
    rows = [_forward(page, sizes, output)]
    caption, alt = _what_is_read(page, window, sizes), _reads(page, sizes, output)
    if backward:
        cell = max(_inside(sizes), key=lambda c: (len(sizes.readers_of(c)), -abs(sum(c) - sum(sizes.inputs) / 2)))
        rows.append(_backward(page, sizes, cell))
        alt += f"; {_is_read(page, sizes, cell)}"
        caption += _what_comes_back(page, window)
        turned = _turned(page, window)
        if turned is not None:
            rows.append(turned)
            how = "turned round" if turned[0].labels != turned[1].labels else "as it stands"
            caption += text(f" With stride 1 the gradient meets the kernel {how}.")
    shows = "window" if backward else "forward-window"
    return Drawing(file_name(page.system, f"{shows}-{window.read.name}"), stacked(tuple(rows)), caption, f"{alt}.")


# Rows of the picture


def _forward(page: Page, sizes: Sizes, output: Cell | tuple[int, ...]) -> tuple[Grid, ...]:
    read = sizes.read_by(output)
    marks: dict[Cell, tuple[Ink, float]] = {_two(c): ("blue", 0.28) for c in read}
    labels = {_two(c): _weight(page, sizes.window, u) for c, u in read.items()} if sizes.window.weight else {}
    name, result = page.style.notation.tensor(sizes.window.read.name), page.style.notation.tensor(_result(sizes))
    return (
        _grid(sizes.inputs, "what one output reads", name, marks, labels, _margin(sizes)),
        _grid(sizes.outputs, "the output", result, {_two(output): ("blue", 0.28)}, {}),
    )


def _backward(page: Page, sizes: Sizes, cell: tuple[int, ...]) -> tuple[Grid, ...]:
    readers = sizes.readers_of(cell)
    marks: dict[Cell, tuple[Ink, float]] = {_two(p): ("orange", 0.28) for p in readers}
    labels = {_two(p): _weight(page, sizes.window, u) for p, u in readers.items()} if sizes.window.weight else {}
    loss = page.style.notation.tensor(LOSS)
    upstream, gradient = (
        slashed(loss, page.style.notation.tensor(n)) for n in (_result(sizes), sizes.window.read.name)
    )
    return (
        _grid(sizes.outputs, "the outputs that read one input", upstream, marks, labels),
        _grid(sizes.inputs, "its gradient", gradient, {_two(cell): ("orange", 0.28)}, {}),
    )


def _turned(page: Page, window: Window) -> tuple[Grid, ...] | None:
    """The kernel, and its entries in the order of the outputs that read one input, if there can be a stride of 1."""
    sizes = sized(page.system, window, stride=1) if window.weight else None
    if sizes is None or sizes.stride != 1:
        return None
    cell = max(_inside(sizes), key=lambda c: len(sizes.readers_of(c)))
    readers = sizes.readers_of(cell)
    first = tuple(min(p[k] for p in readers) for k in range(len(cell)))
    met = {_two(tuple(a - b for a, b in zip(p, first, strict=True))): u for p, u in readers.items()}
    if len(met) != len({_two(u) for u in met.values()}):
        return None
    kernel = {_two(u): u for u in met.values()}
    name = page.style.notation.tensor(window.weight)
    grids = []
    for title, entries in (("the kernel", kernel), ("as the gradient meets it", met)):
        labels = {c: _weight(page, window, u) for c, u in entries.items()}
        marks: dict[Cell, tuple[Ink, float]] = {c: ("yellow", 0.22) for c in entries}
        grids.append(_grid(sizes.inside, title, name, marks, labels))
    return tuple(grids)


def _grid(
    cells: tuple[int, ...],
    title: str,
    name: F.Formula,
    marks: Mapping[Cell, tuple[Ink, float]],
    labels: Mapping[Cell, F.Formula],
    margin: tuple[int, int] = (0, 0),
) -> Grid:
    rows, columns = _two(cells) if len(cells) == 2 else (1, cells[0])
    return Grid(rows, columns, title, name, marks, labels, margin)


def _two(cell: tuple[int, ...]) -> Cell:
    """Row and column; what has one axis is a row."""
    return (0, cell[0]) if len(cell) == 1 else (cell[0], cell[1])


def _margin(sizes: Sizes) -> tuple[int, int]:
    """How far windows reach beyond the input, at either side."""
    beyond = [0] * len(sizes.inputs)
    for _, _, cell in sizes.reads:
        for k, place in enumerate(cell):
            beyond[k] = max(beyond[k], -place, place - sizes.inputs[k] + 1)
    return (0, beyond[0]) if len(beyond) == 1 else (beyond[0], beyond[1])


def _inside(sizes: Sizes) -> list[tuple[int, ...]]:
    """The inputs that something reads."""
    cells = dict.fromkeys(c for _, _, c in sizes.reads)
    return [c for c in cells if all(0 <= place < n for place, n in zip(c, sizes.inputs, strict=True))]


# Words


def _result(sizes: Sizes) -> str:
    return sizes.window.equation.name


def _weight(page: Page, window: Window, inside: tuple[int, ...]) -> F.Formula:
    """An entry of the kernel, or its indices alone where a cell has no room for the name."""
    places = tuple(F.Number(str(u)) for u in inside)
    named = F.Indexed(page.style.notation.tensor(window.weight), places, tight=True)
    return named if LETTERS * width(named) < CELL else F.row(*places)


def _what_is_read(page: Page, window: Window, sizes: Sizes) -> Inlines:
    read, result = page.name(window.read.name), page.name(window.equation.name)
    size = " by ".join(map(str, sizes.inside))
    if window.axes[0].outwards:
        words = f"Blue: one output of {{}} and what it reads of {{}}. An entry reaches a window of {size} outputs"
        return said(f"{words}, the next one {sizes.stride} further on.", result, read)
    words = f"Blue: one output of {{}} reads a window of {{}}, here of {size} cells and with a stride of {sizes.stride}"
    beyond = "; the pale cells lie outside the range" if any(_margin(sizes)) else ""
    return said(words + beyond + ".", result, read)


def _what_comes_back(page: Page, window: Window) -> Inlines:
    words = " Orange: {} at one place sums over the outputs that read it"
    weighted = ", each with the entry of {} by which it does." if window.weight else "."
    pieces = [slashed(page.style.notation.tensor(LOSS), page.style.notation.tensor(window.read.name))]
    pieces += [page.style.notation.tensor(window.weight)] if window.weight else []
    return said(words + weighted, *pieces)


def _reads(page: Page, sizes: Sizes, output: tuple[int, ...]) -> str:
    """What an output reads, in plain words."""
    read, result = (unicode(page.style.notation.tensor(n)) for n in (sizes.window.read.name, _result(sizes)))
    places = ", ".join(map(_place, sizes.read_by(output)))
    return f"Grids of cells. Output {_place(output)} of {result} reads {read} at {places}"


def _is_read(page: Page, sizes: Sizes, cell: tuple[int, ...]) -> str:
    """Which outputs read an input, in plain words."""
    read = unicode(page.style.notation.tensor(sizes.window.read.name))
    return f"{read} at {_place(cell)} is read by outputs {', '.join(map(_place, sizes.readers_of(cell)))}"


def _place(cell: tuple[int, ...]) -> str:
    return str(cell[0]) if len(cell) == 1 else f"({', '.join(map(str, cell))})"
