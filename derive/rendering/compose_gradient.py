"""One gradient on a page: who reads the tensor, the steps, the result and its special cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.calculus.guards import is_integer_guard
from derive.calculus.terms import factors_of
from derive.forms.matrix import Reading
from derive.forms.matrix_words import described, why_transposed
from derive.language.expr import Bracket, Delta, Expr, Mul, Reduce, sum_
from derive.language.traverse import walk
from derive.rendering import formula as F
from derive.rendering.breaking import aligned, stacked
from derive.rendering.compose_brief import as_before, instead_of_steps, others
from derive.rendering.compose_matrix import convolutions, is_matrix, reading_formula, readings
from derive.rendering.coverage import Whole
from derive.rendering.document import (
    Block,
    Details,
    Heading,
    Inlines,
    Paragraph,
    Result,
    Strong,
    Substep,
    said,
    sentences,
    text,
)  # fmt: skip
from derive.rendering.document import Equation as Displayed
from derive.rendering.document import Step as StepRow
from derive.rendering.marks import marked
from derive.rendering.metrics import width
from derive.rendering.page import Page
from derive.rendering.typeset import typeset
from derive.steps.record import Gradient, Step


def gradient(page: Page, one: Gradient) -> Iterator[Block]:
    """The section of one gradient: every step, or why they need not be shown; then the result."""
    yield titled(page, one)
    how = page.covers(one)
    if isinstance(how, Whole):
        yield Paragraph(said("{} ", Strong("Who reads it?")) + page.prose(one.steps[0].sentence))
    else:
        yield Paragraph(instead_of_steps(page, one))
    for k, steps in enumerate(page.lines(one)):
        yield _row(page, one, steps, first=k == 0)
    yield result(page, one)
    if isinstance(how, Whole):
        yield from _shared(page, one)
    yield from _cases(page, one)


def titled(page: Page, one: Gradient) -> Heading:
    """The heading of the section of a gradient."""
    return Heading(2, said("Gradient with respect to {}", page.math(one.of)))


# Steps


def _row(page: Page, one: Gradient, steps: tuple[Step, ...], first: bool) -> Block:
    """A line with its reason: the first has the gradient on its left, the others go on from there."""
    step = steps[0]
    short, names = page.short(marked(as_one(steps)))
    reason = _chain_rule(page, one) if step is one.steps[0] else page.prose(step.sentence)
    return StepRow(
        *fitted(page, one, step, typeset(short, page.style), first),
        step.rule,
        page.number(step),
        sentences(reason, others(page, steps[1:]), names, as_before(page, step)),
        page.shape(one.indices),
        page.evidence_together(steps),
        _substeps(page, step),
    )


def fitted(page: Page, one: Gradient, step: Step, line: F.Formula, first: bool) -> tuple[F.Formula, F.Formula | None]:
    """A line, broken where it is too wide beside its rule, and what it goes on from; the first has that on its left."""
    left, room = typeset(one.left, page.style), page.room(step)
    if first:
        return aligned(left, F.EQUALS, line, room), None
    return aligned(F.Row(()), F.EQUALS, line, room - width(left)), left


def as_one(steps: tuple[Step, ...]) -> Step:
    """Several steps in a row as one with these for its parts."""
    if len(steps) == 1:
        return steps[0]
    first, last = steps[0], steps[-1]
    return replace(first, after=last.after, changed=first.before, into=last.after, substeps=steps)


_FORMULA = re.compile("`[^`]*`")
SMALL = 50.0  # em of a line of single steps, which are set smaller
_RULE = 9.0  # em of it for the name of the rule


def _chain_rule(page: Page, one: Gradient) -> Inlines:
    """The first step in words; the sum has readers that do not read this very place, which may surprise."""
    line = one.steps[0].after
    if isinstance(line, Mul):
        return said("The reader's own gradient, times how the reader changes with {}.", page.math(one.of))
    if not any(isinstance(node, Reduce) for node in walk(line)):
        return said("Each reader's own gradient, times how the reader changes with {}, added up.", page.math(one.of))
    words = "Every reader's own gradient, times how the reader changes with {}, summed over its elements"
    idle = any(_at_few_places(r.derivative) for r in one.readers)
    rest = "; an element that does not read {} adds 0." if idle else "."
    return said(words + rest, *(page.math(one.of),) * (1 + idle))


def _at_few_places(derivative: Expr) -> bool:
    """Whether a delta stands before all of it."""
    body = derivative.body if isinstance(derivative, Reduce) else derivative
    return any(isinstance(f, Delta) for f in factors_of(body))


def _substeps(page: Page, step: Step) -> Details | None:
    """The single rewrites of a step, where there are several, up to where they only repeat themselves."""
    if not step.substeps or id(step) in page.likes:
        return None
    seen = [s for s in step.substeps if not _looks_alike(page, s)]
    shown = _until_repeated(seen)
    if len(shown) <= 1 < len(step.substeps):
        return None  # each term by the same rewrite: the sentence of the step says it
    rows: list[Block] = [Displayed(stacked(typeset(page.short(shown[0].before)[0], page.style), SMALL))]
    for substep in shown:
        short, names = page.short(marked(substep))
        formula = aligned(F.Row(()), F.EQUALS, typeset(short, page.style), SMALL - _RULE)
        rows.append(Substep(formula, substep.rule, sentences(page.prose(substep.sentence), names)))
    count = len(seen)
    if len(shown) < count:
        rows.append(Paragraph(text("The other terms likewise.")))
        return Details(f"{len(shown)} of {count} single steps", tuple(rows))
    return Details(f"{count} single step{'s' if count > 1 else ''}", tuple(rows))


def _looks_alike(page: Page, step: Step) -> bool:
    """Whether nothing is to be seen of a rewrite, such as one that only moves a guard to where it is printed anyway."""
    before, after = (typeset(page.short(line)[0], page.style) for line in (step.before, step.after))
    return before == after


def _until_repeated(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps without those at the end that do, in the same words, what has been done to another term."""
    for k in range(1, len(steps) - 1):
        seen = {(s.rule, s.sentence) for s in steps[:k]}
        if all((s.rule, s.sentence) in seen for s in steps[k:]):
            return steps[:k]
    return steps


# Results


def result(page: Page, one: Gradient) -> Block:
    """The result in index form and, where it can be said, in matrix form."""
    short, names = page.short(one.right)
    formulas = [page.equation(one.left, short)]
    remarks = [page.shape_of(one), *([names] if names else [])]
    matrix_forms = readings(page, one.left, one.right, one.indices).matrices
    formulas += [reading_formula(page, reading) for reading in matrix_forms]
    if isinstance(page.covers(one), Whole):
        remarks += _about(page, matrix_forms)
    return Result(tuple(dict.fromkeys(formulas)), tuple(remarks), page.evidence_of_all(one))


def _about(page: Page, matrix_forms: Sequence[Reading]) -> Iterator[Inlines]:
    """Why something is transposed in the first form in which it is, and what convolutions mean."""
    reasons = (why_transposed(page.system, reading.right) for reading in matrix_forms)
    paragraphs = next(filter(None, reasons), ())
    if paragraphs:
        yield said("{} ", Strong("Why the transpose?")) + page.prose(_once(paragraphs))
    for convolution in dict.fromkeys(c for reading in matrix_forms for c in convolutions(reading)):
        yield page.prose(described(convolution))


def _once(paragraphs: Sequence[str]) -> str:
    """All sentences in one paragraph, those that differ by their formulas only said once, and the shared end last."""
    pieces = [s for p in paragraphs for s in p.replace(". ", ".\n").split("\n")]
    shared = {s for s in pieces if pieces.count(s) > 1}
    own = [s for s in pieces if s not in shared]
    kinds = {_FORMULA.sub("", s): s for s in reversed(own)}
    kept = [s for s in own if kinds[_FORMULA.sub("", s)] == s]
    rest = ["The other products likewise."] if len(kept) < len(own) else []
    return " ".join([*kept, *rest, *dict.fromkeys(s for s in pieces if s in shared)])


def _cases(page: Page, one: Gradient) -> Iterator[Block]:
    """The gradient at special places."""
    if _may_be_unread(one.right):
        words = "Where no term passes its guards, no equation reads {}: the sum is empty and the gradient is 0."
        yield Paragraph(said("{} " + words, Strong("What nothing reads."), page.math(one.of)))
    if one.cases:
        yield Paragraph((Strong("Special cases."),), leads=True)
    for case in one.cases:
        short, names = page.short(case.right)
        reason = sentences(page.prose(case.sentence), names)
        yield Paragraph(said("{}: ", page.reader.condition(case.where)) + reason, leads=True)
        yield Displayed(page.equation(case.left, short), evidence=page.evidence_of(case))
        found = readings(page, case.left, case.right, case.indices)
        if found.per_sample is not None and is_matrix(found.per_sample):
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
