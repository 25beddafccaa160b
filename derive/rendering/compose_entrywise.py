"""The closed form of an adjoint recurrence in which every entry hands on to itself alone: products of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.binding import substitute
from derive.language.expr import ONE, Add, Elem, Expr, Index, Reduce, mul, power, size
from derive.language.integers import Integer, index_symbol
from derive.language.system import LOSS
from derive.language.traverse import free_symbols
from derive.rendering import formula as F
from derive.rendering.document import Block, Heading, Inlines, Paragraph, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page
from derive.rendering.recurrence import ends, free_letter, inside, letters_of, only_at_the_start, slashed, vector
from derive.rendering.typeset import typeset
from derive.steps.record import EntrywiseForm


def entrywise_form(page: Page, form: EntrywiseForm) -> Iterator[Block]:
    """The recursion of each entry, unrolled; what the product says of far steps."""
    here, start, local = form.index.symbol, only_at_the_start(form), _local(page, form)
    heading = "The path of {} to itself" if form.given else "Closed form of the gradient with respect to {}"
    yield Heading(2, said(heading, vector(page, form, here)))
    yield Paragraph(_introduced(page, form))
    if start is None:
        if local != form.local:
            yield Displayed(page.equation(local, form.local))
            yield Paragraph(text("so that"))
        handed_on = mul(form.factor, _gradient(form, here + form.step))
        yield Displayed(page.equation(form.left, Add((local, handed_on))))
        yield Paragraph(said("as long as {}. This unrolls to", inside(page, form)))
    unrolled = _summed(page, form, local) if start is None else mul(_product(page, form, ends(form)[0]), start)
    yield Displayed(page.equation(form.left, unrolled), evidence=page.evidence_of(form))
    yield Paragraph(_meaning(page, form) + _one_path(page, form))


def _local(page: Page, form: EntrywiseForm) -> Expr:
    """The local part: as it is where it is short, else by a name of its own."""
    return form.local if isinstance(form.local, Elem) else Elem(letters_of(page, form).local, form.left.index)


def _gradient(form: EntrywiseForm, time: Integer) -> Expr:
    return substitute(form.left, {form.index.symbol: time})


def _summed(page: Page, form: EntrywiseForm, local: Expr) -> Expr:
    """The sum over s of the local parts, each times the factors up to there."""
    here, time = form.index.symbol, index_symbol(letters_of(page, form).time)
    low, high = (here, form.index.high) if form.step > 0 else (form.index.low, here)
    term = mul(_product(page, form, time), substitute(local, {here: time}))
    return Reduce("sum", (Index(str(time), low, high),), term)


def _product(page: Page, form: EntrywiseForm, until: Integer) -> Expr:
    """The factors from the next step up to ``until``."""
    here = form.index.symbol
    if form.factor == ONE:
        return ONE
    if not _varies(form):
        return power(form.factor, _distance(form, until))
    between = free_letter(
        page, *(c for c in ("r", "u", "q", "p", "m") if c not in vars(letters_of(page, form)).values())
    )
    low, high = (here + 1, until) if form.step > 0 else (until, here - 1)
    each = substitute(form.factor, {here: index_symbol(between) - form.step})
    return Reduce("prod", (Index(between, low, high),), each)


def _varies(form: EntrywiseForm) -> bool:
    """Whether the factor is another one at each step."""
    return form.index.symbol in free_symbols(form.factor)


def _distance(form: EntrywiseForm, until: Integer) -> Expr:
    return size(form.step * (until - form.index.symbol))


def _introduced(page: Page, form: EntrywiseForm) -> Inlines:
    start = only_at_the_start(form)
    rest = said(" Only {} has a local part of its own.", _at_the_start(page, form)) if start is not None else ()
    if start is None and not isinstance(form.local, Elem):
        rest = text(" Call the rest the local part,")
    if form.given:
        names = tuple(page.style.notation.tensor(n) for n in (form.tensor, *form.given))
        together = " and ".join(["{}"] * len(names))
        return said(f"The gradients with respect to {together} {_TOGETHER}", *names, names[0]) + (
            rest or text(" That is,")
        )
    end = "." if rest else ":"
    how = "as it is" if form.factor == ONE else "times a number"
    return said(f"Every entry of this gradient is handed on from step to step by itself, {how}{end}") + rest


_TOGETHER = (
    "need each other at every step, so that none of them is found alone. But one path can be followed: the gradient "
    "with respect to {} is also handed on from step to step directly, every entry by itself."
)


def _at_the_start(page: Page, form: EntrywiseForm) -> F.Formula:
    name, start = form.index.symbol, ends(form)[0]
    return F.joined(tuple(integer_formula(i, page.style.notation) for i in (name, start)), F.EQUALS)


def _meaning(page: Page, form: EntrywiseForm) -> Inlines:
    """What becomes of the gradient on the way."""
    if form.factor == ONE:
        return text("Nothing is multiplied on the way: from however far, the gradient arrives in full.")
    if _varies(form):
        return text(_FACTORS)
    until = ends(form)[0] if only_at_the_start(form) is not None else index_symbol(letters_of(page, form).time)
    small = F.row(F.fenced("|", typeset(form.factor, page.style), "|"), F.Sign("<", "relation"), F.Number("1"))
    weighted = "A local part {} steps on counts with that power: where {} it fades with the distance."
    return said(weighted, typeset(_distance(form, until), page.style), small)


_FACTORS = (
    "No matrix mixes the entries on this path: each is multiplied by its own factors alone. As long as these are close "
    "to 1 a gradient lasts over many steps; a factor close to 0 ends it."
)


def _one_path(page: Page, form: EntrywiseForm) -> Inlines:
    """That the local part is not independent of later steps, where it is not."""
    if not form.given:
        return ()
    loss = page.style.notation.tensor(LOSS)
    others = tuple(slashed(loss, typeset(Elem(n, form.left.index), page.style)) for n in form.given)
    by_way = " and ".join(["{}"] * len(others))
    carousel = _IS_CAROUSEL if form.factor == ONE else _CAROUSEL if _varies(form) else ""
    return text(carousel) + said(_ONE_PATH.replace("{}", by_way), *others)


_IS_CAROUSEL = " This is the constant error carousel (Hochreiter and Schmidhuber, 1997)."
_CAROUSEL = (
    " With factors of exactly 1 it would be handed on unchanged for ever: the constant error carousel (Hochreiter and "
    "Schmidhuber, 1997)."
)
_ONE_PATH = (
    " The sum is exact, but it follows this one path and is no solution: the local part itself depends on later steps, "
    "by way of {}, and on those paths gradients may vanish or explode."
)
