"""Sizes for numeric checks that cannot hide a mistake.

A recurrence is long (5) and as short as it gets (1, 2); strides, dilations and paddings are not 1; samples are at least
three; a stride leaves a remainder it does not reach; and sizes differ from one another, so that no two axes can be
mistaken for each other.  All stay small, so that checking is fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

import numpy as np

from derive.checking.tree import compiled
from derive.language.expr import names_read, walk
from derive.language.integers import FloorDiv, Integer, is_size, linear_in, size_symbol, symbols_of
from derive.language.schedule import Loop, reads, schedule
from derive.language.system import System

Sizes = Mapping[str, int]

_DRAWS = 20
_SWEEPS = 2  # over all sizes, bettering one at a time
_LARGEST = 800_000  # elements of the largest local Jacobian, if it can be had


def choose_sizes(
    system: System, recurrence: int, seed: int, fixed: Mapping[str, int] = MappingProxyType({})
) -> dict[str, int]:
    """A value for every size of a system, derived ones included; recurrences have the length ``recurrence``.

    Raises ValueError where none are found with which every derived size, and every range, holds at least one value.
    """
    rng = np.random.default_rng([seed, recurrence])
    allowed = _allowed(system, recurrence) | {name: (value,) for name, value in fixed.items()}
    layout = _Layout.of(system)
    drawn = [{name: int(rng.choice(values)) for name, values in allowed.items()} for _ in range(_DRAWS)]
    best = min(drawn, key=lambda sizes: _faults(system, layout, sizes))
    for _ in range(_SWEEPS):
        for name, values in allowed.items():
            others = ({**best, name: int(value)} for value in rng.permutation(values))
            best = min((best, *others), key=lambda sizes: _faults(system, layout, sizes))
    complete = _with_derived(system, best)
    if complete is None:
        raise ValueError(f"found no sizes for which all derived sizes of {system.name} are at least 1")
    return complete


def _faults(system: System, layout: _Layout, free: Sizes) -> tuple[float, ...]:
    """What is wrong with sizes, the worst first; infinitely much where they do not go together."""
    sizes = _with_derived(system, free)
    return layout.faults(sizes) if sizes is not None else (np.inf,)


def _allowed(system: System, recurrence: int) -> dict[str, tuple[int, ...]]:
    """The values that each free size may take."""
    recurring, samples = _recurring(system), _samples(system)
    steps = frozenset(name for place in _places(system) for name in _steps(place))
    widened = {s.name for definition in system.derived.values() for s in symbols_of(definition)}
    allowed: dict[str, tuple[int, ...]] = {}
    for name in system.sizes:
        least = system.lower.get(name, 1)
        if name in recurring:
            values = [recurrence]
        elif name in steps:
            values = [2, 3]
        elif least == 0:
            values = [1, 2]
        elif name in widened:
            values = [2, 3, 4, 5, 6, 7, 8, 9]
        else:
            values = [3, 4, 5] if name in samples else [2, 3, 4, 5, 6]
        allowed[name] = tuple(v for v in values if v >= least) or (least,)
    return allowed


def _recurring(system: System) -> frozenset[str]:
    """The sizes that say how often something recurs: those in the range of a loop."""
    loops = [b for b in schedule(system) if isinstance(b, Loop)]
    return frozenset(s.name for loop in loops for index, _ in loop.over for s in symbols_of(index.extent) if is_size(s))


def _places(system: System) -> Iterator[Integer]:
    """Every place at which an element is read."""
    for equation in system.all_equations:
        for read, _ in reads(system, equation):
            yield from read.index


def _steps(place: Integer) -> frozenset[str]:
    """The sizes that multiply an index in a place: strides and dilations."""
    found: set[str] = set()
    for symbol in symbols_of(place):
        parts = linear_in(place, symbol) if not is_size(symbol) else None
        found |= {s.name for s in symbols_of(parts[0])} if parts else set()
    return frozenset(found)


def _samples(system: System) -> frozenset[str]:
    """The sizes of axes that inputs have and parameters do not."""

    def extents(kind: str) -> set[str]:
        tensors = [t for t in system.tensors.values() if t.kind == kind]
        return {s.name for t in tensors for a in t.axes for s in symbols_of(a.extent)}

    return frozenset(extents("input") - extents("param"))


def _with_derived(system: System, free: Sizes) -> dict[str, int] | None:
    """The sizes with the derived ones worked out, or None if one of them is below its least value."""
    sizes = dict(free)
    for name, definition in system.derived.items():
        sizes[name] = size_value(definition, sizes)
        if sizes[name] < max(1, system.lower.get(name, 1)):
            return None
    return sizes


def size_value(integer: Integer, sizes: Sizes) -> int:
    """The value of a size expression."""
    values = {size_symbol(name): value for name, value in sizes.items()}
    return int(compiled(integer)(values, _no_tensor))


def _no_tensor(name: str, places: tuple[int, ...]) -> int:
    raise TypeError(f"a size cannot depend on the tensor {name}")


@dataclass(frozen=True)
class _Layout:
    """What sizes are judged by.

    divisions  the divisions by a stride in the derived sizes
    jacobians  the extents of the axes of each local Jacobian
    steps      strides and dilations that meet in one place, and should differ
    shapes     the extents of the axes of each tensor, which should differ
    """

    derived: tuple[str, ...]
    divisions: tuple[tuple[Integer, Integer], ...]
    jacobians: tuple[tuple[Integer, ...], ...]
    steps: tuple[frozenset[Integer], ...]
    shapes: tuple[frozenset[Integer], ...]

    @staticmethod
    def of(system: System) -> _Layout:
        divisions = {d.args for definition in system.derived.values() for d in definition.atoms(FloorDiv)}
        shapes = {t.name: tuple(a.extent for a in t.axes) for t in system.tensors.values()}
        steps = tuple(frozenset(size_symbol(n) for n in _steps(place)) for place in _places(system))
        jacobians = set()
        for equation in system.all_equations:
            bound = {i for node in walk(equation.right) for i in getattr(node, "over", ())}
            own = tuple(i.extent for i in bound | set(equation.indices))
            jacobians |= {own + shapes[name] for name in names_read(equation.right)}
        distinct = tuple(frozenset(shape) for shape in shapes.values())
        return _Layout(tuple(system.derived), tuple(divisions), tuple(jacobians), steps, distinct)

    def faults(self, sizes: Sizes) -> tuple[float, ...]:
        """What is wrong with sizes, the worst first: extents of 1, no remainder, too large, equal sizes."""
        values = {size_symbol(name): value for name, value in sizes.items()}

        def value(integer: Integer) -> int:
            return int(compiled(integer)(values, _no_tensor))

        def equal(groups: tuple[frozenset[Integer], ...]) -> int:
            return sum(len(group) - len(set(map(value, group))) for group in groups)

        divided = [(value(a), value(b)) for a, b in self.divisions]
        return (
            sum(sizes[n] < 2 for n in self.derived),
            sum(a % b == 0 for a, b in divided if b > 1),
            max((prod(map(value, axes)) for axes in self.jacobians), default=0) // _LARGEST,
            equal(self.steps),
            equal(self.shapes),
            len(sizes) - len(set(sizes.values())),
        )
