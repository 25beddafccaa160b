"""The closed form of an adjoint recurrence: a sum over later times of products of Jacobians."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.matrix import matrix_of
from derive.forms.matrix_tree import MatExpr
from derive.language.expr import ZERO, Elem, Expr, Mul
from derive.language.integers import index_symbol
from derive.language.traverse import (
    free_symbols,
)
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.document import Block, Heading, Inlines, Paragraph, Strong, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.integers import integer_formula
from derive.rendering.jacobian import identity, jacobian, own_part, parts_of
from derive.rendering.metrics import width
from derive.rendering.page import Page
from derive.rendering.recurrence import (
    Letters,
    bold,
    ends,
    entry,
    gradient_by,
    inside,
    letters_of,
    only_at_the_start,
    transposed,
    vector,
)
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
    yield Displayed(aligned(local, F.EQUALS, typeset(form.local, page.style), page.width))
    yield Displayed(_jacobian(page, form, letters))
    yield from _in_matrix_form(page, form, letters)
    yield Paragraph(text("The recursion is linear in the gradient,"))
    carried = F.row(transposed(page, letters.jacobian, there), F.THIN, gradient_by(page, form, there))
    yield Displayed(F.row(gradient_by(page, form, here), F.EQUALS, bold(page, letters.local, here), F.PLUS, carried))
    yield Paragraph(said("as long as {}, and unrolls to", inside(page, form)))
    yield from _unrolled(page, form, letters)
    yield from _meaning(page, form, letters)


def _jacobian(page: Page, form: ClosedForm, letters: Letters) -> F.Formula:
    there = form.index.symbol + form.step
    place = {form.index.symbol: there, form.column.symbol: form.row.symbol}
    upper = Elem(form.tensor, tuple(i.xreplace(place) for i in form.left.index))
    change = derivative(element(upper, page.style), element(Elem(form.tensor, form.left.index), page.style))
    left = entry(page, letters.jacobian, there, (form.row, form.column))
    return aligned(F.row(left, F.EQUALS, change), F.EQUALS, typeset(form.jacobian, page.style), page.width)


def _in_matrix_form(page: Page, form: ClosedForm, letters: Letters) -> Iterator[Block]:
    """The local part as a vector and the Jacobian as a matrix, where both can be said."""
    here, there = form.index.symbol, form.index.symbol + form.step
    local, matrix = _vector(page, form, form.local), jacobian(page, form, there)
    if local is None or matrix is None:
        return
    name = F.Script(F.Name(letters.jacobian, letters.jacobian), integer_formula(there, page.style.notation))
    equations = ((bold(page, letters.local, here), local), (name, matrix))
    rows = (row for left, right in equations for row in F.rows_of(aligned(left, F.EQUALS, right, page.width)))
    with_identity = said(", with {} for the identity matrix", identity(page)) if parts_of(form).identity else ()
    yield Paragraph(text("In matrix form") + with_identity + text(","))
    yield Displayed(F.Lines(tuple(rows)))


def _vector(page: Page, form: ClosedForm, expr: Expr) -> F.Formula | None:
    """The vector whose entries an expression is, over the column of the form."""
    others = tuple(i for i in form.indices if i != form.column)
    found = matrix_of(page.derivation.backward, expr, (form.column,), others)
    return matrix_formula(found, page.style) if isinstance(found, MatExpr) else None


def _unrolled(page: Page, form: ClosedForm, letters: Letters) -> Iterator[Block]:
    """∂L/∂h_t = Σ_{s=t}^{T} J_{t+1}ᵀ J_{t+2}ᵀ ⋯ J_sᵀ g_s, or the same downwards; one term where there is only g_T."""
    here, left = form.index.symbol, gradient_by(page, form, form.index.symbol)
    start = only_at_the_start(form)
    last = index_symbol(letters.time) if start is None else ends(form)[0]
    local = bold(page, letters.local, last)
    if start is not None:
        local = _vector(page, form, start) or local
    total = (_sum_sign(page, form, letters),) if start is None else ()
    first, second, final = (
        transposed(page, letters.jacobian, at) for at in (here + form.step, here + 2 * form.step, last)
    )
    product = F.row(first, second, F.Sign("⋯"), final)
    if start is None:
        product = F.Fenced("(", product, ")", 1)
    unrolled = F.row(left, F.EQUALS, *total, product, F.THIN, local)
    yield Displayed(unrolled, evidence=page.evidence_of(form))
    nearest, furthest = (jacobian(page, form, at, transposed=True) for at in (here + form.step, last))
    if parts_of(form).own != ZERO and nearest is not None and furthest is not None:
        factors = F.row(F.fenced("(", nearest, ")"), F.Sign("⋯"), F.fenced("(", furthest, ")"))
        written_out = F.row(left, F.EQUALS, *total, factors, F.THIN, local)
        if width(written_out) <= page.width:
            yield Paragraph(text("that is, with the factors written out,"))
            yield Displayed(written_out)


def _sum_sign(page: Page, form: ClosedForm, letters: Letters) -> F.Formula:
    notation, here = page.style.notation, form.index.symbol
    low, high = (here, form.index.high) if form.step > 0 else (form.index.low, here)
    limits = F.row(notation.index(letters.time), F.EQUALS, integer_formula(low, notation))
    return F.Big("∑", limits, integer_formula(high, notation))


def _which_terms(page: Page, form: ClosedForm, letters: Letters) -> Inlines:
    """Which later times have a part in the gradient."""
    time, here = (page.style.notation.index(n) for n in (letters.time, form.index.name))
    if only_at_the_start(form) is not None:
        start = F.row(here, F.EQUALS, integer_formula(ends(form)[0], page.style.notation))
        return said("Only {} has a local part, which passes every step on its way back.", start)
    later = "later" if form.step > 0 else "earlier"
    felt = f"The sum runs over {{}} itself, without a factor, and every {later} {{}} at which {{}} is felt."
    return said(felt, here, time, vector(page, form, form.index.symbol))


def _meaning(page: Page, form: ClosedForm, letters: Letters) -> Iterator[Block]:
    """What the sum says, how large its terms are, and what is local and what is total."""
    yield Paragraph(_which_terms(page, form, letters))
    if page.derivation.bound and page.derivation.bound.form is form:
        yield Paragraph(text("How large its terms can be is the matter of a section of its own, further down."))
    else:
        yield _size_of_terms(page, form)
    if parts_of(form).own != ZERO:
        yield Paragraph(_way_round(page, form))
    local = (
        "is the derivative over one step, inputs and weights held; the gradient gathers the influence over all steps."
    )
    yield Paragraph(said(f"{{}} {{}} {local}", Strong("Local or total?"), F.Name(letters.jacobian, letters.jacobian)))


def _way_round(page: Page, form: ClosedForm) -> Inlines:
    """What the identity or a diagonal in every factor does for the gradient."""
    own = own_part(page, form)
    start = (
        "{} Multiplied out, the product of the Jacobians has a term for every choice of one summand in each factor. "
    )
    lead = Strong("The way round the weights.")
    if parts_of(form).identity:
        unchanged = "One of them takes {} in each: there a gradient arrives as it is, whatever the weights."
        return said(start + unchanged, lead, identity(page))
    scaled = (
        "One of them takes the first in each, a diagonal matrix{}: there every entry of the gradient is multiplied by "
        "its own factors alone, by no matrix of weights, and lasts as long as these are close to 1."
    )
    named = said(" such as {}", own) if own is not None else ()
    before, after = scaled.split("{}")
    return said(start + before, lead) + named + text(after)


def _size_of_terms(page: Page, form: ClosedForm) -> Paragraph:
    one = only_at_the_start(form) is not None
    what, they = ("the gradient vanishes", "it") if one else ("the far terms vanish", "they")
    fate = f"where the norms stay below one {what}, where they are above one {they} may explode."
    bound = _norm_bound(page, form)
    if bound is not None:
        return Paragraph(said(f"Each factor has norm at most {{}}: {fate}", bound))
    carry = "Far back it has passed many" if one else "The far terms carry a product of many"
    return Paragraph(text(f"{carry} Jacobians: {fate}"))


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
