"""Finds the mistake behind wrong gradients of which only the results are known, wherever it was made.

A mistake in ``dh`` shows in every gradient computed from it.  So it is made in the true derivation of ``dh``, and
carried on to what was given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from derive.checking.arrays import Array
from derive.checking.forward import Runner, part_of
from derive.language.schedule import CircularError, schedule
from derive.language.system import Equation, System
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
    found: dict[str, Explanation] = {}
    for name in wrong:
        if name not in found:
            own = explain(ground, name, given[name])
            found |= (
                {name: own} if own.mistakes else _carried(ground, name, given, [w for w in wrong if w not in found])
            )
    return {name: found.get(name, Explanation()) for name in wrong}


def _carried(ground: Ground, name: str, given: Mapping[str, Values], wrong: list[str]) -> dict[str, Explanation]:
    """A mistake further up that explains a wrong gradient and leaves the right ones right; for all that it explains."""
    for mutant in _further_up(ground, name):
        if not _gives(ground, mutant, name, given[name]):
            continue
        below = _below(ground, mutant.left.name)
        if all(_gives(ground, mutant, right, given[right]) for right in given if right not in wrong and right in below):
            also = [w for w in wrong if w == name or (w in below and _gives(ground, mutant, w, given[w]))]
            return {w: Explanation((mutant.mistake,)) for w in also}
    return {}


def _further_up(ground: Ground, name: str) -> Iterator[Mutant]:
    """The mistakes in gradients on which one rests, the nearest first."""
    count = 0
    for other in _above(ground, name):
        for part in ground.parts[other]:
            for mutant in mutants(ground.derivation, part, ground.numbers):
                count += 1
                if count > _MOST:
                    return
                yield mutant


def _above(ground: Ground, name: str) -> list[str]:
    """The gradients on which one rests, the nearest first; itself among them where it recurs."""
    found: dict[str, None] = {}
    todo = [name]
    while todo:
        parts = ground.parts[todo.pop(0)]
        read = dict.fromkeys(n for part in parts for n in sorted(names_read(part.right)) if n in ground.parts)
        todo += [n for n in read if n not in found]
        found |= read
    return list(found)


def _below(ground: Ground, name: str) -> frozenset[str]:
    """The gradients that rest on one, itself included."""
    return frozenset(n for n in ground.parts if n == name or name in _above(ground, n))


def _gives(ground: Ground, mutant: Mutant, name: str, values: Values) -> bool:
    """Whether a mistake, carried on, gives the values of a gradient at every place."""
    for place, value in zip(ground.places, values, strict=True):
        if value is not None:
            carried = _carry(ground, mutant, place, name)
            if carried is None or not value.fits(carried, MATCH):
                return False
    return True


def _carry(ground: Ground, mutant: Mutant, place: Place, name: str) -> Array | None:
    """A gradient computed with a mistake in one on which it rests; None where that cannot be computed."""
    changed = _below(ground, mutant.left.name) & {name, *_above(ground, name)}
    system = _with_mistake(ground.derivation.backward, mutant)
    tensors = {n: s for n, s in place.tensors(_read_by(ground, changed)).items() if n not in changed}
    try:
        Runner(system, place.point.sizes, tensors).run(part_of(block, changed) for block in schedule(system))
    except CircularError:
        return None
    found = tensors[name].array[..., 0]
    return found if np.isfinite(found).all() else None


def _with_mistake(backward: System, mutant: Mutant) -> System:
    """The backward pass with one line replaced by what a mistake makes of it."""
    wrong = Equation(mutant.left, mutant.right, mutant.indices)
    return replace(backward, equations=tuple(wrong if e.left == mutant.left else e for e in backward.equations))


def _read_by(ground: Ground, names: Iterable[str]) -> frozenset[str]:
    return frozenset(n for name in names for part in ground.parts[name] for n in names_read(part.right))
