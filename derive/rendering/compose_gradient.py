"""One gradient on a page: who reads the tensor, the steps, the result and its special cases."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.matrix import Reading
from derive.forms.matrix_words import described, why_transposed
from derive.language.expr import Expr, Reduce, sum_
from derive.rendering import formula as F
from derive.rendering.breaking import aligned, stacked
from derive.rendering.compose_matrix import convolutions, reading_formula, readings
from derive.rendering.document import (
    Block, Details, Heading, Inlines, Math, Paragraph, Result, Strong, Substep, Text, text,
)  # fmt: skip
from derive.rendering.document import Equation as Displayed
from derive.rendering.document import Step as StepRow
from derive.rendering.marks import marked
from derive.rendering.page import WIDTH, Page
from derive.rendering.typeset import typeset
from derive.steps.record import Gradient, Step

def gradient(page: Page, one: Gradient) -> Iterator[Block]:
    """The section of one gradient."""
    yield Heading(2, (*text("Gradient with respect to "), page.math(one.of)))
    first, *_ = one.steps
    yield Paragraph((Strong("Who reads it?"), Text(" "), *page.prose(first.sentence)))
    previous: Expr | None = None
    for step in one.steps:
        yield _row(page, one, step, previous)
        previous = step.after
    yield _result(page, one)
    yield from _shared(page, one)
    yield from _cases(page, one)


# Steps


def _row(page: Page, one: Gradient, step: Step, previous: Expr | None) -> Block:
    """A step as a line: the first has the gradient on its left, the others go on from there."""
    line = typeset(marked(step), page.style)
    left = typeset(one.left, page.style) if previous is None else F.Row(())
    reason = _CHAIN_RULE if previous is None else page.prose(step.sentence)
    return StepRow(
        aligned(left, F.EQUALS, line, WIDTH),
        step.rule,
        page.number(step),
        reason,
        page.shape(one.indices),
        page.evidence_of(step),
        _substeps(page, step),
    )


_CHAIN_RULE = text("The chain rule adds up, over every reader, its own gradient times how it changes with the element.")


def _substeps(page: Page, step: Step) -> Details | None:
    """The single rewrites of a step, where there are several."""
    if not step.substeps:
        return None
    rows: list[Block] = []
    before = step.substeps[0].before
    rows.append(Displayed(stacked(typeset(before, page.style), WIDTH)))
    for substep in step.substeps:
        formula = aligned(F.Row(()), F.EQUALS, typeset(marked(substep), page.style), WIDTH)
        rows.append(Substep(formula, substep.rule, page.prose(substep.sentence)))
    count = len(step.substeps)
    return Details(f"{count} single step{'s' if count > 1 else ''}", tuple(rows))


# Results


def _result(page: Page, one: Gradient) -> Block:
    """The result in index form and, where it can be said, in matrix form."""
    formulas = [page.equation(one.left, one.right)]
    remarks: list[Inlines] = [(*text("Shape "), *page.shape(one.indices), Text(", like "), page.name(one.tensor), Text("."))]
    found = readings(page, one.left, one.right, one.indices)
    if found.per_sample is not None:
        formulas.append(reading_formula(page, found.per_sample))
        remarks += _about(page, found.per_sample)
    if found.batched is not None:
        formulas.append(reading_formula(page, found.batched))
    return Result(tuple(formulas), tuple(remarks))


def _about(page: Page, reading: Reading) -> Iterator[Inlines]:
    for sentence in why_transposed(page.system, reading.right):
        yield (Strong("Why the transpose?"), Text(" "), *page.prose(sentence))
    for convolution in convolutions(reading):
        yield page.prose(described(convolution))


def _cases(page: Page, one: Gradient) -> Iterator[Block]:
    """The gradient at special places."""
    if one.cases:
        yield Paragraph((Strong("Special cases."),))
    for case in one.cases:
        yield Paragraph((page.reader.condition(case.where), Text(": "), *page.prose(case.sentence)))
        yield Displayed(page.equation(case.left, case.right), evidence=page.evidence_of(case))


def _shared(page: Page, one: Gradient) -> Iterator[Block]:
    """What one use of a shared parameter contributes, and what they all do, where it is used at every step of a recurrence."""
    result = one.right
    kind = page.system.tensors[one.tensor].kind
    steps = [i for i in result.over if i.name in page.recurrent] if isinstance(result, Reduce) and kind == "param" else []
    if steps and isinstance(result, Reduce):
        letters = tuple(page.style.notation.index(i.name) for i in steps)
        once = sum_(tuple(i for i in result.over if i not in steps), result.body)
        yield Paragraph((
            Strong("Local or total?"), Text(" One use of "), page.name(one.tensor), Text(", at one "),
            Math(F.joined(letters, F.COMMA)), Text(", contributes "), page.math(once),
            Text(". The same parameter is used at every "), Math(F.joined(letters, F.COMMA)),
            Text(", so its gradient is the sum of all these local contributions."),
        ))  # fmt: skip
