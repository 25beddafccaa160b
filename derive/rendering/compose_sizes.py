"""The sizes of a layer: those that follow from others, how many numbers it learns, and both for an example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import sympy

from derive.language.integers import Integer, evaluate, size_symbol
from derive.language.system import System, Tensor
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.document import Block, Heading, Inlines, Math, Paragraph, Text, listed, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.integers import integer_formula
from derive.rendering.notation import Notation
from derive.rendering.page import Page
from derive.rendering.typeset import listed_conditions


def sizes(page: Page) -> Iterator[Block]:
    """Formulas for the derived sizes and for the number of learnable numbers, and a worked example."""
    blocks = [*_derived(page), *_learnable(page), *_example(page)]
    if blocks:
        yield Heading(1, text("Sizes and parameters" if page.system.params else "Sizes"))
        yield from blocks


def example_sizes(system: System) -> dict[str, int]:
    """The sizes of the example, those that follow from others too; none where the layer has no example."""
    values = dict(system.example)
    if values:
        for name, definition in system.derived.items():
            values[name] = valued(definition, values)
    return values


def valued(size: Integer, values: Mapping[str, int]) -> int:
    """An expression of sizes, where these have values."""
    return int(evaluate(size, {size_symbol(name): value for name, value in values.items()}, {}))


def _derived(page: Page) -> Iterator[Block]:
    notation = page.style.notation
    for name, value in page.system.derived.items():
        meaning = page.system.meanings.get(name, "")
        words = f"{{}}{f', {meaning},' if meaning else ''} follows from the other sizes:"
        yield Paragraph(said(words, notation.index(name)))
        definition = integer_formula(value, notation, stacked=True)
        yield Displayed(F.row(notation.index(name), F.EQUALS, definition))
    if page.system.constraints:
        conditions = tuple(c.condition for c in page.system.constraints)
        yield Paragraph(said("The sizes must satisfy {}.", listed_conditions(conditions, page.style)))


def _learnable(page: Page) -> Iterator[Block]:
    """The number of learnable numbers: the product of its sizes for each parameter, summed."""
    params = page.system.params
    if params:
        names = listed([page.style.notation.tensor(p.name) for p in params])
        yield Paragraph(text("The layer learns every entry of ") + names + text("; how many numbers these are:"))
        yield Displayed(aligned(F.Row(()), F.Sign(""), joined_terms(params, page.style.notation), page.width))


def joined_terms(params: tuple[Tensor, ...], notation: Notation) -> F.Formula:
    """How many entries parameters have, those of equal shape together, in the order of the parameters: 4HD + 4H."""
    alike: dict[Integer, list[Tensor]] = {}
    for param in params:
        alike.setdefault(entries_of(param), []).append(param)
    return F.joined(tuple(_product(members, notation) for members in alike.values()), F.PLUS)


def _product(alike: list[Tensor], notation: Notation) -> F.Formula:
    """The entries of parameters that have equally many: their number, and the sizes in the order of the axes."""
    extents = Counter(axis.extent for axis in alike[0].axes if axis.extent != 1)
    parts = [F.Number(str(len(alike)))] if len(alike) > 1 or not extents else []
    return F.row(*parts, *(_power(extent, count, notation) for extent, count in extents.items()))


def _power(extent: Integer, count: int, notation: Notation) -> F.Formula:
    size = integer_formula(extent, notation, stacked=True)
    base = F.fenced("(", size, ")") if extent.is_Add or extent.is_Mul else size
    return F.Script(base, above=F.Number(str(count))) if count > 1 else base


def entries_of(tensor: Tensor) -> Integer:
    """How many entries a tensor has, as a product of its sizes."""
    return sympy.Mul(*(axis.extent for axis in tensor.axes))


def _example(page: Page) -> Iterator[Block]:
    """The shapes and the number of learnable numbers, where the sizes have values."""
    values = example_sizes(page.system)
    if not values:
        return
    notation = page.style.notation
    given = [F.row(notation.index(n), F.EQUALS, F.Number(str(v))) for n, v in page.system.example.items()]
    shown = [
        t for t in page.system.tensors.values() if t.axes and (t.kind != "computed" or t.name in page.system.outputs)
    ]
    words = text("For example, with ") + listed(given) + text(": ") + _shapes(shown, values, notation)
    total = sum(valued(entries_of(p), values) for p in page.system.params)
    yield Paragraph(words + text(f". The layer learns {_grouped(total)} numbers." if total else "."))


def _shapes(tensors: list[Tensor], values: Mapping[str, int], notation: Notation) -> Inlines:
    """``x is 32 × 784, …``, tensors of one shape together."""
    groups: dict[tuple[int, ...], list[Tensor]] = {}
    for tensor in tensors:
        groups.setdefault(tuple(valued(a.extent, values) for a in tensor.axes), []).append(tensor)
    out: Inlines = ()
    for k, (shape, members) in enumerate(groups.items()):
        between = "; " if k else ""
        names = listed([notation.tensor(t.name) for t in members])
        shown = F.joined(tuple(F.Number(str(n)) for n in shape), F.Sign("×", "binary"))
        verb = "are" if len(members) > 1 else "is" if len(shape) > 1 else "has"
        entries = "" if len(shape) > 1 else " numbers each" if len(members) > 1 else " numbers"
        verb = "have" if len(members) > 1 and len(shape) == 1 else verb
        out += (Text(between), *names, Text(f" {verb} "), Math(shown), Text(entries))
    return tuple(piece for piece in out if piece != Text(""))


def _grouped(number: int) -> str:
    return f"{number:,}"
