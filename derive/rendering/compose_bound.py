"""How large a product of Jacobians can be: when gradients vanish over a recurrence, and when they may explode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.forms.matrix import matrix_of
from derive.forms.matrix_tree import MatExpr
from derive.language.expr import ONE, Add, Elem
from derive.language.integers import Integer, index_symbol
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.document import Block, Inlines, Items, Math, Paragraph, Strong, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.functions import applied
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page
from derive.rendering.recurrence import free_letter, letters_of, slashed, vector
from derive.rendering.typeset import derivative, typeset
from derive.rendering.typeset_matrix import matrix_formula
from derive.steps.record import Bound, Truncation, gradient_name

_AT_MOST = F.Sign("≤", "relation")
_STEPS = 50  # over which the example of a single number runs


@dataclass(frozen=True)
class Words:
    """The letters of the section: the largest slope, an eigenvalue, a single weight, an argument, the Jacobian.

    near, far  the times of the state that is changed and of the one that changes with it
    """

    slope: F.Name
    eigenvalue: F.Name
    weight: F.Name
    argument: F.Name
    jacobian: str
    near: Integer
    far: Integer


def bounded(page: Page) -> Iterator[Block]:
    """The product of the Jacobians, its bound, and what follows from it."""
    bound = page.derivation.bound
    if bound is None:
        yield from _unbounded(page)
        return
    words = _words(page, bound)
    yield from _product(page, bound, words)
    yield from _norms(page, bound, words)
    yield Items(tuple(_cases(page, bound, words)))
    yield Paragraph(_one_number(page, bound, words))
    yield Paragraph(text(_SOURCES))


_SOURCES = (
    "Against exploding gradients one cuts them to a largest norm (gradient clipping); against vanishing ones the "
    "recurrence itself is changed, so that a state can pass on without going through the weights: that is what gates "
    "are for. Sources: Bengio, Simard and Frasconi (1994); Pascanu, Mikolov and Bengio (2013)."
)


def _words(page: Page, bound: Bound) -> Words:
    letters = letters_of(page, bound.form)
    return Words(
        _free(page, "gamma", "kappa", "c"),
        _free(page, "lambda", "mu"),
        _free(page, "w", "v"),
        _free(page, "u", "v", "z"),
        letters.jacobian,
        bound.form.index.symbol,
        index_symbol(letters.time),
    )


def _free(page: Page, *candidates: str) -> F.Name:
    """The first of the letters that stands for nothing else on the page."""
    letter = free_letter(page, *candidates)
    return F.Name(letter, letter)


def _norm(inner: F.Formula) -> F.Formula:
    return F.Fenced("‖", inner, "‖", 2 if isinstance(inner, F.Fraction) else 0)


def _change(page: Page, bound: Bound, words: Words) -> F.Formula:
    """∂h_s/∂h_t."""
    return derivative(vector(page, bound.form, words.far), vector(page, bound.form, words.near))


def _steps_between(page: Page, bound: Bound, words: Words) -> F.Formula:
    """s − t, or t − s where the recurrence runs down."""
    more, less = (words.far, words.near) if bound.form.step > 0 else (words.near, words.far)
    names = (integer_formula(i, page.style.notation) for i in (more, less))
    return F.joined(tuple(names), F.MINUS)


def _factors(page: Page, bound: Bound, words: Words) -> tuple[F.Formula, ...]:
    """J_s, J_{s-1}, J_{t+1}."""
    step, name = bound.form.step, F.Name(words.jacobian, words.jacobian)
    times = (words.far, words.far - step, words.near + step)
    return tuple(F.Indexed(name, (integer_formula(t, page.style.notation),)) for t in times)


def _product(page: Page, bound: Bound, words: Words) -> Iterator[Block]:
    near, far = (Math(vector(page, bound.form, t)) for t in (words.near, words.far))
    how_many = Math(_steps_between(page, bound, words))
    asked = (
        "How much does {} still matter for {}, {} steps on? By the chain rule every step in between gives one factor, "
    )
    yield Paragraph(said(asked + "the Jacobian of the closed form above:", near, far, how_many))
    first, second, last = _factors(page, bound, words)
    yield Displayed(F.row(_change(page, bound, words), F.EQUALS, first, second, F.Sign("⋯"), last))


def _norms(page: Page, bound: Bound, words: Words) -> Iterator[Block]:
    yield Paragraph(
        said(
            "The norm {} of a matrix is its largest singular value: the most by which it stretches a vector. That of a "
            "product is at most the product of the norms.",
            _norm(F.Name("M", "M")),
        )
        + _shape_of_factors(page, bound, words)
    )
    first, second, last = map(_norm, _factors(page, bound, words))
    product = F.row(first, F.THIN, second, F.Sign("⋯"), last)
    power = F.Script(F.Fenced("(", factor_of(page, bound), ")"), above=_steps_between(page, bound, words))
    left = _norm(_change(page, bound, words))
    whole = aligned(left, _AT_MOST, F.row(product, _AT_MOST, power), page.width)
    yield Displayed(whole, evidence=page.evidence_of(bound))
    if page.evidence_of(bound):
        checked = (
            "Checked at random points: the norms of products of the {} above, and by how much any exceeds its bound."
        )
        yield Paragraph(said(checked, F.Name(words.jacobian, words.jacobian)))


def _matrix(page: Page, bound: Bound) -> F.Formula:
    """W, or an expression of several matrices."""
    if isinstance(bound.matrix, Elem):
        return page.style.notation.tensor(bound.matrix.name)
    found = matrix_of(page.derivation.backward, bound.matrix, (bound.form.row, bound.form.column))
    return matrix_formula(found, page.style) if isinstance(found, MatExpr) else typeset(bound.matrix, page.style)


def factor_of(page: Page, bound: Bound) -> F.Formula:
    """γ‖W‖, by which the bound changes with every step."""
    matrix = _norm(_matrix(page, bound))
    return matrix if bound.scale == ONE else F.row(_free(page, "gamma", "kappa", "c"), F.THIN, matrix)


def _shape_of_factors(page: Page, bound: Bound, words: Words) -> Inlines:
    """That a factor is the matrix with its rows scaled, and what γ is."""
    matrix = _matrix(page, bound)
    if bound.scale == ONE:
        return said(" Here every factor is {}, so", matrix)
    scale = typeset(bound.scale, page.style)
    if bound.function is None or bound.argument is None:
        largest = F.row(words.slope, F.EQUALS, F.Big("max"), F.GAP, F.fenced("|", scale, "|"))
        scaled = " Here every factor is {} with its rows scaled by {}, which is {} at most in size. So"
        return said(scaled, matrix, scale, largest)
    slope = applied(bound.function + "'", (typeset(bound.argument, page.style),))
    anywhere = F.Fenced("|", applied(bound.function + "'", (words.argument,)), "|")
    largest = F.row(words.slope, F.EQUALS, F.Big("max", words.argument), F.GAP, anywhere)
    if bound.steepest is not None:
        largest = F.row(largest, F.EQUALS, _number(bound.steepest))
    shown = slope if slope == scale else F.row(slope, F.EQUALS, scale)
    scaled = (
        " Here every factor is {} with its rows scaled by the slope {} of the activation function. The largest slope "
        "that it has anywhere is {}. So"
    )
    return said(scaled, matrix, shown, largest)


def _number(value: Fraction) -> F.Formula:
    if value.denominator == 1:
        return F.Number(str(value.numerator))
    return F.joined((F.Number(str(value.numerator)), F.Number(str(value.denominator))), F.Sign("/"))


def _cases(page: Page, bound: Bound, words: Words) -> Iterator[Inlines]:
    matrix = _norm(_matrix(page, bound))
    factor = factor_of(page, bound)
    one = F.Number("1")
    below, above = (F.row(factor, F.Sign(sign, "relation"), one) for sign in "<>")
    in_other_words: Inlines = ()
    if bound.scale != ONE and bound.steepest:
        limit = F.row(matrix, F.Sign("<", "relation"), _number(1 / bound.steepest))
        in_other_words = said(", that is {},", limit) if bound.steepest != 1 else ()
    yield (
        said("{} Where {}", Strong("Vanishing."), below)
        + in_other_words
        + text(
            " the bound falls by that factor with every step. A loss many steps on then says next to nothing of how a "
            "state should have been, and what belongs together over such a distance is not learned."
        )
    )
    may = (
        "{} Where {} the bound grows with every step, and gradients may grow with it. They need not: it is an upper "
        "limit, and the slopes at the values that are reached can be far below {}."
    )
    plain = "{} Where {} the bound grows with every step, and gradients may grow with it: it is an upper limit."
    if bound.scale == ONE:
        yield said(plain, Strong("Exploding."), above)
    else:
        yield said(may, Strong("Exploding."), above, words.slope)


def _one_number(page: Page, bound: Bound, words: Words) -> Inlines:
    """The same with a single unit, and along an eigenvector."""
    steps = _steps_between(page, bound, words)
    states = (vector(page, bound.form, t) for t in (words.far, words.near))
    change = F.row(slashed(*states), F.EQUALS, F.Script(words.weight, above=steps))
    small, large = (_power(base) for base in ("0.9", "1.1"))
    first = said(
        "{} With a single unit and slope 1 the Jacobian is a number {}, and {}: over 50 steps {}, but {}.",
        Strong("One number."), words.weight, change, small, large,
    )  # fmt: skip
    matrix = _matrix(page, bound)
    power = F.Script(words.eigenvalue, above=steps)
    second = said(
        " With more units the same happens along each eigenvector of {}: one with eigenvalue {} is multiplied by {} as "
        "long as the slopes are 1.",
        matrix, words.eigenvalue, power,
    )  # fmt: skip
    return first + second


def _power(base: str) -> F.Formula:
    """What a power comes to, in two digits."""
    value = float(f"{float(base) ** _STEPS:.1e}")
    return F.row(F.Script(F.Number(base), above=F.Number(str(_STEPS))), F.Sign("≈", "relation"), F.Number(f"{value:g}"))


def _unbounded(page: Page) -> Iterator[Block]:
    """Why there is no bound of this kind, where one was asked for."""
    cut = page.derivation.truncation
    if cut is None:
        return
    forms = [f for f in page.derivation.closed_forms if gradient_name(f.tensor) in cut.left_out]
    one_path = forms and not isinstance(forms[0].jacobian, Add)
    simple = (
        "A bound for the Jacobian of several steps is simple to state where that of one step is a matrix with its rows "
        "scaled: it is then the norm of the matrix times the largest scale, to the power of the number of steps. Here "
        "it is not of that form."
    )
    yield Paragraph(text(simple) + (() if one_path else _by_several_paths(page, cut)))


def _by_several_paths(page: Page, cut: Truncation) -> Inlines:
    names = page.style.notation
    through = (names.tensor(names.gradients[n]) for n in cut.left_out)
    paths = (
        " A change reaches the next step by several paths at once, through {}, and the Jacobian of a step is a sum "
        "over these paths. No bound by the norm of a single weight matrix follows: a path that does not lead through "
        "the weights at all can carry a gradient on without making it smaller."
    )
    return said(paths, F.joined(tuple(through), F.COMMA))
