"""Whether a wrong gradient is right given others that are wrong: computed from these, it comes out as it was given."""

from __future__ import annotations

from collections.abc import Mapping

from derive.checking.forward import Runner, part_of
from derive.checking.places import Stored
from derive.language.schedule import CircularError, schedule
from derive.language.traverse import names_read
from derive.marking.differences.reading import Reading, equal
from derive.marking.ground import Ground, Place
from derive.marking.values import EXACT, Value, Values


def follows(ground: Ground, name: str, wrong: Mapping[str, Values], given: Mapping[str, Values]) -> bool:
    """Whether a wrong gradient is what the wrong ones before it lead to, at every place.

    ``given`` are all values of the answer, by the names of the gradients; those it has not are computed.
    """
    changed = _changed(ground, name, wrong.keys() - {name}, given.keys() - {name})
    if name not in changed:
        return False
    return all(
        value is None
        or _leads_to(ground, place, name, changed, {n: v[k] for n, v in wrong.items() if n != name}, value)
        for k, (place, value) in enumerate(zip(ground.places, wrong[name], strict=True))
    )


def _changed(ground: Ground, name: str, wrong: frozenset[str] | set[str], given: set[str]) -> frozenset[str]:
    """The gradients that wrong ones change on the way to ``name``; what was given back itself stays as it is."""
    changed: set[str] = set()
    while True:
        more = {
            n
            for n, parts in ground.parts.items()
            if n not in given and n not in changed
            if any(not names_read(part.right).isdisjoint(changed | set(wrong)) for part in parts)
        }
        if not more:
            return frozenset(changed)
        changed |= more


def _leads_to(
    ground: Ground,
    place: Place,
    name: str,
    changed: frozenset[str],
    wrong: Mapping[str, Value | None],
    value: Value,
) -> bool:
    """Whether a gradient computed from wrong ones at a place is the one given back."""
    tensors = {n: s for n, s in place.tensors(ground.parts).items() if n not in changed}
    for other, theirs in wrong.items():
        if theirs is not None:
            tensors[other] = Stored(theirs.yours[..., None], tensors[other].lows)
    system = ground.derivation.backward
    try:
        Runner(system, place.point.sizes, tensors).run(part_of(block, changed) for block in schedule(system))
    except CircularError:
        return False
    found = tensors[name].array[..., 0][value.where]
    return equal(Reading(value.yours[value.where], found, value.scale, {}, precision=value.precision), EXACT)
