"""Which gradients are needed, by which elements they are taken, and in which order the backward pass finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from derive.language.expr import (
    Along,
    Elem,
    Index,
    Reduce,
)
from derive.language.schedule import reads, schedule
from derive.language.system import LOSS, Equation, System
from derive.language.traverse import (
    names_read,
    walk,
)

Place = tuple[Elem, tuple[Index, ...]]


def default_wrt(system: System) -> tuple[str, ...]:
    """Every parameter and every input that is not an integer."""
    return tuple(t.name for t in (*system.params, *system.inputs) if not t.integer)


def batch_indices(system: System) -> frozenset[str]:
    """Indices of the inputs that every read passes on unchanged and no parameter has: samples meet only in the loss."""
    candidates = {i.name for t in system.inputs for i in t.axes} - {i.name for p in system.params for i in p.axes}
    for equation in system.equations:
        for read, _ in reads(system, equation):
            if read.name not in system.tensors:
                continue
            axes = system.tensors[read.name].axes
            for axis, place in zip(axes, read.index, strict=True):
                if place != axis.symbol or axis.name not in {i.name for i in equation.indices}:
                    candidates.discard(axis.name)
        candidates -= {i.name for n in walk(equation.right) if isinstance(n, Reduce | Along) for i in n.over}
    return frozenset(candidates)


def is_given(system: System, name: str) -> bool:
    """Whether the gradient by this tensor is handed to the layer from above: an output that nothing else reads."""
    return name in system.outputs and not system.readers(name)


def alive_tensors(system: System) -> frozenset[str]:
    """The tensors from which the loss, or an output, can be reached."""
    alive = {LOSS} if system.loss else set(system.outputs)
    size_before = -1
    while len(alive) != size_before:
        size_before = len(alive)
        for equation in system.all_equations:
            if equation.name in alive:
                alive |= names_read(equation.right)
    return frozenset(alive)


def needed_tensors(system: System, wrt: Iterable[str]) -> frozenset[str]:
    """The tensors whose gradient has to be known: those asked for, and what lies between them and the loss."""
    alive = alive_tensors(system)
    needed, todo = set(wrt), list(wrt)
    while todo:
        for equation in system.readers(todo.pop()):
            if equation.name in alive and equation.name != LOSS and equation.name not in needed:
                needed.add(equation.name)
                todo.append(equation.name)
    return frozenset(needed)


def backward_order(system: System) -> list[str]:
    """Computed tensors from the loss backwards, then parameters and inputs."""
    forward: list[str] = []
    for block in schedule(system):
        equations = (block,) if isinstance(block, Equation) else block.equations
        forward += [e.name for e in equations if not e.is_base]
    computed = [n for n in reversed(forward) if n != LOSS]
    return computed + [t.name for t in (*system.params, *system.inputs) if not t.integer]


def places(system: System, name: str, wrt: Collection[str], needed: Collection[str]) -> tuple[Place, ...]:
    """The elements by which a gradient is taken: the declared range first, then each base case that passes it on.

    A base case such as ``h[0,i] = 0`` reads nothing whose gradient is needed, so its own is left out, unless ``wrt``
    asks for it.
    """
    axes = system.tensors[name].axes
    if system.tensors[name].kind in ("input", "param"):
        return ((Elem(name, tuple(a.symbol for a in axes)), axes),)
    equations = sorted(system.definitions(name), key=lambda e: e.is_base)
    kept = (e for e in equations if not e.is_base or name in wrt or not names_read(e.right).isdisjoint(needed))
    return tuple((e.left, e.indices) for e in kept)
