"""Finds the mistake behind wrong gradients of which only the results are known, wherever it was made.

A mistake in ``dh`` shows in every gradient computed from it.  So it is made in the true derivation of ``dh``, and
carried on to what was given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from derive.checking.arrays import Array
from derive.checking.forward import Runner, part_of
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation
from derive.language.traverse import names_read
from derive.marking.ground import Ground, Place
from derive.marking.mutations import Mutant, mutants
from derive.marking.replay import MATCH, Explanation, explain
from derive.marking.values import Values, holds
from derive.steps.record import gradient_name

_MOST = 400  # mistakes carried on for one wrong gradient


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
            found |= {name: own} if own.mistakes else carrier.explained(name, given, left)
    return {name: found.get(name, Explanation()) for name in wrong}


def explain_line(ground: Ground, name: str, values: Values, read: frozenset[str]) -> Explanation:
    """The mistake behind the wrong value of a line, in its own gradient or in one that it works out on the way.

    ``read`` are the gradients that the line reads, which have their true values.
    """
    own = explain(ground, name, values)
    return own if own.mistakes else Carrier(ground, read).explained(name, {name: values}, [name]).get(name, own)


@dataclass(frozen=True)
class Carrier:
    """Carries mistakes on to the gradients that rest on them; those of ``held`` stay at their true values."""

    ground: Ground
    held: frozenset[str] = frozenset()
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def explained(self, name: str, given: Mapping[str, Values], wrong: list[str]) -> dict[str, Explanation]:
        """A mistake further up that explains a wrong gradient and leaves right ones right; for all that it explains."""
        for mutant in self._further_up(name):
            if self._gives(mutant, name, given[name]):
                below = [other for other in given if mutant.left.name in (other, *self.above(other))]
                gives = {other for other in below if other == name or self._gives(mutant, other, given[other])}
                if all(other in gives for other in below if other not in wrong):
                    return {other: Explanation((mutant.mistake,)) for other in wrong if other in gives}
        return {}

    def _further_up(self, name: str) -> Iterator[Mutant]:
        """The mistakes in gradients on which one rests, the nearest first."""
        count = 0
        for part in (part for other in self.above(name) for part in self.ground.parts[other]):
            for mutant in mutants(self.ground.derivation, part, self.ground.numbers):
                count += 1
                if count > _MOST:
                    return
                yield mutant

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

    def _gives(self, mutant: Mutant, name: str, values: Values) -> bool:
        """Whether a mistake, carried on, gives the values of a gradient everywhere; the smallest place comes first."""
        for place, value in sorted(zip(self.ground.places, values, strict=True), key=lambda pair: pair[0].elements):
            if value is not None:
                carried = self._carry(mutant, place, name)
                if carried is None or not value.fits(carried, MATCH):
                    return False
        return True

    def _carry(self, mutant: Mutant, place: Place, name: str) -> Array | None:
        """A gradient computed with a mistake in one on which it rests; None where that is not a number."""
        between = {n for n in (name, *self.above(name)) if mutant.left.name in (n, *self.above(n))}
        read = names_read(mutant.right).union(*(self._read(n) for n in between))
        tensors = {n: s for n, s in place.tensors(read | {name}).items() if n not in between}
        runner = Runner(self.ground.derivation.backward, place.point.sizes, tensors)
        runner.run(_with_mistake(part_of(block, frozenset(between)), mutant) for block in self._blocks)
        found = tensors[name].array[..., 0]
        return found if np.isfinite(found).all() else None

    @cached_property
    def _blocks(self) -> tuple[Equation | Loop, ...]:
        return schedule(self.ground.derivation.backward)


def _with_mistake(block: Loop, mutant: Mutant) -> Loop:
    """A part of the backward pass with one line replaced by what a mistake makes of it."""
    wrong = Equation(mutant.left, mutant.right, mutant.indices)
    return replace(block, equations=tuple(wrong if e.left == mutant.left else e for e in block.equations))
