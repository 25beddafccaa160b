"""Which entries of a gradient differ, in words: the simplest condition on the indices true at all points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from derive.checking.arrays import Array
from derive.checking.sizes import size_value
from derive.language.expr import Index
from derive.language.text import integer_text
from derive.marking.differences.reading import Reading


@dataclass(frozen=True)
class Marked:
    """A reading, which of its entries are marked, and which could have been: zeros on both sides say nothing."""

    reading: Reading
    entries: Array
    telling: Array


def marked(reading: Reading, entries: Array) -> Marked:
    with np.errstate(all="ignore"):
        sizes = np.fmax(np.abs(reading.yours), np.abs(reading.right))
    return Marked(reading, entries, entries | (sizes > reading.noise))


@dataclass(frozen=True)
class Hypothesis:
    """A condition on the places of entries; ``there`` says where it holds: "at t = T", "on the diagonal (i = k)"."""

    there: str
    holds: Callable[[Reading], Array]


@dataclass(frozen=True)
class Place:
    """What is true of the marked entries: all are, or those ``there`` are, or (``but``) all that are not there."""

    there: str = ""
    but: bool = False
    sizes: str = ""  # what sizes must be for any entry to be marked: "T > 1"


def place(axes: Sequence[Index], seen: Sequence[Marked]) -> Place | None:
    """Where the marked entries are; None where there are none, or nothing simple describes them."""
    if not any(s.entries.any() for s in seen):
        return None
    found = next(_descriptions(axes, seen), None)
    if found is not None:
        return found
    some, sizes = _where_any(seen)
    found = next(_descriptions(axes, some), None) if sizes else None
    return found and Place(found.there, found.but, sizes)


def _where_any(seen: Sequence[Marked]) -> tuple[list[Marked], str]:
    """The points with a marked entry, and what sizes are at these only: one of them, or one of several."""
    some, none = [s for s in seen if s.entries.any()], [s for s in seen if not s.entries.any()]
    for most in (1, 2) if some and none else ():
        found = [
            f"{name} > {most}"
            for name in seen[0].reading.sizes
            if max(s.reading.sizes[name] for s in none) <= most < min(s.reading.sizes[name] for s in some)
        ]
        if found:
            return some, " or ".join(found)
    return some, ""


def _descriptions(axes: Sequence[Index], seen: Sequence[Marked]) -> Iterator[Place]:
    """All true ones, the simplest first."""
    if all(s.entries[s.telling].all() for s in seen):
        yield Place()
    for hypothesis in hypotheses(axes, [s.reading for s in seen]):
        found = [np.broadcast_to(hypothesis.holds(s.reading), s.entries.shape)[s.telling] for s in seen]
        entries = [s.entries[s.telling] for s in seen]
        if not any(f.any() and not f.all() for f in found):
            continue
        if all((e == f).all() for e, f in zip(entries, found, strict=True)):
            yield Place(hypothesis.there)
        if all((e != f).all() for e, f in zip(entries, found, strict=True)):
            yield Place(hypothesis.there, but=True)


def hypotheses(axes: Sequence[Index], readings: Sequence[Reading]) -> Iterator[Hypothesis]:
    """General conditions on the indices, and those that the derivation speaks of, simplest first."""
    ends = [h for axis in range(len(axes)) for h in _ends(axes, axis)]
    conditions = [_condition(text) for text in readings[0].holds if all(text in r.holds for r in readings)]
    yield from ends
    yield from _pairs(axes)
    yield from conditions
    for axis, index in enumerate(axes):
        border = _at(axes, axis, lambda i, low, high: (i == low) | (i == high))
        yield Hypothesis(f"at the border of {index.name}", border)
        yield Hypothesis(f"where {index.name} is odd", _at(axes, axis, lambda i, low, high: i % 2 == 1))
    yield from _borders(axes)
    for one, other in combinations([*ends, *conditions], 2):
        yield Hypothesis(f"{one.there} and {_again(other.there, one.there)}", _both(one, other))


def _ends(axes: Sequence[Index], axis: int) -> Iterator[Hypothesis]:
    index = axes[axis]
    yield Hypothesis(f"at {index.name} = {integer_text(index.high)}", _at(axes, axis, lambda i, low, high: i == high))
    yield Hypothesis(f"at {index.name} = {integer_text(index.low)}", _at(axes, axis, lambda i, low, high: i == low))


def _pairs(axes: Sequence[Index]) -> Iterator[Hypothesis]:
    """Conditions on two indices with the same range."""
    for (one, first), (other, second) in combinations(enumerate(axes), 2):
        if (first.low, first.high) != (second.low, second.high):
            continue
        names = first.name, second.name
        yield Hypothesis("on the diagonal ({} = {})".format(*names), _related(axes, one, other, np.equal))
        yield Hypothesis("where {} < {}".format(*names), _related(axes, one, other, np.less))
        yield Hypothesis("where {} > {}".format(*names), _related(axes, one, other, np.greater))


def _borders(axes: Sequence[Index]) -> Iterator[Hypothesis]:
    """The first and last of any of several indices."""
    for count in range(2, len(axes) + 1):
        for chosen in combinations(range(len(axes)), count):
            names = ", ".join(axes[axis].name for axis in chosen)
            yield Hypothesis(f"at the border of {names}", _border(axes, chosen))


def _condition(text: str) -> Hypothesis:
    return Hypothesis(f"where {text}", lambda reading: reading.holds[text])


def _both(one: Hypothesis, other: Hypothesis) -> Callable[[Reading], Array]:
    return lambda reading: one.holds(reading) & other.holds(reading)


def _again(there: str, before: str) -> str:
    """The second of two places, without repeating its preposition."""
    preposition = there.split(" ", 1)[0] + " "
    return there.removeprefix(preposition) if before.startswith(preposition) else there


def coordinates(axes: Sequence[Index], reading: Reading) -> list[Array]:
    """The values of each index as the layer counts them, along its axis."""
    lows = [size_value(index.low, reading.sizes) for index in axes]
    shape = reading.right.shape
    return [
        np.arange(low, low + extent).reshape([-1 if k == axis else 1 for k in range(len(shape))])
        for axis, (low, extent) in enumerate(zip(lows, shape, strict=True))
    ]


def _at(axes: Sequence[Index], axis: int, holds: Callable[[Array, int, int], Array]) -> Callable[[Reading], Array]:
    def found(reading: Reading) -> Array:
        values = coordinates(axes, reading)[axis]
        return np.asarray(holds(values, int(values.min()), int(values.max())))

    return found


def _related(
    axes: Sequence[Index], one: int, other: int, relation: Callable[[Array, Array], Array]
) -> Callable[[Reading], Array]:
    def found(reading: Reading) -> Array:
        values = coordinates(axes, reading)
        return np.asarray(relation(values[one], values[other]))

    return found


def _border(axes: Sequence[Index], chosen: Sequence[int]) -> Callable[[Reading], Array]:
    def found(reading: Reading) -> Array:
        inside = np.ones((1,) * len(axes), dtype=bool)
        for axis, values in enumerate(coordinates(axes, reading)):
            if axis in chosen:
                inside = inside & (values > values.min()) & (values < values.max())
        return ~inside

    return found
