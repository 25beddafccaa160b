"""The last sections of a page: the update, runnable code, the numeric checks and the rules used."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.passes import all_rules
from derive.forms.function import BackwardFunction
from derive.language.expr import Elem
from derive.language.system import System
from derive.rendering import formula as F
from derive.rendering.checked import GradientCheck
from derive.rendering.document import Block, Code, Heading, Inlines, Items, Listing, Math, Paragraph, Table, Text, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.page import Page
from derive.rendering.rule_formula import rule_formula
from derive.rendering.typeset import element, typeset
from derive.steps.record import Step


def update(page: Page) -> Iterator[Block]:
    """One step of gradient descent on the parameters."""
    params = [t for t in page.system.params if t.name in page.derivation.wrt]
    if not params:
        return
    yield Heading(1, text("Update"))
    rate = F.Name("eta", "eta") if "eta" not in page.system.tensors else F.Text("rate")
    yield Paragraph((*text("One step of gradient descent with learning rate "), Math(rate), Text(":")))
    rows = []
    for param in params:
        place = tuple(a.symbol for a in param.axes)
        old, change = (element(Elem(n, place), page.style) for n in (param.name, f"d{param.name}"))
        rows.append((old, F.row(F.Sign("←", "relation"), old, F.MINUS, rate, F.THIN, change)))
    yield Displayed(F.Lines(tuple(rows)))


def code(page: Page) -> Iterator[Block]:
    """The forward and the backward pass as NumPy source."""
    yield Heading(1, text("Code"))
    yield Paragraph(text("The same formulas, vectorised; axes in the order of the indices, sizes read off the shapes."))
    yield Listing("python", BackwardFunction(page.derivation).source)


def checks(page: Page) -> Iterator[Block]:
    """The comparison of every final gradient with a derivative that shares nothing with the derivation."""
    if page.report is None or not page.report.rows:
        return
    rows = page.report.rows
    sizes = list(dict.fromkeys(r.sizes for r in rows))
    methods = ", ".join(dict.fromkeys(r.method for r in rows))
    yield Heading(1, text("Numeric checks"))
    yield Paragraph(text(f"Relative error of each gradient, as the code above computes it, against {methods}."))
    names = list(dict.fromkeys(r.gradient for r in rows))
    header = (text("Gradient"), *((Math(F.row(F.Text("sizes "), F.Number(str(k)))),) for k, _ in enumerate(sizes, 1)))
    table = []
    for name in names:
        found = {r.sizes: r for r in rows if r.gradient == name}
        table.append((_gradient(page, name), *(_cell(found.get(s)) for s in sizes)))
    yield Table(header, tuple(table))
    yield Items(tuple((Text(f"Sizes {k}: "), Code(s)) for k, s in enumerate(sizes, 1)))


def _gradient(page: Page, name: str) -> Inlines:
    return (page.reader.formula(name),)


def _cell(row: GradientCheck | None) -> Inlines:
    return text("–" if row is None else f"{row.error:.1e} {'✓' if row.ok else '✗'}")


def rules(page: Page) -> Iterator[Block]:
    """The rules that the derivation uses, in general letters, and the steps in which they are used."""
    used: dict[str, list[str]] = {}
    for gradient in page.gradients():
        for step in gradient.steps:
            for name in dict.fromkeys(_rules(step)):
                used.setdefault(name, []).append(page.number(step))
    rows = []
    for rule in all_rules():
        if rule.name in used:
            rows.append((text(rule.name), rule_formula(rule.formula), text(", ".join(used[rule.name]))))
    yield Heading(1, text("Rules used"))
    yield Table((text("Rule"), text("In general letters"), text("Steps")), tuple(rows))


def _rules(step: Step) -> Iterator[str]:
    yield step.rule
    for substep in step.substeps:
        yield from _rules(substep)
