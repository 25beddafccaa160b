"""Truncated backpropagation through time: what a gradient cut short keeps, what it leaves out, what that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.language.expr import Elem
from derive.language.integers import Integer
from derive.language.system import LOSS, Equation
from derive.language.traverse import names_read, walk
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.compose_bound import factor_of
from derive.rendering.compose_cut_error import cut_error
from derive.rendering.document import Block, Code, Details, Heading, Inlines, Paragraph, Strong, said, text
from derive.rendering.document import Equation as Displayed
from derive.rendering.integers import integer_formula
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.page import Page
from derive.rendering.recurrence import letters_of, slashed, transposed
from derive.rendering.typeset import derivative, typeset
from derive.steps.record import ClosedForm, Truncation, gradient_name

_LESS = F.Sign("<", "relation")
_MANY = 4  # parameters whose formulas are shown at most: beyond, they are too much alike


@dataclass(frozen=True)
class Cut:
    """A truncation on its page: how its formulas are set, and the closed form of the recurrence, where it has one."""

    page: Page
    record: Truncation
    style: Style
    form: ClosedForm | None

    @property
    def here(self) -> Integer:
        return self.record.index.symbol

    @property
    def step(self) -> int:
        return self.record.step

    @property
    def reach(self) -> Integer:
        return self.record.reach.symbol

    def set(self, integer: Integer) -> F.Formula:
        return integer_formula(integer, self.style.notation)

    def vector(self, names: Mapping[str, str], reach: Integer, time: Integer) -> F.Formula:
        """What is kept, or left out, of the gradient of the tensor that recurs, as a vector."""
        letter = names[gradient_name(self.record.tensor)].partition("_")[0]
        return F.Indexed(F.Name(letter, letter, style="bold"), (self.set(reach), self.set(time)))

    def state(self, time: Integer, inline: bool = False) -> F.Formula:
        """The whole gradient that is cut, as a vector; ``inline`` on one line, as in running text."""
        name = replace(self.style.notation.tensor(self.record.tensor), style="bold")
        of, by = self.style.notation.tensor(LOSS), F.Indexed(name, (self.set(time),))
        return slashed(of, by) if inline else derivative(of, by)


def truncation(page: Page) -> Iterator[Block]:
    """The section, where the recurrence can be cut."""
    record = page.derivation.truncation
    if record is None:
        return
    form = next((f for f in page.derivation.closed_forms if f.tensor == record.tensor), None)
    cut = Cut(page, record, _style(page, record), form)
    yield Heading(1, text("Truncated backpropagation through time"))
    yield Paragraph(_purpose(cut))
    yield from _solved(cut, form) if form else _unsolved(cut)
    yield from _weights(cut)
    yield from cut_error(page, record, cut.set(cut.reach))
    yield Paragraph(_in_practice(cut))


def _style(page: Page, record: Truncation) -> Style:
    """The page's style with names for what is kept and left out."""
    own, known = notation(record.system), page.style.notation
    words = known.words | {record.reach.name, str(record.reach.high)}
    tensors = {**own.tensors, **known.tensors}
    return replace(page.style, notation=replace(known, tensors=tensors, words=words))


def _purpose(cut: Cut) -> Inlines:
    reach, here = cut.set(cut.reach), cut.here
    last = cut.set(cut.record.index.extent)
    words = (
        "The backward pass goes through all {} steps and needs all that the forward pass found there: that takes time "
        "and memory. It can be cut short: the loss of each step is followed back {} steps and no further. Call {} what "
        "then stands in the place of {}: it holds the losses of the steps from {} to {}, and of none beyond."
    )
    kept = cut.vector(cut.record.kept, cut.reach, here)
    places = (cut.set(here), cut.set(here + cut.step * cut.reach))
    return said(words, last, reach, kept, cut.state(here, inline=True), *places)


def _solved(cut: Cut, form: ClosedForm) -> Iterator[Block]:
    """The recursions with their Jacobians, and what is left out as a product of them."""
    letters = letters_of(cut.page, form)
    here, there, zero = cut.here, cut.here + cut.step, cut.reach * 0
    jacobian = transposed(cut.page, letters.jacobian, there)
    local = F.Indexed(F.Name(letters.local, letters.local, style="bold"), (cut.set(here),))
    kept, left = cut.record.kept, cut.record.left_out
    less = "A gradient that comes from the next step may go one step less; the local part alone is left at 0,"
    last = F.row(cut.set(here), F.EQUALS, _end(cut))
    yield Paragraph(said(f"{less} and at {{}}, where no step follows:", last))
    rows = (
        (cut.vector(kept, zero, here), local),
        (
            cut.vector(kept, cut.reach, here),
            F.row(local, F.PLUS, jacobian, F.THIN, cut.vector(kept, cut.reach - 1, there)),
        ),
    )
    yield Displayed(_lines(rows))
    difference = F.row(cut.state(here), F.MINUS, cut.vector(kept, cut.reach, here))
    inline = F.row(cut.state(here, inline=True), F.MINUS, cut.vector(kept, cut.reach, here))
    what = F.row(cut.vector(left, cut.reach, here), F.EQUALS, inline)
    yield Paragraph(said("What is left out is {}. The local part is in both and cancels, so that", what))
    lacking = (
        (cut.vector(left, zero, here), F.row(jacobian, F.THIN, cut.state(there))),
        (cut.vector(left, cut.reach, here), F.row(jacobian, F.THIN, cut.vector(left, cut.reach - 1, there))),
    )
    yield Displayed(_lines(lacking))
    yield Paragraph(said("as long as {}, and unrolled", _inside(cut)))
    yield Displayed(_product(cut, letters.jacobian, difference), evidence=cut.page.evidence_of(cut.record))
    yield Paragraph(_nothing_beyond(cut) + _checked(cut) + _how_much(cut))
    recurring = {names[g] for g in left for names in (kept, left)}
    yield Details("The same in index notation", tuple(_equations(cut, recurring)))


def _lines(rows: tuple[tuple[F.Formula, F.Formula], ...]) -> F.Formula:
    return F.Lines(tuple((left, F.row(F.EQUALS, right)) for left, right in rows))


def _end(cut: Cut) -> F.Formula:
    return cut.set(cut.record.index.high if cut.step > 0 else cut.record.index.low)


def _inside(cut: Cut) -> F.Formula:
    """t < T."""
    return F.row(cut.set(cut.here), _LESS if cut.step > 0 else F.Sign(">", "relation"), _end(cut))


def _product(cut: Cut, letter: str, difference: F.Formula) -> F.Formula:
    """∂L/∂h_t − K_{τ,t} = (J_{t+1}ᵀ ⋯ J_{t+τ+1}ᵀ) ∂L/∂h_{t+τ+1}."""
    furthest = cut.here + cut.step * (cut.reach + 1)
    first, second = (transposed(cut.page, letter, cut.here + k * cut.step) for k in (1, 2))
    last = F.Script(F.Name(letter, letter), cut.set(furthest), F.Sign("⊤"))
    product = F.Fenced("(", F.row(first, second, F.Sign("⋯"), last), ")", 1)
    return aligned(difference, F.EQUALS, F.row(product, F.THIN, cut.state(furthest)), cut.page.width)


def _nothing_beyond(cut: Cut) -> Inlines:
    furthest = cut.set(cut.here + cut.step * (cut.reach + 1))
    beyond = F.row(furthest, F.Sign(">" if cut.step > 0 else "<", "relation"), _end(cut))
    return said("Where {} no loss is further away, and nothing is left out.", beyond)


def _checked(cut: Cut) -> Inlines:
    if cut.page.evidence_of(cut.record) is None:
        return ()
    words = (
        " Checked at random points, for every {}: the true gradient less what the first recursion keeps, against {}."
    )
    against = "the second recursion and against the product" if cut.form else "the second recursion"
    return said(words.replace("{}.", f"{against}."), cut.set(cut.reach))


def _how_much(cut: Cut) -> Inlines:
    """How large what is left out can be, where there is a bound."""
    bound = cut.page.derivation.bound
    if bound is None:
        return ()
    furthest = cut.here + cut.step * (cut.reach + 1)
    power = F.Script(F.Fenced("(", factor_of(cut.page, bound), ")"), above=cut.set(cut.reach + 1))
    left = F.Fenced("‖", cut.vector(cut.record.left_out, cut.reach, cut.here), "‖")
    right = F.row(power, F.THIN, F.Fenced("‖", cut.state(furthest, inline=True), "‖"))
    words = " By the bound above {}: where gradients vanish little is lost, where they explode much."
    return said(words, F.row(left, F.Sign("≤", "relation"), right))


def _unsolved(cut: Cut) -> Iterator[Block]:
    """The recursions in index notation, where several tensors recur together."""
    here, kept, left = cut.here, cut.record.kept, cut.record.left_out
    carrying = {g for g in left if any(_is_carried(cut, e) for e in cut.record.system.definitions(kept[g]))}
    within = " Within a step all is computed as before, from what is kept of the others." if len(left) > 1 else ""
    yield Paragraph(
        text(f"A gradient that comes from the next step may go one step less, and at 0 none comes.{within}")
    )
    yield from _equations(cut, {kept[g] for g in carrying}, carried=True)
    difference = F.row(cut.state(here), F.MINUS, cut.vector(kept, cut.reach, here))
    yield Paragraph(text("What is left out is the difference. What does not recur is in both and cancels, so that"))
    yield from _equations(cut, {left[g] for g in carrying}, carried=True)
    yield Paragraph(text("and, for each gradient in the recurrence as for this one,"))
    whole = F.row(cut.vector(left, cut.reach, here), F.EQUALS, difference)
    yield Displayed(whole, evidence=cut.page.evidence_of(cut.record))
    yield Paragraph(text("It is zero where no loss is further away.") + _checked(cut))
    recurring = {names[g] for g in left for names in (kept, left)}
    yield Details("All of them", tuple(_equations(cut, recurring)))


def _is_carried(cut: Cut, equation: Equation) -> bool:
    """Whether an equation reads what has one step less to go."""
    less = cut.reach - 1
    return any(isinstance(n, Elem) and less in n.index for n in walk(equation.right))


def _equations(cut: Cut, names: Collection[str], carried: bool = False) -> Iterator[Block]:
    """Equations of what is kept and left out, those for a fixed place in time aside; or the ``carried`` alone."""
    for equation in cut.record.system.equations:
        wanted = not carried or _is_carried(cut, equation)
        if equation.name in names and wanted and _at_any_time(cut, equation):
            left, right = typeset(equation.left, cut.style), typeset(equation.right, cut.style)
            yield Displayed(aligned(left, F.EQUALS, right, cut.page.width))


def _at_any_time(cut: Cut, equation: Equation) -> bool:
    axes = cut.record.system.tensors[equation.name].axes
    return cut.record.index not in axes or cut.record.index in equation.indices


def _weights(cut: Cut) -> Iterator[Block]:
    """The gradients of the parameters with what is kept in the place of the whole."""
    kept = cut.record.kept
    found = [(g, e) for p in cut.page.system.params if (g := gradient_name(p.name)) in kept for e in _kept_of(cut, g)]
    if not found:
        return
    read = frozenset[str]().union(*(names_read(e.right) for _, e in found))
    pairs = [(cut.style.notation.tensor(kept[g]), _by(cut, g)) for g in kept if kept[g] in read]
    listed = ", ".join("{} of {}" for _ in pairs)
    words = (
        f"The gradients of the weights are the sums derived above, what is kept in the place of the whole ({listed}):"
    )
    if len(found) > _MANY:
        yield Paragraph(said(words.removesuffix(":") + ".", *(formula for pair in pairs for formula in pair)))
        return
    yield Paragraph(said(words, *(formula for pair in pairs for formula in pair)))
    for gradient, equation in found:
        left = typeset(Elem(gradient, equation.left.index[1:]), cut.style)
        yield Displayed(aligned(left, F.Sign("≈", "relation"), typeset(equation.right, cut.style), cut.page.width))


def _kept_of(cut: Cut, gradient: str) -> tuple[Equation, ...]:
    return cut.record.system.definitions(cut.record.kept[gradient])


def _by(cut: Cut, gradient: str) -> F.Formula:
    names = cut.style.notation
    return slashed(names.tensor(LOSS), names.tensor(names.gradients[gradient]))


def _in_practice(cut: Cut) -> Inlines:
    reach = cut.set(cut.reach)
    chunks = (
        "{} Programs usually cut the sequence itself, into chunks of {} steps: forward and backward through a chunk, "
        "an update of the weights, and on to the next with the value of the last state but not its history ({} in "
        "PyTorch). Every step is then gone through once. But the first loss of a chunk is followed back not at all, "
        "the last one {} steps, and so half as many on average as above, where each is followed back just as far. "
        "Either way the gradient is no longer that of the loss: what belongs together over more steps than the "
        "cut allows is not learned, except by what the states happen to carry."
    )
    less = cut.set(cut.reach - 1)
    return said(chunks, Strong("In practice."), reach, Code("h = h.detach()"), less)
