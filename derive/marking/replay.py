"""Finds the mistake behind a wrong value: makes known mistakes in the true derivation until one gives that value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from derive.checking.arrays import Array
from derive.language.traverse import names_read
from derive.marking.differences.ratio import ratio
from derive.marking.differences.reading import Reading
from derive.marking.ground import Ground, Place
from derive.marking.mutations import Mutant, carried, mutants
from derive.marking.record import Mistake
from derive.marking.values import Value, Values, close, offsets

MATCH = 1e-7  # relative difference up to which a mistake counts as found: two mistakes seldom come so close
_OTHERS = 2  # further mistakes that are told where they give the same values
_SAMPLE = 64  # elements on which pairs of mistakes are tried


@dataclass(frozen=True)
class Explanation:
    """The mistakes that together give the value of an answer, and others that each give it as well."""

    mistakes: tuple[Mistake, ...] = ()
    others: tuple[Mistake, ...] = ()


def is_near(values: Values) -> bool:
    """Whether values are so near the right ones that no mistake can be told."""
    return all(value is None or value.agrees(MATCH) for value in values)


def explain(ground: Ground, name: str, values: Values) -> Explanation:
    """What gives these values of a gradient: a mistake in its derivation, a factor, two mistakes, one and a factor."""
    if is_near(values):
        return Explanation()
    place, value = next((p, v) for p, v in zip(ground.places, values, strict=True) if v and not v.agrees(MATCH))
    if not np.isfinite(value.yours).all():
        return Explanation()
    tried = list(_tried(ground, name, place, value))
    found = [t.mutant for t in tried if value.fits(t.value, MATCH) and _everywhere(ground, (t.mutant,), values)]
    if found:
        apart = {m.mistake.kind: m.mistake for m in reversed(found[1:]) if m.mistake.kind != found[0].mistake.kind}
        return Explanation((found[0].mistake,), tuple(islice(reversed(apart.values()), _OTHERS)))
    if factor := _factor(ground, (), values):
        return Explanation((_scaled(name, factor),))
    if mistake := _carried(ground, name, place, value, values) or _another(ground, name, values):
        return Explanation((mistake,))
    pairs = (pair for pair in _pairs(tried, value) if _everywhere(ground, pair, values))
    if pair := next(pairs, ()):
        return Explanation(tuple(m.mistake for m in pair))
    for one in (t.mutant for t in tried if _proportional(value, t.value)):
        if factor := _factor(ground, (one,), values):
            return Explanation((one.mistake, _scaled(name, factor)))
    return Explanation()


def _carried(ground: Ground, name: str, place: Place, value: Value, values: Values) -> Mistake | None:
    """A mistake in a gradient that this one rests on, where the answer says both in one line."""
    for part in ground.parts[name]:
        for mutant in carried(ground.derivation, part, ground.numbers):
            changed = _with(place, mutant)
            if changed is not None and value.fits(changed, MATCH) and _everywhere(ground, (mutant,), values):
                return mutant.mistake
    return None


def _another(ground: Ground, name: str, values: Values) -> Mistake | None:
    """Whether the values are those of another gradient: one step too far, or one too few."""
    for other in (n for n in ground.parts if n != name):
        pairs = [(p.true(other).array[..., 0], v) for p, v in zip(ground.places, values, strict=True) if v is not None]
        if all(true.shape == v.right.shape and v.fits(true, MATCH) for true, v in pairs):
            return Mistake("another gradient", f"what you have is `{other}`, and not {name}", name)
    return None


def _scaled(name: str, factor: str) -> Mistake:
    kind = "wrong sign" if factor == "-1" else "wrong scale"
    return Mistake(kind, f"your {name} is `{factor}` times what it should be", name)


def _proportional(value: Value, other: Array) -> bool:
    """Whether a value may be another one times a factor."""
    yours, other = value.yours[value.where], other[value.where]
    size = float(np.abs(other).max(initial=0.0))
    largest = np.unravel_index(np.abs(other).argmax(), other.shape)
    return size > 0.0 and close(other * (yours[largest] / other[largest]), yours, 0.0, MATCH)


def _factor(ground: Ground, made: Sequence[Mutant], values: Values) -> str:
    """By which factor the values are those that mistakes give, at all places; empty where there is none with a name."""
    readings = []
    for place, value in zip(ground.places, values, strict=True):
        if value is not None:
            total = _total(place, made, value)
            if total is None:
                return ""
            yours, right = value.yours[value.where], total[value.where]
            readings.append(Reading(yours, right, value.scale, place.point.sizes, place.numbers))
    factor = ratio(ground.system, readings, MATCH)
    return factor if factor not in ("0", "1") else ""


@dataclass(frozen=True)
class Tried:
    """A mistake, and the value that the gradient has with it."""

    mutant: Mutant
    value: Array


def _tried(ground: Ground, name: str, place: Place, value: Value) -> Iterator[Tried]:
    """Every mistake that changes the gradient at a place."""
    for part in ground.parts[name]:
        for mutant in mutants(ground.derivation, part, ground.numbers):
            changed = _with(place, mutant)
            if changed is not None and not close(changed[value.where], value.right[value.where], value.scale):
                yield Tried(mutant, changed)


def _with(place: Place, mutant: Mutant) -> Array | None:
    """The gradient with a mistake in it; None where it is not a number."""
    place.know(names_read(mutant.right))
    stored = place.true(mutant.left.name)
    where = offsets(place.reader, mutant.left, mutant.indices, stored)
    if where is None:
        return None
    changed = stored.array[..., 0].copy()
    changed[where] = place.reader.over(mutant.right, mutant.indices)
    return changed if np.isfinite(changed).all() else None


def _everywhere(ground: Ground, made: Sequence[Mutant], values: Values) -> bool:
    """Whether mistakes, made together, give the values at all places."""
    for place, value in zip(ground.places, values, strict=True):
        if value is not None:
            total = _total(place, made, value)
            if total is None or not value.fits(total, MATCH):
                return False
    return True


def _total(place: Place, made: Sequence[Mutant], value: Value) -> Array | None:
    """The gradient with several mistakes, in different terms of a sum; None where it is not a number."""
    total = value.right
    for mutant in made:
        changed = _with(place, mutant)
        if changed is None:
            return None
        total = total + changed - value.right
    return total


def _pairs(tried: Sequence[Tried], value: Value) -> Iterator[tuple[Mutant, Mutant]]:
    """Pairs of mistakes in different terms whose changes add up to the one that is to be explained."""
    apart = [t for t in tried if t.mutant.term is not None]
    wanted = (value.yours - value.right)[value.where].ravel()
    if len(apart) < 2:
        return
    picked = np.linspace(0, wanted.size - 1, min(_SAMPLE, wanted.size)).astype(int)
    changes = np.array([(t.value - value.right)[value.where].ravel()[picked] for t in apart])
    limit = MATCH * float(np.abs(wanted).max())
    for k, one in enumerate(apart):
        left = np.abs(wanted[picked] - changes[k] - changes[k + 1 :]).max(axis=1, initial=0.0)
        for other in (apart[k + 1 + int(n)] for n in np.flatnonzero(left <= limit)):
            if one.mutant.line == other.mutant.line and one.mutant.term != other.mutant.term:
                yield one.mutant, other.mutant
