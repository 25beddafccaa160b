"""The letters with which a recurrence of gradients is told, and the vectors and matrices in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.language.expr import Elem, Index
from derive.language.integers import Integer
from derive.rendering import formula as F
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page
from derive.rendering.typeset import derivative, element
from derive.steps.record import ClosedForm

_TRANSPOSED = F.Sign("⊤")


@dataclass(frozen=True)
class Letters:
    """Names for what the closed form introduces: the Jacobian, the local part and the time summed over."""

    jacobian: str
    local: str
    time: str


def letters_of(page: Page, form: ClosedForm) -> Letters:
    """Letters that are free; the time is a second letter of the index that recurs, if it has one."""
    ranges = page.style.notation.ranges
    used = {n.stem for n in page.style.notation.tensors.values()} | set(ranges)
    second = [n for n, r in ranges.items() if r == (form.index.low, form.index.high) and n != form.index.name]

    def free(*candidates: str) -> str:
        return next((c for c in candidates if c not in used), candidates[0])

    return Letters(
        free("J", "K", "M", "A"), free("g", "q", "r", "c"), second[0] if second else free("s", "r", "q", "tau")
    )


def entry(page: Page, letter: str, time: Integer, axes: tuple[Index, ...]) -> F.Formula:
    notation = page.style.notation
    places = (integer_formula(time, notation), *(notation.index(i.name) for i in axes))
    return F.Indexed(F.Name(letter, letter), places)


def bold(page: Page, letter: str, time: Integer) -> F.Formula:
    return F.Indexed(F.Name(letter, letter, style="bold"), (integer_formula(time, page.style.notation),))


def vector(page: Page, form: ClosedForm, time: Integer) -> F.Formula:
    name = replace(page.style.notation.tensor(form.tensor), style="bold")
    return F.Indexed(name, (integer_formula(time, page.style.notation),))


def gradient_by(page: Page, form: ClosedForm, time: Integer) -> F.Formula:
    return derivative(element(Elem("loss"), page.style), vector(page, form, time))


def slashed(of: F.Formula, by: F.Formula) -> F.Formula:
    """A derivative on one line, as in running text: ∂L/∂h."""
    return F.row(F.PARTIAL, of, F.Sign("/"), F.PARTIAL, by)


def transposed(page: Page, letter: str, time: Integer) -> F.Formula:
    return F.Script(F.Name(letter, letter), integer_formula(time, page.style.notation), _TRANSPOSED)
