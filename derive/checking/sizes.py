"""Sizes for numeric checks that cannot hide a mistake.

A recurrence is long (5) and as short as it gets (1, 2), and two of them are not of one length; strides, dilations and
paddings are not 1; samples are at least three; a stride leaves a remainder it does not reach; and sizes differ from one
another, so that no two axes can be mistaken for each other: any two of them at one point at least, if not at all.  All
are small, as checking must be fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, cycle
from math import prod
from types import MappingProxyType

import numpy as np
import sympy

from derive.checking.tree import compiled
from derive.language.errors import LayerError
from derive.language.expr import Bracket, Size
from derive.language.integers import FloorDiv, Integer, is_size, linear_in, size_symbol, symbols_of
from derive.language.schedule import Loop, reads, schedule
from derive.language.system import System
from derive.language.traverse import (
    names_read,
    walk,
)

Sizes = Mapping[str, int]

_DRAWS = 150  # of the sizes on which a derived size depends, to find those that go together
_CHANGES = 60  # of the whole choice
_LARGEST = 800_000  # elements of the largest local Jacobian, if it can be had


def choose_sizes(
    system: System,
    recurrence: int,
    seed: int,
    fixed: Sizes = MappingProxyType({}),
    earlier: Sequence[Sizes] = (),
    varied: bool = False,
) -> dict[str, int]:
    """A value for every size of a system, derived ones included; the first recurrence has the length ``recurrence``.

    Sizes that were equal in all ``earlier`` choices are told apart, where that can be; where it is to be ``varied``,
    one that had the same value in all of them gets another, as that may hide that it is not heeded.
    Raises LayerError where no sizes are found with which every range holds a value and every constraint holds.
    """
    rng = np.random.default_rng([seed, recurrence])
    allowed = _allowed(system, recurrence) | {name: (value,) for name, value in fixed.items()}
    layout = _Layout.of(system)
    groups = [_going_together(system, layout, names, allowed, rng) for names in _components(system)]

    def drawn(group: Sequence[Sizes]) -> Sizes:
        return group[int(rng.integers(len(group)))]

    chosen = [drawn(group) for group in groups]

    def faults(groups: Sequence[Sizes]) -> tuple[int, ...]:
        sizes = _joined(system, groups)
        stuck = sum(all(e[n] == sizes[n] for e in earlier) for n in sizes) if earlier and varied else 0
        worst, *others = layout.faults(sizes, earlier)
        return (worst, stuck, *others)

    least = faults(chosen)
    for _ in range(_CHANGES):
        if not any(least):
            break
        position = int(rng.integers(len(groups)))
        changed = [*chosen[:position], drawn(groups[position]), *chosen[position + 1 :]]
        if (found := faults(changed)) <= least:
            chosen, least = changed, found
    return _joined(system, chosen)


def _joined(system: System, parts: Sequence[Sizes]) -> dict[str, int]:
    """The parts of a choice as one, in the order of the system's sizes, derived ones last."""
    together = {name: value for part in parts for name, value in part.items()}
    return {name: together[name] for name in (*system.sizes, *system.derived)}


def _components(system: System) -> list[tuple[str, ...]]:
    """The free sizes in groups: together where the same derived size or constraint depends on them."""
    groups = [frozenset((name,)) for name in system.sizes]
    depending = [frozenset((name, *(s.name for s in symbols_of(size)))) for name, size in system.derived.items()]
    for names in (*depending, *(c.sizes for c in system.constraints)):
        joined = names.union(*(g for g in groups if g & names))
        groups = [joined, *(g for g in groups if not g & names)]
    order = {name: k for k, name in enumerate((*system.sizes, *system.derived))}
    return [tuple(sorted(group, key=order.__getitem__)) for group in groups]


def _going_together(
    system: System,
    layout: _Layout,
    names: Sequence[str],
    allowed: Mapping[str, tuple[int, ...]],
    rng: np.random.Generator,
) -> list[Sizes]:
    """Choices for some sizes and those derived from them: the ones with which there is least wrong."""
    free = [name for name in names if name in allowed]
    constraints = [c for c in system.constraints if c.sizes <= set(names)]
    if len(free) == len(names) == 1 and not constraints:
        return [{free[0]: value} for value in allowed[free[0]]]
    found: dict[tuple[int, ...], list[Sizes]] = {}
    for _ in range(_DRAWS):
        sizes = {name: int(rng.choice(allowed[name])) for name in free}
        for name in (n for n in system.derived if n in names):
            sizes[name] = size_value(system.derived[name], sizes)
        at_least = all(sizes[n] >= max(1, system.lower.get(n, 1)) for n in names)
        if at_least and all(c.holds(sizes) for c in constraints):
            found.setdefault(layout.misfits(sizes), []).append(sizes)
    if not found:
        wanted = [f"{name} >= 1" for name in names if name in system.derived]
        raise LayerError(f"found no sizes for which {', '.join([*wanted, *map(str, constraints)])}")
    return found[min(found)]


def _allowed(system: System, recurrence: int) -> dict[str, tuple[int, ...]]:
    """The values that each free size may take."""
    recurring, samples = _recurring(system), _samples(system)
    steps = steps_of(system) | _multiplied(system)
    covered = frozenset(name for division in _divisions(system) for name in _added(division.args[0]))
    extents = frozenset(name for index in system.indices.values() for name in _added(index.extent))
    lengths = dict(zip((n for n in system.sizes if n in recurring), cycle(_lengths(recurrence)), strict=False))
    allowed: dict[str, tuple[int, ...]] = {}
    for name in system.sizes:
        least = system.lower.get(name, 1)
        if name in lengths:
            values = [lengths[name]]
        elif name in steps:
            values = [2, 3]
        elif least == 0 and name not in extents:
            values = [1, 2]
        elif name in covered:
            values = [3, 4, 5, 6, 7, 8, 9]
        else:
            values = [3, 4, 5] if name in samples else [2, 3, 4, 5, 6]
        allowed[name] = tuple(v for v in values if v >= least) or (least,)
    return allowed


def _lengths(recurrence: int) -> tuple[int, int, int]:
    """How long the first recurrence is, and the next ones: each is long and short in turn, no two alike."""
    short = {1: (1, 2, 3), 2: (2, 1, 3)}
    return short.get(recurrence, (recurrence, recurrence - 1, recurrence + 1))


def _recurring(system: System) -> frozenset[str]:
    """The sizes that say how often something recurs: those in the range of a loop."""
    loops = [b for b in schedule(system) if isinstance(b, Loop)]
    return frozenset(s.name for loop in loops for index, _ in loop.over for s in symbols_of(index.extent) if is_size(s))


def _multiplied(system: System) -> frozenset[str]:
    """The sizes whose product is a size, as of heads and their width: small, since the product is not."""
    products = [d for d in system.derived.values() if d.is_Mul and all(f.is_Symbol for f in d.args)]
    return frozenset(s.name for product in products for s in product.args)


def _places(system: System) -> Iterator[Integer]:
    """Every place at which an element is read, and every place that a condition speaks of."""
    for equation in system.all_equations:
        for read, _ in reads(system, equation):
            yield from read.index
        for node in walk(equation.right):
            sides = node.children if isinstance(node, Bracket) else ()
            yield from (side.value for side in sides if isinstance(side, Size))


def steps_of(system: System) -> frozenset[str]:
    """The strides and dilations of a system."""
    return frozenset(name for place in _places(system) for name in _steps(place))


def _steps(place: Integer) -> frozenset[str]:
    """The sizes that multiply an index in a place: strides and dilations."""
    found: set[str] = set()
    for symbol in symbols_of(place):
        parts = linear_in(place, symbol) if not is_size(symbol) else None
        found |= {s.name for s in symbols_of(parts[0])} if parts else set()
    return frozenset(found)


def _divisions(system: System) -> frozenset[Integer]:
    """The divisions by a stride in the derived sizes."""
    return frozenset(d for definition in system.derived.values() for d in definition.atoms(FloorDiv))


def _added(length: Integer) -> frozenset[str]:
    """The sizes that stand by themselves in a length: of what windows are laid over, or parts are cut of."""
    return frozenset(s.name for s in symbols_of(length) if s in sympy.Add.make_args(length))


def _samples(system: System) -> frozenset[str]:
    """The sizes of axes that inputs have and parameters do not."""

    def extents(kind: str) -> set[str]:
        tensors = [t for t in system.tensors.values() if t.kind == kind]
        return {s.name for t in tensors for a in t.axes for s in symbols_of(a.extent)}

    return frozenset(extents("input") - extents("param"))


def size_value(integer: Integer, sizes: Sizes) -> int:
    """The value of a size expression."""
    return int(compiled(integer)({size_symbol(name): value for name, value in sizes.items()}, _no_tensor))


def _no_tensor(name: str, places: tuple[int, ...]) -> int:
    raise TypeError(f"a size cannot depend on the tensor {name}")


@dataclass(frozen=True)
class _Layout:
    """What sizes are judged by.

    derived    the derived sizes, which should not be 1
    divisions  the divisions by a stride in them, which should leave a remainder
    steps      strides and dilations that meet in one place, and should differ
    jacobians  the extents of the axes of each local Jacobian, which should not grow large
    shapes     the extents of the axes of each tensor, which should differ
    settings   the sizes that are no extent: strides, dilations, paddings
    """

    derived: tuple[str, ...]
    divisions: tuple[tuple[Integer, Integer], ...]
    steps: tuple[frozenset[str], ...]
    jacobians: tuple[tuple[Integer, ...], ...]
    shapes: tuple[frozenset[Integer], ...]
    settings: tuple[str, ...]

    @staticmethod
    def of(system: System) -> _Layout:
        divisions = tuple(d.args for d in _divisions(system))
        steps = tuple({_steps(place) for place in _places(system)})
        shapes = {t.name: tuple(a.extent for a in t.axes) for t in system.tensors.values()}
        jacobians = set()
        for equation in system.all_equations:
            bound = {i for node in walk(equation.right) for i in getattr(node, "over", ())}
            own = tuple(i.extent for i in bound | set(equation.indices))
            jacobians |= {own + shapes[name] for name in names_read(equation.right)}
        distinct = tuple({frozenset(shape) for shape in shapes.values()})
        extents = frozenset(s.name for shape in distinct for extent in shape for s in symbols_of(extent))
        settings = tuple(name for name in system.sizes if name not in extents)
        return _Layout(tuple(system.derived), divisions, steps, tuple(jacobians), distinct, settings)

    def misfits(self, sizes: Sizes) -> tuple[int, ...]:
        """What is wrong among sizes that depend on each other, the worst first; others are not looked at."""
        divided = [
            (size_value(a, sizes), size_value(b, sizes))
            for a, b in self.divisions
            if all(s.name in sizes for s in symbols_of(a) | symbols_of(b))
        ]
        steps = [[sizes[name] for name in group] for group in self.steps if group <= sizes.keys()]
        return (
            sum(sizes[n] < 2 for n in self.derived if n in sizes),
            sum(a % b == 0 for a, b in divided if b > 1),
            sum(len(group) - len(set(group)) for group in steps),
        )

    def faults(self, sizes: Sizes, earlier: Sequence[Sizes]) -> tuple[int, ...]:
        """What is wrong with a whole choice, the worst first."""
        values = {size_symbol(name): value for name, value in sizes.items()}

        def value(integer: Integer) -> int:
            return int(compiled(integer)(values, _no_tensor))

        def alike(names: Iterable[str]) -> int:
            return sum(all(e[a] == e[b] for e in (sizes, *earlier)) for a, b in combinations(names, 2))

        return (
            max((prod(map(value, axes)) for axes in self.jacobians), default=0) // _LARGEST,
            alike(self.settings),
            sum(len(group) - len(set(map(value, group))) for group in self.shapes),
            alike(sizes),
            len(sizes) - len(set(sizes.values())),
        )
