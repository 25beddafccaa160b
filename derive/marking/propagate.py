"""Finds the mistake behind wrong gradients of which only the results are known, wherever it was made.

A mistake in ``dh`` shows in every gradient computed from it.  So it is made in the true derivation of ``dh``, and
carried on to what was given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

import numpy as np

from derive.checking.arrays import Array
from derive.checking.forward import Runner, part_of
from derive.language.expr import Elem
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation
from derive.language.traverse import names_read
from derive.marking.ground import Ground, Place
from derive.marking.mutations import Mutant, at_the_start, mutants, told_of
from derive.marking.replay import MATCH, Explanation, explain, is_near
from derive.marking.values import Values, holds
from derive.steps.record import gradient_name

_AT_ONCE = 10  # mistakes in one gradient that are carried on before those in the next
_ROUNDS = 10  # of these, for what a program gives back
_ROUNDS_OF_LINES = 2  # and for a line of an answer, which seldom does several steps at once


def explain_all(ground: Ground, given: Mapping[str, Values]) -> dict[str, Explanation]:
    """Explanations of the wrong ones among the gradients given back, by their names; empty ones where none is known."""
    order = [gradient_name(n) for n in ground.derivation.gradients if gradient_name(n) in given]
    wrong = [name for name in order if not holds(given[name])]
    carrier = Carrier(ground)
    found: dict[str, Explanation] = {}
    for name in wrong:
        if name not in found:
            left = [w for w in wrong if w not in found]
            own = explain(ground, name, given[name])
            known = own.mistakes or _tell_nothing(given[name])
            found |= {name: own} if known else carrier.explained(name, given, left)
    return {name: found.get(name, Explanation()) for name in wrong}


def explain_line(ground: Ground, name: str, values: Values, read: frozenset[str]) -> Explanation:
    """The mistake behind the wrong value of a line, in its own gradient or in one that it works out on the way.

    ``read`` are the gradients that the line reads, which have their true values.
    """
    own = explain(ground, name, values)
    if own.mistakes or _tell_nothing(values):
        return own
    return Carrier(ground, read, _ROUNDS_OF_LINES).explained(name, {name: values}, [name]).get(name, own)


def _tell_nothing(values: Values) -> bool:
    """Whether values tell no mistake made elsewhere: they are nearly right, or zero, which many mistakes make them."""
    return is_near(values) or not any(value.yours[value.where].any() for value in values if value is not None)


@dataclass(frozen=True)
class Carrier:
    """Carries mistakes on to the gradients that rest on them; those of ``held`` stay at their true values.

    No mistake is carried on twice: it is held against all that is wrong at once.
    """

    ground: Ground
    held: frozenset[str] = frozenset()
    rounds: int = _ROUNDS
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _streams: dict[Elem, Iterator[Mutant]] = field(default_factory=dict)

    def explained(self, name: str, given: Mapping[str, Values], wrong: list[str]) -> dict[str, Explanation]:
        """Mistakes further up that explain a wrong gradient and leave right ones right; for all that they explain."""
        found: dict[str, Explanation] = {}
        for mutant in self._further_up(name):
            resting = [n for n in given if mutant.left.name in (n, *self.above(n)) and n not in found]
            fitting = self._fitting(mutant, resting, wrong, given)
            if all(n in fitting for n in resting if n not in wrong):
                found |= {n: Explanation((told_of(mutant.mistake, n),)) for n in fitting if n in wrong}
            if name in found:
                break
        return found

    def _fitting(self, mutant: Mutant, names: list[str], wrong: list[str], given: Mapping[str, Values]) -> list[str]:
        """The gradients that a mistake explains or leaves right, made where the recurrence starts as well or not.

        Empty where it explains no wrong one.
        """
        everywhere = (mutant, *at_the_start(self.ground.derivation, mutant))
        fitting = self._gives(everywhere, [n for n in names if n in wrong], given)
        if fitting:
            fitting += self._gives(everywhere, [n for n in names if n not in wrong], given)
            if len(everywhere) > 1:
                fitting += self._gives((mutant,), [n for n in names if n not in fitting], given)
        return fitting

    def _further_up(self, name: str) -> Iterator[Mutant]:
        """The mistakes in gradients on which one rests: some of each, the likeliest, the nearest first; then others."""
        parts = [part for other in self.above(name) for part in self.ground.parts[other]]
        for part in parts:
            if part.left not in self._streams:
                self._streams[part.left] = mutants(self.ground.derivation, part, self.ground.numbers)
        for _ in range(self.rounds):
            for part in parts:
                yield from islice(self._streams[part.left], _AT_ONCE)

    def above(self, name: str) -> tuple[str, ...]:
        """The gradients on which one rests, the nearest first; itself among them where it recurs."""
        if name not in self._above:
            found: dict[str, None] = {}
            todo = [name]
            while todo:
                read = [n for n in self._read(todo.pop(0)) if n in self.ground.parts and n not in self.held]
                todo += [n for n in dict.fromkeys(read) if n not in found]
                found |= dict.fromkeys(read)
            self._above[name] = tuple(found)
        return self._above[name]

    def _read(self, name: str) -> list[str]:
        """What the true lines of a gradient read."""
        return [n for part in self.ground.parts[name] for n in sorted(names_read(part.right))]

    def _gives(self, made: Sequence[Mutant], names: list[str], given: Mapping[str, Values]) -> list[str]:
        """Which gradients have the values that mistakes, carried on, give everywhere; the smallest place is first."""
        for k, place in sorted(enumerate(self.ground.places), key=lambda pair: pair[1].elements):
            values = {n: value for n in names if (value := given[n][k]) is not None}
            carried = self._carry(made, place, list(values)) if values else {}
            names = [n for n in names if n not in values or (n in carried and values[n].fits(carried[n], MATCH))]
        return names

    def _carry(self, made: Sequence[Mutant], place: Place, names: list[str]) -> dict[str, Array]:
        """Gradients computed with a mistake in one on which they rest; without those that are no numbers then."""
        needed = dict.fromkeys(n for name in names for n in (name, *self.above(name)))
        between = {n for n in needed if made[0].left.name in (n, *self.above(n))}
        read = frozenset[str]().union(*(names_read(m.right) for m in made), *(self._read(n) for n in between))
        tensors = {n: s for n, s in place.tensors(read | set(names)).items() if n not in between}
        runner = Runner(self.ground.derivation.backward, place.point.sizes, tensors, forest=place.forest)
        runner.run(_with_mistakes(part_of(block, frozenset(between)), made) for block in self._blocks)
        found = {n: tensors[n].array[..., 0] for n in names}
        return {n: array for n, array in found.items() if np.isfinite(array).all()}

    @cached_property
    def _blocks(self) -> tuple[Equation | Loop, ...]:
        return schedule(self.ground.derivation.backward)


def _with_mistakes(block: Loop, made: Sequence[Mutant]) -> Loop:
    """A part of the backward pass with lines replaced by what mistakes make of them."""
    wrong = {mutant.left: Equation(mutant.left, mutant.right, mutant.indices) for mutant in made}
    return replace(block, equations=tuple(wrong.get(e.left, e) for e in block.equations))
