"""The Jacobian of one step in matrix form: the identity or a diagonal, where entries are handed on, plus the rest."""

from __future__ import annotations

from dataclasses import dataclass

from derive.calculus.terms import factors_of, terms_of
from derive.forms.matrix import matrix_of
from derive.forms.matrix_tree import Diag, MatExpr
from derive.language.binding import substitute
from derive.language.expr import ONE, ZERO, Add, Delta, Expr, Index, add, mul
from derive.language.integers import Integer
from derive.language.system import System
from derive.language.traverse import free_symbols
from derive.rendering import formula as F
from derive.rendering.page import Page
from derive.rendering.recurrence import free_letter
from derive.rendering.typeset import typeset
from derive.rendering.typeset_matrix import matrix_formula
from derive.steps.record import ClosedForm


@dataclass(frozen=True)
class Parts:
    """A Jacobian as ``delta(row, column) * own + mixed``: what entries hand on to themselves, and by way of others."""

    own: Expr
    mixed: Expr

    @property
    def identity(self) -> bool:
        return self.own == ONE


def parts_of(form: ClosedForm) -> Parts:
    """The two parts of the Jacobian of a form."""
    delta = Delta(form.row.symbol, form.column.symbol)
    beside = [t for t in terms_of(form.jacobian) if delta in factors_of(t)]
    own = add(*(mul(*(f for f in factors_of(t) if f != delta)) for t in beside))
    return Parts(own, add(*(t for t in terms_of(form.jacobian) if t not in beside)))


def identity(page: Page) -> F.Formula:
    """The letter of the identity matrix."""
    letter = free_letter(page, "I", "E", "U")
    return F.Name(letter, letter)


def own_part(page: Page, form: ClosedForm) -> F.Formula | None:
    """The identity or a diagonal matrix at the next step; None where there is none, or none to be printed."""
    return _own(page, form, parts_of(form).own, form.index.symbol)


def jacobian(page: Page, form: ClosedForm, time: Integer, transposed: bool = False) -> F.Formula | None:
    """The Jacobian ``J[time]``, or its transpose, in matrix form; None where it cannot be said."""
    before = time - form.step
    parts = parts_of(form)
    mixed = substitute(parts.mixed, {form.index.symbol: before})
    axes = (form.column, form.row) if transposed else (form.row, form.column)
    matrix = matrix_of(_system(page), mixed, axes, _others(form, mixed))
    own = _own(page, form, parts.own, before)
    if not isinstance(matrix, MatExpr) or (own is None and parts.own != ZERO):
        return None
    rest = matrix_formula(matrix, page.style)
    return rest if own is None else F.row(own, *_added(rest))


def _added(term: F.Formula) -> tuple[F.Formula, ...]:
    first, *others = F.parts_of(term)
    return (F.MINUS, *others) if first == F.NEGATIVE else (F.PLUS, term)


def _own(page: Page, form: ClosedForm, own: Expr, before: Integer) -> F.Formula | None:
    if own in (ZERO, ONE):
        return identity(page) if own == ONE else None
    own = substitute(own, {form.index.symbol: before})
    if form.column.symbol not in free_symbols(own):
        number = typeset(own, page.style)
        return F.row(F.fenced("(", number, ")") if isinstance(own, Add) else number, F.THIN, identity(page))
    vector = matrix_of(_system(page), own, (form.column,), _others(form, own))
    return matrix_formula(Diag(vector), page.style) if isinstance(vector, MatExpr) else None


def _others(form: ClosedForm, expr: Expr) -> tuple[Index, ...]:
    free = free_symbols(expr)
    return tuple(i for i in form.indices if i != form.column and i.symbol in free)


def _system(page: Page) -> System:
    return page.derivation.backward
