"""The order in which equations can be evaluated: one after the other, with loops where they recur.

A block is a single equation, evaluated for all its indices at once, or a loop over one or more indices (each
upwards or downwards) around equations that feed each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

import sympy

from derive.language.binding import substitute
from derive.language.errors import LayerError
from derive.language.expr import (
    Along,
    Bracket,
    Compare,
    Elem,
    Expr,
    Index,
    Mul,
    Reduce,
    size,
)
from derive.language.integers import Integer, expand
from derive.language.memo import once_per_system
from derive.language.ranges import Facts, facts_of, nonnegative, refuted
from derive.language.system import Equation, System
from derive.language.traverse import (
    integers_at,
)


@dataclass(frozen=True)
class Loop:
    """Equations that recur: for the loop indices in order, each with its direction (+1 up, -1 down)."""

    over: tuple[tuple[Index, int], ...]
    equations: tuple[Equation, ...]


Block = Equation | Loop


class CircularError(LayerError):
    """Equations of which no order is known; ``names`` are their tensors, and ``equation`` is one of them."""

    def __init__(self, equations: Sequence[Equation]) -> None:
        self.equation = equations[0]
        self.names = tuple(dict.fromkeys(e.name for e in equations))
        super().__init__(f"no order is known in which all places of {', '.join(self.names)} can be computed")


def schedule(system: System, equations: Sequence[Equation] | None = None) -> tuple[Block, ...]:
    """Blocks in an order in which every value is computed before it is read.

    Raises CircularError where there is none.
    """
    return _whole_schedule(system) if equations is None else _blocks(system, tuple(equations))


def in_order(system: System) -> System:
    """The system with its equations, and what they define, in the order in which they can be evaluated.

    Where they are so already, they stay as they are; equations that an option adds come last in a layer file.
    """
    blocks = schedule(system, system.equations)
    equations = [e for block in blocks for e in (block.equations if isinstance(block, Loop) else (block,))]
    if equations == list(system.equations):
        return system
    computed = dict.fromkeys(e.name for e in equations)
    others = {name: tensor for name, tensor in system.tensors.items() if name not in computed}
    tensors = others | {name: system.tensors[name] for name in computed}
    return replace(system, equations=tuple(equations), tensors=tensors)


@once_per_system
def _whole_schedule(system: System) -> tuple[Block, ...]:
    return _blocks(system, system.all_equations)


def _blocks(system: System, equations: Sequence[Equation]) -> tuple[Block, ...]:
    position = {id(e): k for k, e in enumerate(equations)}
    needs = {id(e): _needed(system, e, equations) for e in equations}
    blocks: list[Block] = []
    for group in _components(equations, needs):
        group.sort(key=lambda e: position[id(e)])
        single = group[0]
        if len(group) == 1 and all(d is not single for d in needs[id(single)]):
            blocks.append(single)
        else:
            blocks.append(_loop(system, group))
    return tuple(blocks)


def _needed(system: System, equation: Equation, equations: Sequence[Equation]) -> list[Equation]:
    """The equations that define what an equation reads, in their own order."""
    by_name: dict[str, list[tuple[Elem, Facts]]] = {}
    for read, facts in reads(system, equation):
        by_name.setdefault(read.name, []).append((read, facts))
    return [d for d in equations if any(meets(r, facts, d) for r, facts in by_name.get(d.name, ()))]


def reads(system: System, equation: Equation) -> Iterator[tuple[Elem, Facts]]:
    """Every tensor element that an equation reads, with the facts that hold where it stands."""
    yield from reads_in(equation.right, facts_of(system, equation.indices))


def reads_in(expr: Expr, facts: Facts) -> Iterator[tuple[Elem, Facts]]:
    """Every tensor element in an expression, with the ranges and guards around it."""
    if isinstance(expr, Elem):
        yield expr, facts
    for integer in integers_at(expr):
        for inner in integer.atoms(sympy.Indexed):
            yield Elem(str(inner.base.label), tuple(inner.indices)), facts
    if isinstance(expr, Reduce | Along):
        facts = facts.within(expr.over)
    if isinstance(expr, Mul):
        for factor in expr.factors:
            others = [f for f in expr.factors if isinstance(f, Bracket) and f is not factor]
            guarded = facts
            for bracket in others:
                guarded = guarded.given(bracket)
            yield from reads_in(factor, guarded)
        return
    for child in expr.children:
        yield from reads_in(child, facts)


def meets(read: Elem, facts: Facts, definition: Equation) -> bool:
    """Whether a read may hit a place that an equation defines."""
    if read.name != definition.name:
        return False
    free = {i.symbol: i for i in definition.indices}
    for place, defined in zip(read.index, definition.left.index, strict=True):
        if defined not in free:
            if refuted(Compare("==", size(place), size(defined)), facts):
                return False
        else:
            index = free[defined]
            if refuted(Compare(">=", size(place), size(index.low)), facts):
                return False
            if refuted(Compare("<=", size(place), size(index.high)), facts):
                return False
    return True


def _components(equations: Sequence[Equation], needs: dict[int, list[Equation]]) -> list[list[Equation]]:
    """Strongly connected components, those needed first (Tarjan 1972)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[Equation] = []
    done: set[int] = set()
    out: list[list[Equation]] = []

    def visit(e: Equation) -> None:
        order[id(e)] = low[id(e)] = len(order)
        stack.append(e)
        for d in needs[id(e)]:
            if id(d) not in order:
                visit(d)
                low[id(e)] = min(low[id(e)], low[id(d)])
            elif id(d) not in done:
                low[id(e)] = min(low[id(e)], order[id(d)])
        if low[id(e)] == order[id(e)]:
            group = []
            while True:
                top = stack.pop()
                done.add(id(top))
                group.append(top)
                if top is e:
                    break
            out.append(group)

    for equation in equations:
        if id(equation) not in order:
            visit(equation)
    return out


def _loop(system: System, group: list[Equation]) -> Loop:
    """The loop that evaluates mutually recurring equations."""
    shared = [i for i in group[0].indices if all(i in e.indices for e in group)]
    steps = _distances(system, group, shared)
    moving = [k for k in range(len(shared)) if any(s[2][k] != 0 for s in steps)]
    for axes in _axis_orders(moving):
        for signs in product((1, -1), repeat=len(axes)):
            ordered = _in_order(group, steps, axes, signs)
            if ordered is not None:
                return Loop(tuple((shared[a], s) for a, s in zip(axes, signs, strict=True)), tuple(ordered))
    raise CircularError(group)


def _axis_orders(moving: list[int]) -> Iterator[tuple[int, ...]]:
    for count in range(1, len(moving) + 1):
        yield from permutations(moving, count)


def _distances(
    system: System, group: list[Equation], shared: list[Index]
) -> list[tuple[Equation, Equation, tuple[int | None, ...]]]:
    """(reader, read equation, whether along each shared index it reads ahead, 1, or back, -1; None where either)."""
    out = []
    for reader in group:
        own = {i: i.renamed(f"{i.name}~") for i in reader.indices}  # a bound index of the same name is another one
        right = substitute(reader.right, {i.symbol: o.symbol for i, o in own.items()})
        for read, facts in reads_in(right, facts_of(system, own.values())):
            for definition in group:
                if not meets(read, facts, definition):
                    continue
                ahead = []
                for index in shared:
                    axis = definition.left.index.index(index.symbol)
                    difference = expand(read.index[axis] - own[index].symbol)
                    ahead.append(_direction(difference, facts))
                out.append((reader, definition, tuple(ahead)))
    return out


def _direction(difference: Integer, facts: Facts) -> int | None:
    """The sign of a difference of places; None where it is not the same everywhere."""
    if difference == 0:
        return 0
    for sign in (1, -1):
        if any(nonnegative(sign * difference - 1 - known, facts) for known in (0, *facts.known)):
            return sign
    return None


def _in_order(
    group: list[Equation],
    steps: list[tuple[Equation, Equation, tuple[int | None, ...]]],
    axes: tuple[int, ...],
    signs: tuple[int, ...],
) -> list[Equation] | None:
    """The equations in the order of the loop body, or None if this loop does not carry every read."""
    before: dict[int, set[int]] = {id(e): set() for e in group}
    for reader, definition, ahead in steps:
        for axis, sign in zip(axes, signs, strict=True):
            direction = ahead[axis]
            if direction is None or direction == sign:
                return None
            if direction != 0:
                break
        else:
            before[id(reader)].add(id(definition))
    ordered: list[Equation] = []
    while len(ordered) < len(group):
        placed = {id(e) for e in ordered}
        ready = [e for e in group if id(e) not in placed and before[id(e)] <= placed]
        if not ready:
            return None
        ordered.append(ready[0])
    return ordered
