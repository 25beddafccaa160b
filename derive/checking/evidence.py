"""The evidence for a derivation: every line of it evaluated, before and after, and compared with the truth.

The truth of a gradient is the complex-step derivative of the loss by the tensor itself, from the forward equations
alone.  All lines of a gradient's derivation must have that value, on all axes, at every test point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain, repeat

from derive.checking.compare import Comparison, compared
from derive.checking.points import Point, point
from derive.checking.recurrence import TermsReader, left_out, unrolled, unrolled_by_entry, within
from derive.checking.reference import Interpreter
from derive.checking.sizes import choose_sizes
from derive.checking.tree import Forest
from derive.checking.truth import interpreter_of, terms_interpreter_of
from derive.language.expr import (
    ZERO,
    Bracket,
    Compare,
    Expr,
    Index,
    Num,
    Size,
)
from derive.language.integers import is_size
from derive.language.parser import parse_in
from derive.language.traverse import (
    free_symbols,
)
from derive.steps.record import Bound, Case, ClosedForm, Derivation, EntrywiseForm, Gradient, Step, Truncation

TOLERANCE = 1e-11  # of the relative difference: complex step and exact formulas leave rounding only
RECURRENCES = (5, 1, 2)  # how often things recur at the test points
_FURTHER = 12  # points that are tried where a gradient was zero at all of these

Record = Step | Case | ClosedForm | EntrywiseForm | Gradient | Bound | Truncation
Settings = frozenset[tuple[str, int]]  # sizes that are fixed: {("s", 1)}


@dataclass(frozen=True)
class StepEvidence:
    """What was found for one record: the largest relative difference, and the points at which it was looked for."""

    error: float
    points: tuple[str, ...]
    ok: bool


@dataclass(frozen=True)
class Evidence:
    """The evidence for each record of a derivation."""

    found: dict[int, tuple[Record, StepEvidence]]  # by id of the record, which is kept with it

    def of(self, record: Record) -> StepEvidence:
        """The evidence for a step, sub-step, case, closed form or whole gradient of the derivation checked."""
        return self.found[id(record)][1]

    @property
    def ok(self) -> bool:
        return not self.failures

    @property
    def worst(self) -> float:
        return max((e.error for _, e in self.found.values()), default=0.0)

    @property
    def failures(self) -> tuple[tuple[Record, StepEvidence], ...]:
        return tuple((record, e) for record, e in self.found.values() if not e.ok)


def evidence(derivation: Derivation, seed: int = 0) -> Evidence:
    """Check every step, sub-step, case and closed form of a derivation, and every gradient as a whole."""
    checker = Checker(derivation, seed)
    for gradient in chain.from_iterable(derivation.gradients.values()):
        checker.gradient(gradient)
    for form in derivation.closed_forms:
        checker.whole(form, _by_terms(partial(unrolled, form)))
    for entrywise in derivation.entrywise_forms:
        checker.whole(entrywise, _by_terms(partial(unrolled_by_entry, entrywise)))
    if derivation.bound:
        checker.whole(derivation.bound, _by_value(partial(within, derivation.bound)))
    if derivation.truncation:
        solved = next((f for f in derivation.closed_forms if f.tensor == derivation.truncation.tensor), None)
        checker.whole(derivation.truncation, _by_value(partial(left_out, derivation.truncation, solved)))
    return Evidence(checker.found)


@dataclass
class Checker:
    """Evaluates records at the test points of one derivation and notes what it finds."""

    derivation: Derivation
    seed: int
    found: dict[int, tuple[Record, StepEvidence]] = field(default_factory=dict)
    forest: Forest = field(default_factory=Forest)

    def __post_init__(self) -> None:
        self._made: dict[Settings, list[Place]] = {}

    def gradient(self, gradient: Gradient) -> None:
        ground = Ground()
        lines = [Line(gradient, gradient.indices, (gradient.left, gradient.right))]
        lines += [Line(s, s.indices, (gradient.left, s.before, s.after)) for s in gradient.steps]
        seen = self._chain(lines, ground, gradient.right == ZERO)
        for case in gradient.cases:
            self._case(case, seen)

    def _case(self, case: Case, seen: bool) -> None:
        """Check a special case; it may be zero at its place if the gradient is ``seen`` not to be so elsewhere."""
        system = self.derivation.system
        where = parse_in(system, case.where, (*system.indices.values(), *case.indices))
        settings = _settings(where)
        held = {i.symbol for i in case.indices}
        said = all(is_size(s) or s in held for s in free_symbols(where))  # else ``left`` and ``right`` are at the place
        ground = Ground(settings, where if said else None)
        lines = [Line(case, case.indices, (case.left, case.right))]
        lines += [Line(s, s.indices, (case.left, s.before, s.after)) for s in case.steps]
        self._chain(lines, ground, seen or case.right == ZERO)

    def _chain(self, lines: Sequence[Line], ground: Ground, zero: bool) -> bool:
        """Check lines that all have one value, each line by itself; and the sub-steps of each, a chain of their own.

        Where that value is zero at every point, one of the lines must show why: it says so, or its terms cancel.
        If none does, more points are tried, for the value may depend on a condition that seldom holds.  Returns whether
        the value has been seen to be what it is.
        """
        places: list[Place] = []
        found: list[list[Comparison]] = [[] for _ in lines]
        for place in self._places(ground.settings):
            if len(places) >= len(RECURRENCES) and (zero or any(c.telling for of_line in found for c in of_line)):
                break
            places.append(place)
            for line, of_line in zip(lines, found, strict=True):
                of_line.append(place.compared(line, ground.where))
        seen = zero or any(c.telling for comparisons in found for c in comparisons)
        for line, comparisons in zip(lines, found, strict=True):
            self._note(line.record, places, comparisons, seen)
            if isinstance(line.record, Step) and line.record.substeps:
                substeps = line.record.substeps
                parts = [Line(s, s.indices, (s.before, s.after)) for s in substeps]
                self._chain(parts, ground, zero or substeps[-1].after == ZERO)
        return seen

    def _places(self, settings: Settings) -> Iterator[Place]:
        """The test points where sizes are as ``settings`` demand, made when they are asked for and kept."""
        made = self._made.setdefault(settings, [])
        for k in range(len(RECURRENCES) + _FURTHER):
            if k == len(made):
                system, length = self.derivation.system, (*RECURRENCES, *repeat(RECURRENCES[0], _FURTHER))[k]
                sizes = choose_sizes(system, length, self.seed + k, dict(settings), [p.point.sizes for p in made])
                made.append(Place(self.derivation, point(system, sizes, self.seed + k), self.forest))
            yield made[k]

    def whole(self, record: Record, check: Callable[[Place], Comparison]) -> None:
        """Check what is said of a recurrence as a whole, at more points where the first ones tell nothing of it."""
        places: list[Place] = []
        found: list[Comparison] = []
        for place in self._places(frozenset()):
            if len(places) >= len(RECURRENCES) and any(c.telling for c in found):
                break
            places.append(place)
            found.append(check(place))
        self._note(record, places, found, any(c.telling for c in found))

    def _note(self, record: Record, places: Sequence[Place], found: Sequence[Comparison], seen: bool) -> None:
        error = max(c.error for c in found)
        self.found[id(record)] = (
            record,
            StepEvidence(error, tuple(str(p.point) for p in places), seen and error <= TOLERANCE),
        )


@dataclass(frozen=True)
class Line:
    """What a record says: all its sides are equal, for every value of the indices."""

    record: Record
    indices: Sequence[Index]
    sides: Sequence[Expr]


@dataclass(frozen=True)
class Place:
    """A test point, and what evaluates expressions there."""

    derivation: Derivation
    point: Point
    forest: Forest

    @cached_property
    def interpreter(self) -> Interpreter:
        """Knows the true values of every tensor and gradient."""
        return interpreter_of(self.derivation, self.point, self.forest)

    @cached_property
    def terms_interpreter(self) -> Interpreter:
        """Knows how large the terms are of which each gradient is made."""
        return terms_interpreter_of(self.derivation, self.point, self.forest)

    def compared(self, line: Line, where: Expr | None) -> Comparison:
        return compared(self.interpreter, line.indices, line.sides, where, lambda: self.terms_interpreter)


def _by_value(check: Callable[[Interpreter], Comparison]) -> Callable[[Place], Comparison]:
    """A check at a place that needs the true values only."""
    return lambda place: check(place.interpreter)


def _by_terms(check: Callable[[Interpreter, TermsReader], Comparison]) -> Callable[[Place], Comparison]:
    """A check at a place that measures rounding by the terms of which gradients are made."""
    return lambda place: check(place.interpreter, lambda: place.terms_interpreter)


@dataclass(frozen=True)
class Ground:
    """Where lines must agree: at sizes as ``settings`` demand, and where the condition holds."""

    settings: Settings = frozenset()
    where: Expr | None = None


def _settings(where: Expr) -> Settings:
    """The sizes that a condition fixes: s of ``[s == 1]``."""
    conditions = where.conditions if isinstance(where, Bracket) else ()
    return frozenset(
        (c.left.value.name, int(c.right.value))
        for c in conditions
        if isinstance(c, Compare) and c.op == "==" and isinstance(c.left, Size) and isinstance(c.right, Num)
        if c.left.value.is_Symbol and is_size(c.left.value)
    )
