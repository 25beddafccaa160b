"""Values for who wants to try out what they found: inputs with few digits, and a few entries of each gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from derive.language.expr import Elem
from derive.rendering.document import Block, Heading, Inlines, Listing, Math, Paragraph, Table, Text, text
from derive.rendering.page import Page
from derive.rendering.typeset import typeset
from derive.steps.record import Gradient


class FoundSpot(Protocol):
    """The value of an element of a gradient."""

    @property
    def left(self) -> Elem: ...
    @property
    def value(self) -> float: ...


class FoundSpots(Protocol):
    """Inputs, and values of gradients by the id of their record; they are computed elsewhere."""

    @property
    def sizes(self) -> Mapping[str, int]: ...
    @property
    def inputs(self) -> Mapping[str, NDArray[np.float64]]: ...
    @property
    def values(self) -> Mapping[int, Sequence[FoundSpot]]: ...


def try_it(page: Page, gradients: Sequence[Gradient], spots: FoundSpots) -> Iterator[Block]:
    """The section: inputs as NumPy arrays, and a row for each gradient."""
    yield Heading(1, text("Try it out"))
    words = (
        "True values of each gradient for the inputs below, rounded to four digits. What you found should give them."
    )
    yield Paragraph(text(words))
    yield Listing("python", _inputs(spots), runs=True)
    rows = []
    for one in gradients:
        if found := spots.values.get(id(one), ()):
            rows.append(((page.math(one.left),), _entries(page, found)))
    yield Table((3, 10), (text("Gradient"), text("Entries")), tuple(rows))


def _entries(page: Page, found: Sequence[FoundSpot]) -> Inlines:
    """``dW[1,2] = 0.25; …``: the elements in the language's order of indices."""
    out: Inlines = ()
    for k, spot in enumerate(found):
        value = f" = {_rounded(spot.value)}"
        out += (*((Text(";  "),) if k else ()), Math(typeset(spot.left, page.style)), Text(value))
    return out


def _rounded(value: float) -> str:
    short = f"{value:.4g}"
    return short.replace("-", "−") if float(short) else "0"


def _inputs(spots: FoundSpots) -> str:
    sizes = ", ".join(spots.sizes)
    numbers = ", ".join(map(str, spots.sizes.values()))
    lines = ["import numpy as np", "", f"{sizes} = {numbers}"] if spots.sizes else ["import numpy as np", ""]
    for name, array in spots.inputs.items():
        if np.ndim(array) == 0:
            lines.append(f"{name} = {np.asarray(array).item()}")
            continue
        start = f"{name} = np.array("
        flat = array if np.ndim(array) < 3 else np.ravel(array)  # a line or two, not one for each row of rows
        values = np.array2string(np.asarray(flat), separator=", ", max_line_width=100, prefix=start, threshold=10**6)
        shape = f".reshape({', '.join(map(str, np.shape(array)))})" if np.ndim(array) > 2 else ""
        lines.append(f"{start}{values}){shape}")
    return "\n".join(lines) + "\n"
