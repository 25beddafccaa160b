"""The last sections of a page: the update, runnable code, the numeric checks and the rules used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.calculus.passes import all_rules
from derive.forms.function import BackwardFunction
from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.checked import GradientCheck
from derive.rendering.document import (
    Block,
    Code,
    Heading,
    Inlines,
    Items,
    Listing,
    Math,
    Paragraph,
    Reference,
    Table,
    Text,
    figure,
    text,
)
from derive.rendering.document import Equation as Displayed
from derive.rendering.page import Page
from derive.rendering.recurrence import slashed
from derive.rendering.rule_formula import rule_formula
from derive.rendering.typeset import derivative
from derive.steps.record import Step


def update(page: Page) -> Iterator[Block]:
    """One step of gradient descent on the parameters."""
    params = [t for t in page.system.params if t.name in page.derivation.wrt]
    if not params:
        return
    yield Heading(1, text("Update (SGD)"))
    rate = F.Name("eta", "eta") if "eta" not in page.system.tensors else F.Text("rate")
    yield Paragraph((*text("One step of stochastic gradient descent (SGD) with learning rate "), Math(rate), Text(":")))
    rows = []
    for param in params:
        name, loss = page.style.notation.tensor(param.name), page.style.notation.tensor(LOSS)
        step = F.row(name, F.MINUS, rate, F.THIN, derivative(loss, name))
        rows.append((name, F.row(F.Sign("←", "relation"), step)))
    yield Displayed(F.Lines(tuple(rows)))


def code(page: Page) -> Iterator[Block]:
    """The forward and the backward pass as NumPy source."""
    yield Heading(1, text("Code"))
    yield Paragraph(text("The same formulas, vectorised; axes in the order of the indices, sizes read off the shapes."))
    yield Listing("python", BackwardFunction(page.derivation).source, runs=True)


def checks(page: Page) -> Iterator[Block]:
    """What was compared, and at which sizes."""
    rows = () if page.report is None else tuple(page.report.rows)
    sizes = _sizes_of_steps(page)
    if rows or sizes:
        yield Heading(1, text("Numeric checks"))
    if rows:
        yield from _gradients(page, rows)
    if sizes:
        yield Paragraph(text("Every step was evaluated at random values for these sizes:"))
        yield Items(tuple((Code(s),) for s in sizes))


def _sizes_of_steps(page: Page) -> tuple[str, ...]:
    if page.evidence is None:
        return ()
    found = (page.evidence.of(step) for one in page.gradients() for step in one.steps)
    return tuple(dict.fromkeys(point for check in found for point in check.points))


def _gradients(page: Page, rows: Sequence[GradientCheck]) -> Iterator[Block]:
    """The comparison of every final gradient with a derivative that shares nothing with the derivation."""
    sizes = list(dict.fromkeys(r.sizes for r in rows))
    methods = ", ".join(dict.fromkeys(r.method for r in rows))
    yield Paragraph(text(f"Relative error of each gradient, as the code above computes it, against {methods}:"))
    table = []
    for name in dict.fromkeys(r.gradient for r in rows):
        found = {r.sizes: r for r in rows if r.gradient == name}
        table.append((_in_line(page, name), *(_cell(found.get(s)) for s in sizes)))
    header = (text("Gradient"), *(text(f"sizes {k}") for k, _ in enumerate(sizes, 1)))
    yield Table((2, *(2 for _ in sizes)), header, tuple(table))
    yield Items(tuple((Text(f"sizes {k}: "), Code(s)) for k, s in enumerate(sizes, 1)))


def _in_line(page: Page, gradient: str) -> Inlines:
    """A gradient as a whole, on one line: ∂L/∂W."""
    notation = page.style.notation
    by = notation.tensor(notation.gradients[gradient])
    return (Math(slashed(notation.tensor(LOSS), by)),)


def _cell(row: GradientCheck | None) -> Inlines:
    return text("–" if row is None else f"{figure(row.error)} {'✓' if row.ok else '✗'}")


def rules(page: Page) -> Iterator[Block]:
    """The rules that the derivation uses, in general letters, and the steps in which they are used."""
    used: dict[str, dict[str, None]] = {}
    for gradient in page.gradients():
        for step in page.shown(gradient):
            for name in dict.fromkeys(_rules(step)):
                used.setdefault(name, {})[page.number(step)] = None
    formulas = _CHAIN_RULE | {rule.name: rule.formula for rule in all_rules()}
    rows = [
        (text(name), rule_formula(formula), _references(tuple(used[name])))
        for name, formula in formulas.items()
        if name in used
    ]
    if not rows:
        return
    yield Heading(1, text("Rules used"))
    yield Table((3, 9, 4), (text("Rule"), text("In general letters"), text("Steps")), tuple(rows))


def _references(numbers: Sequence[str]) -> Inlines:
    """The numbers of steps, with commas between."""
    return tuple(i for k, n in enumerate(numbers) for i in ((Text(", "),) if k else ()) + (Reference(n, n),))


_CHAIN_RULE = {"chain rule": "dv[k] = sum(du[i]*D(u[i], v[k]), i)"}  # by which every derivation begins


def _rules(step: Step) -> Iterator[str]:
    yield step.rule
    for substep in step.substeps:
        yield from _rules(substep)
