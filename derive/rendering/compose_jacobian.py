"""Pictures of Jacobians, evaluated at small sizes: which outputs depend on which inputs, and how a softmax mixes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from derive.forms.arguments import Array, CallError
from derive.forms.jacobian import along_softmax, jacobian, shape_of
from derive.language.expr import Along
from derive.language.integers import size_symbol
from derive.language.system import System
from derive.language.traverse import walk
from derive.rendering import formula as F
from derive.rendering.compose_sizes import valued
from derive.rendering.document import Drawing, listed, said, text
from derive.rendering.metrics import width
from derive.rendering.naming import picture as file_name
from derive.rendering.page import Page
from derive.rendering.pictures.heat import LETTERS, heat, lines_between, sides
from derive.rendering.pictures.shapes import Label, Picture, Shape
from derive.rendering.pictures.windows import sized, windows

_SCORES = (2.0, 1.0, 0.0, -1.0, 1.5)  # of the softmax that is shown
_CELL, _LARGE = 9.0, 36.0
_MOST = 40  # rows and columns
_SAMPLES, _OTHERS = 2, (4, 3, 2)  # sizes that are tried: of the first axis, and of all others
_LEFT, _TOP = 44.0, 26.0


def jacobians(page: Page) -> Iterator[Drawing]:
    """The Jacobian of the layer where it is small, and that of a softmax in it."""
    if any(isinstance(n, Along) and n.op == "softmax" for e in page.system.all_equations for n in walk(e.right)):
        yield _of_softmax(page)
    else:
        yield from _of_the_layer(page)


# The softmax


def _of_softmax(page: Page) -> Drawing:
    p, matrix = along_softmax(np.array(_SCORES))
    wide = _LARGE * len(p)
    shapes: list[Shape] = [*heat(matrix.tolist(), _LEFT, _TOP, _LARGE, numbers=True)]
    shapes += sides(F.Name("p", "p", style="bold"), F.Name("z", "z", style="bold"), _LEFT, _TOP, wide, wide)
    shapes += heat([[float(v)] for v in p], _LEFT + wide + 40, _TOP, _LARGE, numbers=True)
    shapes.append(Label(_LEFT + wide + 40 + _LARGE / 2, _TOP - 11, F.Name("p", "p", style="bold"), LETTERS, "quiet"))
    caption = said(
        "The Jacobian of {}, the softmax of five scores {}, and at the right its values. Raising one raises its own "
        "probability (blue) and lowers all others (orange), most those that are large; every column adds up to 0.",
        F.Name("p", "p", style="bold"),
        F.Name("z", "z", style="bold"),
    )
    entries = "; ".join(", ".join(f"{v:.2f}" for v in row) for row in matrix)
    alt = f"Heat map of a 5 by 5 matrix: {entries}."
    picture = Picture(_LEFT + wide + 40 + _LARGE + 6, _TOP + wide + 6, tuple(shapes))
    return Drawing(file_name(page.system, "softmax-jacobian"), picture, caption, alt)


# A whole layer


def _of_the_layer(page: Page) -> Iterator[Drawing]:
    system = page.system
    inputs = [t for t in system.inputs if t.axes and not t.integer]
    if system.loss is not None or len(system.outputs) != 1 or not inputs or page.recurrent:
        return
    output, by = system.outputs[0], inputs[0].name
    found = next(filter(None, (_small(system, output, by, others) for others in _OTHERS)), None)
    if found is None:
        return
    sizes, matrix = found
    rows, columns = matrix.shape
    wide, high = columns * _CELL, rows * _CELL
    names = page.style.notation.tensor(output), page.style.notation.tensor(by)
    beside, over = (LETTERS * width(name) for name in names)
    left, right = max(_LEFT, beside + 16.0, (over - wide) / 2 + 4.0), max(8.0, (over - wide) / 2 + 4.0)
    shapes = [*heat(matrix.tolist(), left, _TOP, _CELL)]
    for tensor, count, down in ((by, columns, True), (output, rows, False)):
        every = prod(shape_of(system, tensor, sizes)[1:])
        shapes += lines_between(count, every, left, _TOP, high if down else wide, _CELL, down)
    shapes += sides(*names, left, _TOP, wide, high)
    yield _drawing(page, output, by, matrix, sizes, Picture(left + wide + right, _TOP + high + 8, tuple(shapes)))


def _drawing(page: Page, output: str, by: str, matrix: Array, sizes: dict[str, int], picture: Picture) -> Drawing:
    filled = int(np.count_nonzero(matrix))
    shown = {t.extent for n in (output, by) for t in page.system.tensors[n].axes}
    index = page.style.notation.index
    at = [F.row(index(n), F.EQUALS, F.Number(str(v))) for n, v in sizes.items() if size_symbol(n) in shown]
    words = (
        ": a row for each output, a column for each input, in the order of the indices. Blue is positive, orange "
        f"negative, and empty where nothing depends: {filled} of {matrix.size} entries are not 0."
    )
    of = said("The Jacobian of {} by {} at random values, for ", page.name(output), page.name(by))
    caption = of + listed(at) + text(words)
    alt = f"Matrix of {matrix.shape[0]} by {matrix.shape[1]} cells, of which {filled} are filled."
    return Drawing(file_name(page.system, "jacobian"), picture, caption, alt)


def _small(system: System, output: str, by: str, others: int) -> tuple[dict[str, int], Array] | None:
    """Sizes with which input and output are small, and the Jacobian at random values."""
    sizes = _sizes(system, others)
    if sizes is None or any(t.integer for t in system.inputs):
        return None
    shapes = {name: shape_of(system, name, sizes) for name in (output, by)}
    if not all(1 < prod(shape) <= _MOST for shape in shapes.values()):
        return None
    rng = np.random.default_rng(0)
    given = {t.name: rng.uniform(0.3, 1.3, shape_of(system, t.name, sizes)) for t in (*system.inputs, *system.params)}
    given[by] = rng.permutation(np.linspace(-1.6, 1.7, prod(shapes[by]))).reshape(shapes[by])
    given |= {n: np.asarray(float(v)) for n, v in system.numbers.items() if n in given}
    try:
        matrix = jacobian(system, output, by, given, sizes)
    except CallError:
        return None
    return (sizes, matrix) if np.isfinite(matrix).all() and np.count_nonzero(matrix) else None


def _sizes(system: System, others: int) -> dict[str, int] | None:
    """Two samples, windows as in their picture, everything else of one size."""
    sizes = {name: _SAMPLES if k == 0 else others for k, name in enumerate(system.sizes)}
    for window in windows(system):
        found = sized(system, window)
        if found is not None:
            sizes = {name: 1 for name in sizes} | {n: v for n, v in found.values.items() if n in sizes}
    for name, definition in system.derived.items():
        sizes[name] = valued(definition, sizes)
    holds = all(v >= max(1, system.lower.get(n, 1)) or n in system.sizes for n, v in sizes.items())
    return sizes if holds and all(c.holds(sizes) for c in system.constraints) else None
