"""The closed form of an adjoint recurrence: a sum over later times of products of Jacobians."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.matrix import matrix_of
from derive.forms.matrix_tree import MatExpr
from derive.language.expr import (
    Elem,
    Expr,
    Mul,
)
from derive.language.integers import index_symbol
from derive.language.traverse import (
    free_symbols,
)
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.document import Block, Heading, Paragraph, Strong, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.integers import integer_formula
from derive.rendering.page import WIDTH, Page
from derive.rendering.recurrence import Letters, bold, entry, gradient_by, letters_of, transposed, vector
from derive.rendering.typeset import derivative, element, typeset
from derive.rendering.typeset_matrix import matrix_formula
from derive.steps.record import ClosedForm


def closed_form(page: Page, form: ClosedForm) -> Iterator[Block]:
    """The recursion in terms of its Jacobians, unrolled; what their size means; what is local and what is total."""
    letters = letters_of(page, form)
    here, there = form.index.symbol, form.index.symbol + form.step
    yield Heading(2, said("Closed form of the gradient with respect to {}", vector(page, form, here)))
    others = tuple(page.style.notation.index(i.name) for i in form.indices if i not in (form.index, form.column))
    for_each = said(", for each {}:", F.joined(others, F.COMMA)) if others else text(":")
    yield Paragraph(text("Call the local part and the Jacobian of one step") + for_each)
    local = entry(page, letters.local, here, (form.column,))
    yield Displayed(aligned(local, F.EQUALS, typeset(form.local, page.style), WIDTH))
    yield Displayed(_jacobian(page, form, letters))
    yield from _in_matrix_form(page, form, letters)
    yield Paragraph(text("The recursion is linear in the gradient,"))
    carried = F.row(transposed(page, letters.jacobian, there), F.THIN, gradient_by(page, form, there))
    yield Displayed(F.row(gradient_by(page, form, here), F.EQUALS, bold(page, letters.local, here), F.PLUS, carried))
    yield Paragraph(said("as long as {}, and unrolls to", _inside(page, form)))
    yield Displayed(_unrolled(page, form, letters), evidence=page.evidence_of(form))
    yield from _meaning(page, form, letters)


def _jacobian(page: Page, form: ClosedForm, letters: Letters) -> F.Formula:
    there = form.index.symbol + form.step
    place = {form.index.symbol: there, form.column.symbol: form.row.symbol}
    upper = Elem(form.tensor, tuple(i.xreplace(place) for i in form.left.index))
    change = derivative(element(upper, page.style), element(Elem(form.tensor, form.left.index), page.style))
    left = entry(page, letters.jacobian, there, (form.row, form.column))
    return aligned(F.row(left, F.EQUALS, change), F.EQUALS, typeset(form.jacobian, page.style), WIDTH)


def _in_matrix_form(page: Page, form: ClosedForm, letters: Letters) -> Iterator[Block]:
    """The local part as a vector and the Jacobian as a matrix, where both can be said."""
    others = tuple(i for i in form.indices if i != form.column)
    system = page.derivation.backward
    local = matrix_of(system, form.local, (form.column,), others)
    jacobian = matrix_of(system, form.jacobian, (form.row, form.column), others)
    if isinstance(local, MatExpr) and isinstance(jacobian, MatExpr):
        there = integer_formula(form.index.symbol + form.step, page.style.notation)
        left = (
            bold(page, letters.local, form.index.symbol),
            F.Script(F.Name(letters.jacobian, letters.jacobian), there),
        )
        right = (matrix_formula(m, page.style) for m in (local, jacobian))
        rows = ((name, F.row(F.EQUALS, value)) for name, value in zip(left, right, strict=True))
        yield Paragraph(text("In matrix form,"))
        yield Displayed(F.Lines(tuple(rows)))


def _inside(page: Page, form: ClosedForm) -> F.Formula:
    """Where there is a next step: t < T, or t > 1 where the recursion runs the other way."""
    end = form.index.high if form.step > 0 else form.index.low
    relation = F.Sign("<" if form.step > 0 else ">", "relation")
    return F.row(page.style.notation.index(form.index.name), relation, integer_formula(end, page.style.notation))


def _unrolled(page: Page, form: ClosedForm, letters: Letters) -> F.Formula:
    """∂L/∂h_t = Σ_{s=t}^{T} J_{t+1}ᵀ J_{t+2}ᵀ ⋯ J_sᵀ g_s, or the same downwards."""
    notation, here, time = page.style.notation, form.index.symbol, index_symbol(letters.time)
    low, high = (here, form.index.high) if form.step > 0 else (form.index.low, here)
    limits = F.row(notation.index(letters.time), F.EQUALS, integer_formula(low, notation))
    total = F.Big("∑", limits, integer_formula(high, notation))
    first, second, last = (
        transposed(page, letters.jacobian, at) for at in (here + form.step, here + 2 * form.step, time)
    )
    product = F.Fenced("(", F.row(first, second, F.Sign("⋯"), last), ")", 1)
    return F.row(gradient_by(page, form, here), F.EQUALS, total, product, F.THIN, bold(page, letters.local, time))


def _meaning(page: Page, form: ClosedForm, letters: Letters) -> Iterator[Block]:
    """What the sum says, how large its terms are, and what is local and what is total."""
    time, here = (page.style.notation.index(n) for n in (letters.time, form.index.name))
    later = "later" if form.step > 0 else "earlier"
    felt = f"The sum runs over {{}} itself, without a factor, and every {later} {{}} at which {{}} is felt."
    yield Paragraph(said(felt, here, time, vector(page, form, form.index.symbol)))
    if page.derivation.bound and page.derivation.bound.form is form:
        yield Paragraph(text("How large its terms can be is the matter of a section of its own, further down."))
    else:
        yield _size_of_terms(page, form)
    local = "is the derivative of one step, everything else held; the gradient gathers the influence over all steps."
    yield Paragraph(said(f"{{}} {{}} {local}", Strong("Local or total?"), F.Name(letters.jacobian, letters.jacobian)))


def _size_of_terms(page: Page, form: ClosedForm) -> Paragraph:
    fate = "where the norms stay below one the far terms vanish, where they are above one they may explode."
    bound = _norm_bound(page, form)
    if bound is not None:
        return Paragraph(said(f"Each factor has norm at most {{}}: {fate}", bound))
    return Paragraph(text(f"The far terms carry a product of many Jacobians: {fate}"))


def _norm_bound(page: Page, form: ClosedForm) -> F.Formula | None:
    """max|…|·‖W‖ where the Jacobian is a matrix parameter with each row scaled."""
    factors = form.jacobian.factors if isinstance(form.jacobian, Mul) else (form.jacobian,)
    matrices = [f for f in factors if _is_matrix(page, form, f)]
    scales = [f for f in factors if f not in matrices]
    if len(matrices) != 1 or any(form.column.symbol in free_symbols(f) for f in scales):
        return None
    matrix = matrices[0]
    assert isinstance(matrix, Elem)
    norm = F.Fenced("‖", page.style.notation.tensor(matrix.name), "‖")
    if not scales:
        return norm
    scale = F.fenced("|", typeset(Mul(tuple(scales)) if len(scales) > 1 else scales[0], page.style), "|")
    largest = F.row(F.Big("max", page.style.notation.index(form.row.name)), F.GAP, scale)
    return F.row(largest, F.THIN, norm)


def _is_matrix(page: Page, form: ClosedForm, factor: Expr) -> bool:
    return (
        isinstance(factor, Elem)
        and factor.name in page.style.notation.matrices
        and set(factor.index) == {form.row.symbol, form.column.symbol}
    )
