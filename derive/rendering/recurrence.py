"""The letters with which a recurrence of gradients is told, and the vectors and matrices in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.language.binding import substitute
from derive.language.expr import Bracket, Compare, Elem, Expr, Index, Mul, mul, size
from derive.language.integers import Integer
from derive.rendering import formula as F
from derive.rendering.integers import integer_formula
from derive.rendering.metrics import GREEK
from derive.rendering.page import Page
from derive.rendering.typeset import derivative, element
from derive.steps.record import ClosedForm, EntrywiseForm

Form = ClosedForm | EntrywiseForm

_TRANSPOSED = F.Sign("⊤")


@dataclass(frozen=True)
class Letters:
    """Names for what the closed form introduces: the Jacobian, the local part and the time summed over."""

    jacobian: str
    local: str
    time: str


def letters_of(page: Page, form: Form) -> Letters:
    """Letters that are free; the time is a second letter of the index that recurs, if it has one."""
    ranges = page.style.notation.ranges
    second = [n for n, r in ranges.items() if r == (form.index.low, form.index.high) and n != form.index.name]
    jacobian, local = free_letter(page, "J", "K", "M", "A"), free_letter(page, "g", "q", "r", "c")
    return Letters(jacobian, local, second[0] if second else free_letter(page, "s", "r", "q", "tau"))


def free_letter(page: Page, *candidates: str) -> str:
    """The first of the letters that stands for nothing else on the page."""
    stems = {n.stem for n in page.style.notation.tensors.values()} | set(page.style.notation.ranges)
    used = {GREEK.get(stem, stem) for stem in stems}
    return next((c for c in candidates if GREEK.get(c, c) not in used), candidates[0])


def ends(form: Form) -> tuple[Integer, Integer]:
    """Where the recursion starts, and where it ends: T and 1, or 1 and T where it runs the other way."""
    low, high = form.index.low, form.index.high
    return (high, low) if form.step > 0 else (low, high)


def inside(page: Page, form: Form) -> F.Formula:
    """Where there is a next step: t < T, or t > 1 where the recursion runs the other way."""
    relation = F.Sign("<" if form.step > 0 else ">", "relation")
    start, _ = ends(form)
    return F.row(page.style.notation.index(form.index.name), relation, integer_formula(start, page.style.notation))


def only_at_the_start(form: Form) -> Expr | None:
    """What the local part is at the place where the recursion starts, if it is nothing anywhere else."""
    guard = Bracket((Compare("==", size(form.index.symbol), size(ends(form)[0])),))
    factors = form.local.factors if isinstance(form.local, Mul) else (form.local,)
    if guard not in factors:
        return None
    rest = mul(*(f for f in factors if f != guard))
    return substitute(rest, {form.index.symbol: ends(form)[0]})


def entry(page: Page, letter: str, time: Integer, axes: tuple[Index, ...]) -> F.Formula:
    notation = page.style.notation
    places = (integer_formula(time, notation), *(notation.index(i.name) for i in axes))
    return F.Indexed(F.Name(letter, letter), places)


def bold(page: Page, letter: str, time: Integer) -> F.Formula:
    return F.Indexed(F.Name(letter, letter, style="bold"), (integer_formula(time, page.style.notation),))


def vector(page: Page, form: Form, time: Integer) -> F.Formula:
    name = replace(page.style.notation.tensor(form.tensor), style="bold")
    return F.Indexed(name, (integer_formula(time, page.style.notation),))


def gradient_by(page: Page, form: Form, time: Integer) -> F.Formula:
    return derivative(element(Elem("loss"), page.style), vector(page, form, time))


def slashed(of: F.Formula, by: F.Formula) -> F.Formula:
    """A derivative on one line, as in running text: ∂L/∂h."""
    return F.row(F.PARTIAL, of, F.Sign("/"), F.PARTIAL, by)


def transposed(page: Page, letter: str, time: Integer) -> F.Formula:
    return F.Script(F.Name(letter, letter), integer_formula(time, page.style.notation), _TRANSPOSED)
