"""Curves of activation functions with their derivatives: of a layer that acts entry by entry, or of those it uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from derive.calculus.sweep import derive
from derive.forms.arguments import Array
from derive.forms.function import BackwardFunction
from derive.forms.jacobian import curve
from derive.language.expr import Along, Call, Elem, Expr, Reduce
from derive.language.functions import TABLE
from derive.language.system import LOSS, Equation, System
from derive.language.traverse import integers_at, walk
from derive.rendering import formula as F
from derive.rendering.document import Drawing, Inlines, said, text
from derive.rendering.functions import applied
from derive.rendering.naming import picture as file_name
from derive.rendering.page import Page
from derive.rendering.pictures.chart import HEIGHT, WIDTH, Line, chart
from derive.rendering.pictures.network import extent
from derive.rendering.pictures.shapes import Picture, Shape
from derive.rendering.recurrence import slashed

_FROM, _TO, _POINTS = -4.0, 4.0, 161
_MOST = 3  # charts beside each other
_PLAIN = frozenset({"linear", "stop", "sin", "cos"})  # bounded slopes, but nobody activates with them


def curves(page: Page, backward: bool = True) -> Iterator[Drawing]:
    """One picture, where the layer has something to draw."""
    own = _of_the_layer(page)
    names = [page.system.outputs[0]] if own is not None else _activations(page.system)[:_MOST]
    charts = [own] if own is not None else [_of_function(name) for name in names]
    if not charts:
        return
    shapes: list[Shape] = []
    for k, lines in enumerate(charts):
        shapes += chart(lines if backward else lines[:1], k * (WIDTH + 14))
    wide = max(len(charts) * (WIDTH + 14) - 14, *(extent(shape)[2] for shape in shapes))
    shows = "curves" if backward else "forward-curves"
    caption, alt = _words(page, names, own is not None, backward)
    yield Drawing(file_name(page.system, shows), Picture(wide, HEIGHT, tuple(shapes)), caption, alt)


def _words(page: Page, names: Sequence[str], own: bool, backward: bool) -> tuple[Inlines, str]:
    of = f"{', '.join(names)} from {_FROM:g} to {_TO:g}".replace("-", "−")
    if not backward:
        return text("The function, entry by entry."), f"Line chart of {of}."
    of_x = text("The function") if own else said("The function of {}", F.Name("x", "x"))
    what = (*of_x, *text(" and, dashed, its derivative"))
    numbers = _numbers(page.system) if own else {}
    if numbers:
        shown = F.joined(
            tuple(F.row(page.style.notation.tensor(n), F.EQUALS, F.Number(f"{v:g}")) for n, v in numbers.items()),
            F.COMMA,
        )
        what += said(", here with {}", shown)
    return (*what, *text(".")), f"Line chart of {of}, with the derivative dashed."


# The layer's own function


def _of_the_layer(page: Page) -> tuple[Line, ...] | None:
    """The output over the input, where every entry of it depends on that entry of one input alone."""
    system = page.system
    found = _acting_alone(system)
    if found is None:
        return None
    x = np.linspace(_FROM, _TO, _POINTS)
    axes = system.tensors[found].axes
    given = {found: x.reshape((_POINTS, *(1 for _ in axes[1:]))), **_numbers(system)}
    given |= {p.name: np.full([1] * len(p.axes), 0.25) for p in system.params}
    upstream = {f"d{system.outputs[0]}": np.ones_like(given[found])}
    result = BackwardFunction(derive(system, (found,)))(**given, **upstream)
    output, by = (page.style.notation.tensor(n) for n in (system.outputs[0], found))
    return _lines(x, result[system.outputs[0]].ravel(), result[f"d{found}"].ravel(), output, slashed(output, by))


def _acting_alone(system: System) -> str | None:
    """The one input with axes, where all that is computed has its axes, from its own place, and nothing is summed."""
    inputs = [t for t in system.inputs if t.axes]
    if LOSS in system.tensors or len(inputs) != 1 or inputs[0].integer or len(system.outputs) != 1:
        return None
    (one,) = inputs
    computed = [t for t in system.tensors.values() if t.kind == "computed"]
    nodes = [n for e in system.all_equations for n in walk(e.right)]
    alike = all(t.axes == one.axes for t in computed) and all(len(p.axes) == 1 for p in system.params)
    single = all(t.name in system.numbers for t in system.inputs if not t.axes)
    functions = [n for n in nodes if isinstance(n, Call) and n.function not in TABLE]
    shared = all(set(p.axes) <= set(one.axes[1:]) for p in system.params)
    summed = any(isinstance(n, Reduce | Along) for n in nodes)
    placed = all(map(_at_its_place, system.all_equations))
    return one.name if alike and single and shared and placed and not summed and not functions else None


def _at_its_place(equation: Equation) -> bool:
    """Whether an entry is computed from what stands at its own place alone, and in the same way at every place."""
    here = equation.left.index

    def belongs(node: Expr) -> bool:
        if isinstance(node, Elem):
            return node.index == here if len(node.index) == len(here) else set(node.index) <= set(here)
        return not any(integer.free_symbols for integer in integers_at(node))

    return all(place.is_Symbol for place in here) and all(map(belongs, walk(equation.right)))


def _numbers(system: System) -> dict[str, float]:
    """The usual values of the inputs that are single numbers."""
    return {n: float(v) for n, v in system.numbers.items() if n in {t.name for t in system.inputs}}


# Functions of the table


def _activations(system: System) -> list[str]:
    """The functions of one argument and a bounded slope that the layer uses."""
    calls = (n.function for e in system.all_equations for n in walk(e.right) if isinstance(n, Call))
    found = (f for f in dict.fromkeys(calls) if f in TABLE and f not in _PLAIN)
    return [f for f in found if TABLE[f].steepest and len(TABLE[f].arguments) == 1]


def _of_function(name: str) -> tuple[Line, ...]:
    x, argument = np.linspace(_FROM, _TO, _POINTS), F.Name("x", "x")
    return _lines(x, *curve(f"{name}(x[n])", x), applied(name, (argument,)), applied(f"{name}'", (argument,)))


def _lines(x: Array, value: Array, slope: Array, name: F.Formula, derivative: F.Formula) -> tuple[Line, ...]:
    def points(values: Array) -> tuple[tuple[float, float], ...]:
        return tuple((float(a), float(b)) for a, b in zip(x, values, strict=True))

    return Line(name, points(value), "blue"), Line(derivative, points(slope), "orange", dashed=True)
