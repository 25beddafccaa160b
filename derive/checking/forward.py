"""Runs a system of equations in the reference interpreter, and differentiates its loss by complex step.

The derivative by an intermediate tensor is that of an intervention: a small change is added to the tensor where it is
defined, and everything that reads it feels the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.checking.arrays import Array
from derive.checking.margins import Margins
from derive.checking.places import Grid, Scope, Stored
from derive.checking.reference import STEP, Interpreter, slope
from derive.checking.tree import Forest
from derive.language.expr import (
    Expr,
    Index,
)
from derive.language.schedule import Block, Loop, schedule
from derive.language.system import LOSS, Equation, System
from derive.language.traverse import (
    names_read,
)

Evaluate = Callable[[Interpreter, Expr, Scope], Array]

_COLUMNS = 256  # elements that are perturbed in one run at most
_FILLED = 1 << 22  # numbers in one tensor at most, with its perturbations


def stored_inputs(system: System, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Stored]:
    """Given arrays as stored tensors: checked for their shapes, an axis of perturbations added."""
    reader = Grid(sizes, {})
    out = {}
    for name, given in arrays.items():
        tensor = system.tensors[name]
        shape = tuple(reader.size(a.extent) for a in tensor.axes)
        array = np.asarray(given)
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
        lows = tuple(reader.size(a.low) for a in tensor.axes)
        out[name] = Stored(array if tensor.integer else array[..., None], lows)
    return out


def run(
    system: System,
    inputs: Mapping[str, Any],
    sizes: Mapping[str, int],
    margins: Margins | None = None,
) -> dict[str, Stored]:
    """Every tensor of a system from its inputs, params and upstream gradients (arrays of their declared ranges).

    Values are stored with their base cases: ``h`` of t = 1..T with ``h[0]`` has T + 1 places, its lower bound 0.
    """
    tensors = stored_inputs(system, inputs, sizes)
    Runner(system, sizes, tensors, margins=margins).run(schedule(system))
    return tensors


def completed(system: System, tensors: Mapping[str, Stored], sizes: Mapping[str, int]) -> dict[str, Stored]:
    """The tensors, and those that the system computes from them and that are not among them."""
    missing = frozenset(e.name for e in system.all_equations) - set(tensors)
    complete = dict(tensors)
    if missing:
        Runner(system, sizes, complete).run(part_of(b, missing) for b in schedule(system))
    return complete


class Runner:
    """Fills the tensors of a system block by block; the element of ``changes`` is added where a tensor is defined."""

    def __init__(
        self,
        system: System,
        sizes: Mapping[str, int],
        tensors: dict[str, Stored],
        changes: Mapping[str, Array] | None = None,
        forest: Forest | None = None,
        margins: Margins | None = None,
        evaluate: Evaluate = Interpreter.value,
    ) -> None:
        self.evaluate = evaluate
        self.system = system
        self.tensors = tensors
        self.changes = changes or {}
        self.columns = max((c.shape[-1] for c in self.changes.values()), default=1)
        self.reader = Interpreter(sizes, tensors, system, forest or Forest(), remember=False, margins=margins)

    def run(self, blocks: Iterable[Block]) -> None:
        todo = [(block.over, block.equations) if isinstance(block, Loop) else ((), (block,)) for block in blocks]
        for equation in (e for _, equations in todo for e in equations):
            if equation.name not in self.tensors:  # what a guard keeps from ever being read may be computed later
                self.tensors[equation.name] = self._empty(equation.name)
        for over, equations in todo:
            self._loop(over, equations, self.reader.scope)

    def _empty(self, name: str) -> Stored:
        bounds = [tuple(self.reader.size(b) for b in ends) for ends in self.system.storage(name)]
        shape = (*(high - low + 1 for low, high in bounds), self.columns)
        kind = complex if self.changes else float
        return Stored(np.full(shape, np.nan, dtype=kind), tuple(low for low, _ in bounds))

    def _loop(self, over: Sequence[tuple[Index, int]], equations: Sequence[Equation], scope: Scope) -> None:
        if not over:
            for equation in equations:
                self._assign(equation, scope, [i for i in equation.indices if i.symbol not in scope.values])
            return
        (index, direction), *rest = over
        low, high = (self.reader.integer(end, scope) for end in (index.low, index.high))
        for value in range(low, high + 1)[::direction]:
            self._loop(rest, equations, Scope({**scope.values, index.symbol: value}))

    def _assign(self, equation: Equation, scope: Scope, free: Sequence[Index]) -> None:
        """Evaluate an equation for all values of its free indices and store it."""
        inner, extents = self.reader.bound(scope, free)
        value = self.evaluate(self.reader, equation.right, inner)
        stored = self.tensors[equation.name]
        where: list[Any] = []
        for place, low in zip(equation.left.index, stored.lows, strict=True):
            index = next((i for i in free if i.symbol == place), None)
            if index is None:
                where.append(self.reader.integer(place, scope) - low)
            else:
                first = self.reader.integer(index.low, scope) - low
                where.append(slice(first, first + extents[free.index(index)]))
        count = len(free)
        target = stored.array[tuple(where)].transpose(*reversed(range(count)), count)  # a view, laid out like the value
        target[...] = value
        if equation.name in self.changes:
            target += self.changes[equation.name][tuple(where)].transpose(*reversed(range(count)), count)


def sensitivities(
    system: System,
    tensors: Mapping[str, Stored],
    sizes: Mapping[str, int],
    names: Iterable[str],
    upstream: Mapping[str, Array],
) -> dict[str, Array]:
    """The total derivative of the loss by each tensor of ``names``, by complex step; shapes are those of storage.

    ``tensors`` holds the values of a run.  Where there is no loss, the quantity differentiated is the sum of every
    output times its upstream gradient, given by name of the output.
    """
    blocks = [(block, names_in(block)) for block in schedule(system)]
    forest = Forest()
    affected = {name: _affected(system, name) for name in names}
    parts: dict[str, list[Array]] = {name: [] for name in affected}
    for run_of in _runs(tensors, affected):
        again = frozenset[str]().union(*(affected[change.name] for change in run_of))
        changes = _changes(tensors, run_of)
        moved = {k: v for k, v in tensors.items() if k not in again}
        for name in changes.keys() - again:
            moved[name] = Stored(tensors[name].array + changes[name], tensors[name].lows)
        todo = (part_of(block, again) for block, computed in blocks if not again.isdisjoint(computed))
        Runner(system, sizes, moved, changes, forest).run(todo)
        found = np.broadcast_to(slope(_quantity(system, moved, sizes, upstream)), (sum(c.count for c in run_of),))
        for change, values in zip(run_of, np.split(found, np.cumsum([c.count for c in run_of])[:-1]), strict=True):
            parts[change.name].append(values)
    return {name: np.concatenate(p).reshape(tensors[name].array.shape[:-1]) for name, p in parts.items()}


@dataclass(frozen=True)
class Change:
    """``count`` elements of a tensor, from the one numbered ``start``, to be perturbed in one run."""

    name: str
    start: int
    count: int


def _runs(tensors: Mapping[str, Stored], affected: Mapping[str, frozenset[str]]) -> Iterator[list[Change]]:
    """The elements of all tensors in groups of so many that no tensor grows beyond bounds with their perturbations."""
    run: list[Change] = []
    for name, others in affected.items():
        columns = _columns([tensors[a] for a in others])
        start, size = 0, tensors[name].array.size
        while start < size:
            room = columns - sum(change.count for change in run)
            if room <= 0:
                yield run
                run, room = [], columns
            run.append(Change(name, start, min(room, size - start)))
            start += run[-1].count
    if run:
        yield run


def names_in(block: Block) -> frozenset[str]:
    """What a block computes."""
    return frozenset(e.name for e in (block.equations if isinstance(block, Loop) else (block,)))


def _affected(system: System, name: str) -> frozenset[str]:
    """The computed tensors that change with a tensor, itself included if it is computed."""
    affected = {name}
    while more := {e.name for e in system.all_equations if not affected.isdisjoint(names_read(e.right))} - affected:
        affected |= more
    return frozenset(affected if system.definitions(name) else affected - {name})


def part_of(block: Block, names: frozenset[str]) -> Loop:
    """The part of a block that computes some tensors."""
    over, equations = (block.over, block.equations) if isinstance(block, Loop) else ((), (block,))
    return Loop(over, tuple(e for e in equations if e.name in names))


def _columns(affected: Iterable[Stored]) -> int:
    """How many elements to perturb in one run, so that no tensor grows beyond bounds."""
    largest = max((a.array.size for a in affected), default=1)
    return max(1, min(_COLUMNS, _FILLED // max(1, largest)))


def _changes(tensors: Mapping[str, Stored], run: Sequence[Change]) -> dict[str, Array]:
    """Imaginary steps of single elements, one for each place of the last axis."""
    columns = sum(change.count for change in run)
    steps: dict[str, Array] = {}
    column = 0
    for change in run:
        array = tensors[change.name].array
        flat = steps.setdefault(change.name, np.zeros((array.size, columns), dtype=complex))
        flat[range(change.start, change.start + change.count), range(column, column + change.count)] = 1j * STEP
        column += change.count
    return {name: flat.reshape(*tensors[name].array.shape[:-1], columns) for name, flat in steps.items()}


def _quantity(
    system: System, tensors: Mapping[str, Stored], sizes: Mapping[str, int], upstream: Mapping[str, Array]
) -> Array:
    """The loss, or the sum of every output times its upstream gradient; one value for each perturbation."""
    if system.loss is not None:
        return tensors[LOSS].array
    total: Array = np.zeros(1)
    for name in system.outputs:
        weighted = declared(system, tensors, sizes, name) * upstream[name][..., None]
        total = total + weighted.reshape(-1, weighted.shape[-1]).sum(axis=0)
    return total


def declared(system: System, tensors: Mapping[str, Stored], sizes: Mapping[str, int], name: str) -> Array:
    """A tensor's values over its declared range, without base cases; the last axis is that of perturbations."""
    reader = Grid(sizes, {})
    stored = tensors[name]
    pairs = zip(system.tensors[name].axes, stored.lows, strict=True)
    return stored.array[tuple(slice(reader.size(a.low) - low, reader.size(a.high) - low + 1) for a, low in pairs)]
