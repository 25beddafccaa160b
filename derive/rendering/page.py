"""What every section of a page needs: how names are printed, what prose means, the numbers of equations and steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.expr import (
    Elem,
    Expr,
    Index,
)
from derive.language.schedule import Loop, schedule
from derive.language.system import LOSS, Equation, System
from derive.language.traverse import (
    bound_at,
    walk,
)
from derive.rendering import formula as F
from derive.rendering.abbreviations import abbreviated
from derive.rendering.breaking import aligned
from derive.rendering.checked import GradientChecks, StepChecks
from derive.rendering.coverage import Coverage, Likewise, Whole, coverage, likewise, lines, main_steps
from derive.rendering.document import Evidence, Inline, Inlines, Math, Reference, Text
from derive.rendering.integers import integer_formula
from derive.rendering.metrics import letters
from derive.rendering.notation import Notation, notation
from derive.rendering.operators import Style
from derive.rendering.prose import Reader, reader
from derive.rendering.typeset import element, typeset
from derive.steps.record import Bound, Case, ClosedForm, Derivation, EntrywiseForm, Gradient, Step, Truncation

WIDTH = 44.0  # em of a line of a page
_TAG = 2.5  # em between a formula and the name of its rule


@dataclass(frozen=True)
class Page:
    """A derivation on its way to a document.

    style    how formulas are set
    reader   reads formulas in prose
    numbers  number of each forward equation, by its left side
    covered  how much of each gradient is shown, by its id
    steps    number of the line of each step that is shown, by the step's id: D1, D2, …
    likes    the steps whose single rewrites an earlier one shows, by their id
    width    em of a line: formulas wider than that are broken
    """

    derivation: Derivation
    evidence: StepChecks | None
    report: GradientChecks | None
    style: Style
    reader: Reader
    numbers: Mapping[Elem, str]
    covered: Mapping[int, Coverage]
    steps: Mapping[int, str]
    likes: Mapping[int, Likewise]
    width: float = WIDTH

    @property
    def system(self) -> System:
        return self.derivation.system

    def gradients(self) -> Iterator[Gradient]:
        """Every gradient, one part of its tensor after the other, in the order of the backward pass."""
        for parts in self.derivation.gradients.values():
            yield from parts

    def covers(self, gradient: Gradient) -> Coverage:
        return self.covered[id(gradient)]

    def shown(self, gradient: Gradient) -> tuple[Step, ...]:
        """The steps of a gradient that the page shows."""
        return main_steps(gradient) if isinstance(self.covers(gradient), Whole) else ()

    def lines(self, gradient: Gradient) -> list[tuple[Step, ...]]:
        """The lines of a gradient: a step each, or several that differ by names only."""
        return lines(self.shown(gradient), self.likes)

    def evidence_of_all(self, gradient: Gradient) -> Evidence | None:
        """What the checks of all steps of a gradient found, and that of its result."""
        return self.evidence_together((*gradient.steps, gradient))

    def evidence_together(self, records: Sequence[Step | Gradient]) -> Evidence | None:
        """What the checks of several records found."""
        if self.evidence is None:
            return None
        found = [self.evidence.of(record) for record in records]
        return Evidence(max(f.error for f in found), min(len(f.points) for f in found), all(f.ok for f in found))

    def evidence_of(
        self, record: Step | Case | ClosedForm | EntrywiseForm | Gradient | Bound | Truncation
    ) -> Evidence | None:
        """What the check of a record found, where there was one."""
        if self.evidence is None:
            return None
        found = self.evidence.of(record)
        return Evidence(found.error, len(found.points), found.ok)

    @property
    def recurrent(self) -> frozenset[str]:
        """The names of the indices over which something recurs."""
        loops = (b for b in schedule(self.system) if isinstance(b, Loop))
        return frozenset(i.name for loop in loops for i, _ in loop.over)

    def math(self, expr: Expr) -> Inline:
        return Math(typeset(expr, self.style))

    def prose(self, sentence: str) -> Inlines:
        return self.reader.inlines(sentence)

    def number(self, step: Step) -> str:
        return self.steps[id(step)]

    def equation(self, left: Expr, right: Expr, limits: bool = False) -> F.Formula:
        """``left = right``, broken into lines where it is too wide."""
        style = replace(self.style, limits=limits)
        return aligned(typeset(left, style), F.EQUALS, typeset(right, style), self.width)

    def short(self, expr: Expr) -> tuple[Expr, Inlines]:
        """An expression with names for its long quotients, and the sentence that says what they stand for."""
        changed, names = abbreviated(expr, self.system)
        said: Inlines = ()
        for k, (quotient, symbol) in enumerate(names.items()):
            even = frozenset({tuple(quotient.args)})
            value = integer_formula(quotient, self.style.notation, even)
            letter = self.style.notation.index(symbol.name)
            said += (Text("Here " if not k else " and "), Math(F.row(letter, F.EQUALS, value)))
        return changed, (*said, Text(".")) if said else ()

    def room(self, step: Step) -> float:
        """How wide the formula of a step may be, beside the name of the rule."""
        return self.width - _TAG - 0.85 * letters(f"{step.rule} ({self.number(step)})")

    def shape(self, indices: Iterable[Index]) -> Inlines:
        """The shape of a tensor with these axes, in words and sizes."""
        sizes = [integer_formula(i.extent, self.style.notation) for i in indices]
        if not sizes:
            return (Text("a single number"),)
        parts = [F.fenced("(", s, ")") if isinstance(s, F.Row) and len(sizes) > 1 else s for s in sizes]
        return (Math(F.joined(tuple(parts), F.Sign("×", "binary"))),)

    def shape_of(self, gradient: Gradient) -> Inlines:
        """The shape of a gradient as a sentence; that of a whole tensor is the tensor's."""
        whole = len(gradient.indices) == len(self.system.tensors[gradient.tensor].axes)
        like = (Text(", like "), self.name(gradient.tensor)) if whole else ()
        return (Text("Shape: "), *self.shape(gradient.indices), *like, Text("."))

    def loss(self) -> Inline:
        return Math(element(Elem(LOSS), self.style))

    def name(self, tensor: str) -> Inline:
        """A tensor as a whole."""
        return Math(self.style.notation.tensor(tensor))


def page(
    derivation: Derivation, evidence: StepChecks | None, report: GradientChecks | None, width: float = WIDTH
) -> Page:
    """The page of a derivation, ``width`` em wide."""
    used = tuple(indices_of(derivation))
    style = Style(names_of(derivation).stating(used))
    system = derivation.system
    numbers = {e.left: str(k) for k, e in enumerate(system.all_equations, 1)}
    gradients = [part for parts in derivation.gradients.values() for part in parts]
    taken_by = {**style.notation.gradients, **style.notation.upstream}
    covered = coverage(derivation, taken_by)
    shown = [main_steps(one) for one in gradients if isinstance(covered[id(one)], Whole)]
    likes = likewise([s for steps in shown for s in steps], taken_by)
    numbered = enumerate((line for steps in shown for line in lines(steps, likes)), 1)
    steps = {id(s): f"D{k}" for k, line in numbered for s in line}
    prose = reader(derivation.backward, style, used)
    return Page(derivation, evidence, report, style, prose, numbers, covered, steps, likes, width)


def names_of(derivation: Derivation) -> Notation:
    """How names are printed: those of the backward system, whose indices are the author's only in the forward one."""
    forward = notation(derivation.system)
    return replace(notation(derivation.backward), ranges=forward.ranges, words=forward.words)


def indices_of(derivation: Derivation) -> Iterator[Index]:
    """Every index that a derivation uses, in order of first use: those of the forward equations, then of the steps."""
    seen: dict[Index, None] = {}
    for index in derivation.system.indices.values():
        seen.setdefault(index)
    for parts in derivation.gradients.values():
        for part in parts:
            for index in part.indices:
                seen.setdefault(index)
            for step in part.steps:
                for index in _bound(step):
                    seen.setdefault(index)
    yield from seen


def _bound(step: Step) -> Iterator[Index]:
    for line in (step.before, step.after):
        for node in walk(line):
            yield from bound_at(node)
    for substep in step.substeps:
        yield from _bound(substep)


def equation_number(page: Page, equation: Equation) -> Inline:
    number = page.numbers[equation.left]
    return Reference(f"({number})", number)


def to_step(page: Page, step: Step) -> Inline:
    """The number of a step, which leads to it."""
    return Reference(page.number(step), page.number(step))
