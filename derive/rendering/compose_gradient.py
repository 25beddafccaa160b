"""One gradient on a page: who reads the tensor, the steps, the result and its special cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.calculus.guards import is_integer_guard
from derive.calculus.terms import factors_of
from derive.forms.matrix import Reading
from derive.forms.matrix_build import nodes
from derive.forms.matrix_words import described, why_transposed
from derive.language.expr import Bracket, Delta, Expr, Mul, Reduce, sum_
from derive.rendering import formula as F
from derive.rendering.breaking import aligned, stacked
from derive.rendering.compose_matrix import convolutions, reading_formula, readings
from derive.rendering.document import (
    Block,
    Details,
    Heading,
    Inlines,
    Paragraph,
    Result,
    Strong,
    Substep,
    Text,
    said,
    text,
)  # fmt: skip
from derive.rendering.document import Equation as Displayed
from derive.rendering.document import Step as StepRow
from derive.rendering.marks import marked
from derive.rendering.metrics import width
from derive.rendering.page import Page, shown_steps
from derive.rendering.typeset import typeset
from derive.steps.record import Gradient, Step


def gradient(page: Page, one: Gradient) -> Iterator[Block]:
    """The section of one gradient."""
    yield Heading(2, said("Gradient with respect to {}", page.math(one.of)))
    yield Paragraph(said("{} ", Strong("Who reads it?")) + page.prose(one.steps[0].sentence))
    for k, step in enumerate(shown_steps(one)):
        yield _row(page, one, step, first=k == 0)
    yield _result(page, one)
    yield from _shared(page, one)
    yield from _cases(page, one)


# Steps


def _row(page: Page, one: Gradient, step: Step, first: bool) -> Block:
    """A step as a line: the first has the gradient on its left, the others go on from there."""
    short, names = page.short(marked(step))
    line, left = typeset(short, page.style), typeset(one.left, page.style)
    reason = _chain_rule(page, one) if step is one.steps[0] else page.prose(step.sentence)
    room = page.room(step)
    return StepRow(
        aligned(left, F.EQUALS, line, room) if first else aligned(F.Row(()), F.EQUALS, line, room - width(left)),
        None if first else left,
        step.rule,
        page.number(step),
        _sentences(reason, names),
        page.shape(one.indices),
        page.evidence_of(step),
        _substeps(page, step),
    )


_SMALL = 50.0  # em of a line of single steps, which are set smaller
_RULE = 9.0  # em of it for the name of the rule


def _sentences(first: Inlines, second: Inlines) -> Inlines:
    return (*first, Text(" "), *second) if first and second else first + second


def _chain_rule(page: Page, one: Gradient) -> Inlines:
    """The first step in words; the sum has readers that do not read this very place, which may surprise."""
    line = one.steps[0].after
    if isinstance(line, Mul):
        return said("The reader's own gradient, times how the reader changes with {}.", page.math(one.of))
    words = "Every reader's own gradient, times how the reader changes with {}, summed over all its elements"
    idle = any(_at_few_places(r.derivative) for r in one.readers)
    rest = "; an element that does not read {} adds 0." if idle else "."
    return said(words + rest, *(page.math(one.of),) * (1 + idle))


def _at_few_places(derivative: Expr) -> bool:
    """Whether a delta stands before all of it."""
    body = derivative.body if isinstance(derivative, Reduce) else derivative
    return any(isinstance(f, Delta) for f in factors_of(body))


def _substeps(page: Page, step: Step) -> Details | None:
    """The single rewrites of a step, where there are several."""
    if not step.substeps:
        return None
    rows: list[Block] = []
    before = step.substeps[0].before
    rows.append(Displayed(stacked(typeset(page.short(before)[0], page.style), _SMALL)))
    for substep in step.substeps:
        short, names = page.short(marked(substep))
        formula = aligned(F.Row(()), F.EQUALS, typeset(short, page.style), _SMALL - _RULE)
        rows.append(Substep(formula, substep.rule, _sentences(page.prose(substep.sentence), names)))
    count = len(step.substeps)
    return Details(f"{count} single step{'s' if count > 1 else ''}", tuple(rows))


# Results


def _result(page: Page, one: Gradient) -> Block:
    """The result in index form and, where it can be said, in matrix form."""
    short, names = page.short(one.right)
    formulas = [page.equation(one.left, short)]
    remarks: list[Inlines] = [text("Shape: ") + page.shape(one.indices) + said(", like {}.", page.name(one.tensor))]
    remarks += [names] if names else []
    found = readings(page, one.left, one.right, one.indices)
    matrix_forms = [r for r in (found.per_sample, found.batched) if r is not None and _is_matrix(r)]
    formulas += [reading_formula(page, reading) for reading in matrix_forms]
    remarks += _about(page, matrix_forms)
    return Result(tuple(dict.fromkeys(formulas)), tuple(remarks))


def _about(page: Page, matrix_forms: Sequence[Reading]) -> Iterator[Inlines]:
    """Why something is transposed in the first form in which it is, and what convolutions mean."""
    reasons = (why_transposed(page.system, reading.right) for reading in matrix_forms)
    sentences = next(filter(None, reasons), ())
    if sentences:
        yield said("{} ", Strong("Why the transpose?")) + page.prose(_once(sentences))
    for convolution in dict.fromkeys(c for reading in matrix_forms for c in convolutions(reading)):
        yield page.prose(described(convolution))


def _is_matrix(reading: Reading) -> bool:
    """Whether there is a vector or a matrix in it: of single numbers it would only repeat the index form."""
    return any(n.axes for side in (reading.left, reading.right) for n in nodes(side))


def _once(paragraphs: Sequence[str]) -> str:
    """All sentences in one paragraph, each where it is said last."""
    sentences = [s for p in paragraphs for s in p.replace(". ", ".\n").split("\n")]
    return " ".join(reversed(dict.fromkeys(reversed(sentences))))


def _cases(page: Page, one: Gradient) -> Iterator[Block]:
    """The gradient at special places."""
    if _may_be_unread(one.right):
        words = "Where no term passes its guards, no equation reads {}: the sum is empty and the gradient is 0."
        yield Paragraph(said("{} " + words, Strong("What nothing reads."), page.math(one.of)))
    if one.cases:
        yield Paragraph((Strong("Special cases."),))
    for case in one.cases:
        short, names = page.short(case.right)
        reason = _sentences(page.prose(case.sentence), names)
        yield Paragraph(said("{}: ", page.reader.condition(case.where)) + reason)
        yield Displayed(page.equation(case.left, short), evidence=page.evidence_of(case))
        found = readings(page, case.left, case.right, case.indices)
        if found.per_sample is not None:
            yield Displayed(reading_formula(page, found.per_sample))


def _may_be_unread(right: Expr) -> bool:
    """Whether every term is guarded, so that all of them may be missing: the remainder that a stride leaves over."""
    return isinstance(right, Reduce) and any(
        isinstance(f, Bracket) and is_integer_guard(f) for f in factors_of(right.body)
    )


def _shared(page: Page, one: Gradient) -> Iterator[Block]:
    """What one use of a parameter contributes, and what all do, where a recurrence uses it at every step."""
    result = one.right
    kind = page.system.tensors[one.tensor].kind
    steps = (
        [i for i in result.over if i.name in page.recurrent] if isinstance(result, Reduce) and kind == "param" else []
    )
    if steps and isinstance(result, Reduce):
        letters = tuple(page.style.notation.index(i.name) for i in steps)
        once = sum_(tuple(i for i in result.over if i not in steps), result.body)
        where = F.joined(letters, F.COMMA)
        words = "{} One use of {}, at one {}, contributes {}. The same parameter is used at every {}, so its gradient"
        pieces = (Strong("Local or total?"), page.name(one.tensor), where, page.math(once), where)
        yield Paragraph(said(f"{words} is the sum of all these local contributions.", *pieces))
