"""What the notation of a page means: said once, and only of what the page uses."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.expr import Along, Bracket, Call, Delta, Elem, Expr, walk
from derive.language.functions import TABLE
from derive.rendering import formula as F
from derive.rendering.document import Block, Code, Inlines, Items, Math, Text
from derive.rendering.page import Page
from derive.rendering.typeset import element, typeset
from derive.steps.record import Step


def conventions(page: Page) -> Iterator[Block]:
    """The notation used, the conventions at kinks and ties, the assumptions."""
    yield Items((*_gradients(page), *_brackets(page), *_kinks(page), *_given(page)))


def _gradients(page: Page) -> Iterator[Inlines]:
    first = next(page.gradients(), None)
    if first is not None:
        what = " is the loss" if page.system.loss else " is the loss of the whole network, felt only through the output"
        yield (
            page.loss(), Text(f"{what}; "), page.math(first.left), Text(" is its derivative by "), page.math(first.of),
            Text(", with the shape of what it is taken by."),
        )  # fmt: skip
    for output in page.system.outputs:
        place = tuple(a.symbol for a in page.system.tensors[output].axes)
        given = next((n for n in (f"d{output}_up", f"d{output}") if n in page.derivation.backward.tensors), "")
        if given:
            of = Math(element(Elem(output, place), page.style))
            upstream = Math(element(Elem(given, place), page.style))
            yield (upstream, Text(" is given: what the layers above send back to "), of, Text("."))


def _brackets(page: Page) -> Iterator[Inlines]:
    nodes = [n for line in lines_of(page) for n in walk(line)]
    if any(isinstance(n, Bracket) for n in nodes):
        bracket = Math(F.Fenced("[", F.Text("condition"), "]"))
        yield (
            bracket,
            Text(" is 1 where the condition holds and 0 elsewhere; there, what it stands before is not read."),
        )
    if any(isinstance(n, Delta) for n in nodes):
        indices = (F.Name("i", "i"), F.Name("j", "j"))
        delta = Math(F.Indexed(F.Name("delta", "delta"), indices, tight=True))
        condition = Math(F.Fenced("[", F.row(indices[0], F.EQUALS, indices[1]), "]"))
        yield (
            delta,
            Text(", the Kronecker delta, is "),
            condition,
            Text(": 1 where the two indices are equal, else 0."),
        )


def _kinks(page: Page) -> Iterator[Inlines]:
    nodes = [n for e in page.system.all_equations for n in walk(e.right)]
    for name in dict.fromkeys(n.function for n in nodes if isinstance(n, Call)):
        if name in TABLE and TABLE[name].kink:
            yield (
                Text("The function "),
                Code(name),
                Text(" has a kink at "),
                *_kink(page, TABLE[name].kink),
                Text("."),
            )
    if any(isinstance(n, Along) and n.op == "argmax" for line in lines_of(page) for n in walk(line)):
        yield (Text("Where several places hold the maximum, the first of them counts."),)


def _kink(page: Page, kink: str) -> Inlines:
    """``x = 0, where …``: the place as a formula."""
    place, comma, rest = kink.partition(",")
    name, _, value = place.partition(" = ")
    return (Math(F.row(F.Name(name, name), F.EQUALS, F.Number(value))), Text(f"{comma}{rest}"))


def _given(page: Page) -> Iterator[Inlines]:
    for assumption in page.system.assumptions:
        sides = (typeset(side, page.style) for side in (assumption.left, assumption.right))
        yield (Text("Assumed: "), Math(F.joined(tuple(sides), F.EQUALS)), Text("."))
    for name, value in page.system.outside.items():
        shown = F.row(F.NEGATIVE, F.Sign("∞")) if value < 0 else F.Number("0")
        yield (Text("Outside its range, "), page.name(name), Text(" counts as "), Math(shown), Text("."))
    for note in page.derivation.notes:
        yield page.prose(note)


def lines_of(page: Page) -> Iterator[Expr]:
    """Every line of the derivation, those of sub-steps included."""
    for equation in page.system.all_equations:
        yield equation.right
    for gradient in page.gradients():
        for step in gradient.steps:
            yield from _lines(step)


def _lines(step: Step) -> Iterator[Expr]:
    yield step.after
    for substep in step.substeps:
        yield from _lines(substep)
