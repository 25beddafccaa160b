"""The table of mistakes: which are made, in which lines, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.language.expr import Expr
from derive.language.traverse import walk
from derive.marking.mutations import (
    activations,
    axes,
    boundaries,
    conditions,
    counts,
    factors,
    functions,
    overwriting,
    paths,
    places,
    sums,
    tensors,
    terms,
)  # fmt: skip
from derive.marking.mutations.mutant import Mutant
from derive.marking.mutations.sites import Change, Family, Line
from derive.marking.record import Mistake
from derive.steps.record import Derivation, Gradient, gradient_name

KINDS = (
    "dropped path",
    "constant statistic",
    "activation derivative forgotten",
    "activation derivative twice",
    "derivative at the wrong place",
    "wrong function's derivative",
    "function for its derivative",
    "dropped term",
    "doubled term",
    "wrong sign",
    "dropped sum",
    "short sum",
    "average for sum",
    "sum for average",
    "product of sums",
    "wrong axis",
    "wrong count",
    "dropped factor",
    "dropped scale",
    "dropped guard",
    "doubled factor",
    "extra factor",
    "inverse",
    "wrong power",
    "wrong complement",
    "transposed",
    "shifted index",
    "wrong index",
    "flipped",
    "overwritten",
    "wrong condition",
    "wrong boundary",
    "ignored setting",
    "dropped function",
    "wrong tensor",
)  # of mistakes

# What is made in the chain rule and the local derivatives, in the line that still has all paths.
ONCE: tuple[Family, ...] = (paths.lost_paths, activations.activations, terms.diagonals)
# What is made anywhere.
ANYWHERE: tuple[Family, ...] = (
    terms.wrong_signs,
    sums.dropped_sums,
    sums.averages,
    sums.sums_for_averages,
    factors.dropped_factors,
    sums.dropped_products,
    places.transposed,
    places.shifted,
    places.flipped,
    places.crossed,
    overwriting.overwritten,
    terms.dropped_terms,
    sums.short_sums,
    boundaries.wrong_starts,
    boundaries.never_reset,
    conditions.dropped_conditions,
    conditions.one_case,
    conditions.wrong_conditions,
    conditions.shifted_conditions,
    conditions.ignored_settings,
    factors.powers,
    factors.complements,
    factors.doubled_factors,
    factors.inverses,
    counts.wrong_counts,
    functions.dropped_functions,
    functions.wrong_values,
    functions.extra_derivatives,
    tensors.wrong_tensors,
    tensors.wrong_throughout,
    axes.wrong_axes,
    places.wrong_indices,
    axes.products_of_sums,
    terms.doubled_terms,
    sums.shorter_sums,
)


def mutants(derivation: Derivation, gradient: Gradient, numbers: Mapping[int, str]) -> Iterator[Mutant]:
    """A gradient with one mistake in its derivation, the likeliest mistakes first; no two are written alike.

    ``numbers`` has the numbers of the steps that the document shows, by their id: D7.
    """
    told = {line.expr for line in lines(derivation, gradient)} | {step.after for step in gradient.steps}
    for change in _changes(lines(derivation, gradient)):
        if change.right not in told:
            told.add(change.right)
            yield _mutant(change, numbers)


def lines(derivation: Derivation, gradient: Gradient) -> tuple[Line, ...]:
    """The result, and the lines before that are made otherwise: with all paths apart, and with none inserted."""
    steps = gradient.steps
    last = Line(derivation.backward, gradient, gradient.right, steps[-1], 0)
    inserted = [k for k, s in enumerate(steps) if s.rule == "insert a known gradient"]
    found: dict[Expr, Line] = {gradient.right: last}
    before = steps[: inserted[0]] if inserted else steps
    later = enumerate(before[len(gradient.readers) + 1 :], len(gradient.readers) + 1)
    parted = [k for k, s in later if s.rule in ("common factor", "simplification")]
    for number, step in ((1, before[-1]), (2, before[parted[0] - 1] if parted else before[-1])):
        if step.after not in found:
            known = frozenset(node for line in found for node in walk(line))
            found[step.after] = Line(derivation.backward, gradient, step.after, step, number, known)
    return tuple(found.values())


def _changes(lines: tuple[Line, ...]) -> Iterator[Change]:
    apart = next((line for line in lines if line.number == 1), lines[0])
    for family in ONCE:
        yield from family(replace(apart, known=frozenset()))
    for family in ANYWHERE:
        for line in lines:
            yield from family(line)


def _mutant(change: Change, numbers: Mapping[int, str]) -> Mutant:
    line = change.line
    step = numbers.get(id(change.step or line.step), "")
    mistake = Mistake(change.kind, change.sentence, gradient_name(line.gradient.tensor), step)
    return Mutant(mistake, line.gradient.left, line.gradient.indices, change.right, change.term, line.number)
