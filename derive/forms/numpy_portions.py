"""Layers whose samples, or channels, do not meet: these can be computed a portion at a time, on all processors.

Layer normalization treats each sample by itself, and its gradients by parameters are sums over the samples.  So the
function can be called for a few samples at a time, whose arrays stay in the cache; results are put side by side, sums
are added up.  Which index this holds for is read off the equations.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.forms.numpy_sizes import arguments
from derive.language.expr import Add, Along, Bracket, Delta, Elem, Expr, Mul, Reduce, Size
from derive.language.integers import Integer, symbols_of
from derive.language.system import Equation, System
from derive.language.traverse import bound_at, free_symbols, integers_at, names_read, walk

Array = Any  # a NumPy array of any type
Function = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Cut:
    """Where tensors are cut: by name the axis; ``totals`` are sums over the portions, all others the same in each."""

    axes: Mapping[str, int]
    totals: frozenset[str]


def cut_of(system: System, equations: Sequence[Equation]) -> Cut | None:
    """Where the tensors of equations can be cut so that no portion needs another; None if nowhere."""
    for tensor in arguments(system):
        for axis, index in enumerate(tensor.axes):
            if index.extent.is_Symbol and (cut := _cut_at(system, equations, tensor.name, axis, index.extent)):
                return cut
    return None


def _cut_at(system: System, equations: Sequence[Equation], name: str, axis: int, size: Integer) -> Cut | None:
    given = {name: axis}
    while True:  # until no more arguments turn out to be cut
        axes, totals = dict(given), set[str]()
        for equation in equations:
            if not _follow(equation, axes, totals):
                return None
        new = {t.name: axes[t.name] for t in arguments(system) if t.name in axes}
        if new == given:
            break
        given = new
    tensors = [t for t in system.tensors.values() if any(t.name in (e.name, *names_read(e.right)) for e in equations)]
    elsewhere = [a for t in tensors for k, a in enumerate(t.axes) if axes.get(t.name) != k]
    fixed = [*system.derived.values(), *(a.extent for a in elsewhere)]
    cut = [t.axes[axes[t.name]].extent for t in tensors if t.name in axes]
    alone = all(size not in symbols_of(f) for f in fixed) and all(extent == size for extent in cut)
    return Cut(axes, frozenset(totals)) if alone and not _counts(equations, size) else None


def _counts(equations: Sequence[Equation], size: Integer) -> bool:
    """Whether an equation uses the size as a number."""
    return any(isinstance(n, Size) and size in symbols_of(n.value) for e in equations for n in walk(e.right))


def _follow(equation: Equation, axes: dict[str, int], totals: set[str]) -> bool:
    """Find where the tensor that an equation defines is cut; False if its portions need each other."""
    elements = [n for n in walk(equation.right) if isinstance(n, Elem)]
    if equation.is_base or any(e.name in totals for e in elements):
        return False
    moving = {e.index[axes[e.name]] for e in elements if e.name in axes}
    if not moving:
        return equation.name not in axes
    (index, *others) = moving
    if others or not index.is_Symbol or not _plainly(equation.right, index, elements, axes):
        return False
    if index in equation.left.index:
        place = equation.left.index.index(index)
        bound = any(i.symbol == index for n in walk(equation.right) for i in bound_at(n))
        return not bound and axes.setdefault(equation.name, place) == place
    totals.add(equation.name)
    return _is_total(equation.right, index)


def _plainly(expr: Expr, index: Integer, elements: Sequence[Elem], axes: dict[str, int]) -> bool:
    """Whether an index occurs as the position in axes that are cut, and nowhere else."""
    for element in elements:
        places = [k for k, position in enumerate(element.index) if index in symbols_of(position)]
        if len(places) > 1 or (places and element.index[places[0]] != index):
            return False
        if places and axes.setdefault(element.name, places[0]) != places[0]:
            return False
        if element.name in axes and places != [axes[element.name]]:
            return False
    for node in walk(expr):
        if isinstance(node, Bracket | Delta) and index in free_symbols(node):
            return False
        if not isinstance(node, Elem) and any(index in symbols_of(i) for i in integers_at(node)):
            return False
    return not any(isinstance(n, Along) and any(i.symbol == index for i in n.over) for n in walk(expr))


def _is_total(expr: Expr, index: Integer) -> bool:
    """Whether an expression is a sum over an index, or such sums times what does not depend on it."""
    match expr:
        case Add(terms):
            return all(_is_total(t, index) for t in terms)
        case Mul(factors):
            sums = [f for f in factors if _is_total(f, index)]
            return len(sums) == 1 and all(f is sums[0] or not _binds(f, index) for f in factors)
        case Reduce("sum", over, body):
            return any(i.symbol == index for i in over) or _is_total(body, index)
    return False


def _binds(expr: Expr, index: Integer) -> bool:
    return any(i.symbol == index for n in walk(expr) for i in bound_at(n))


# Calls


def in_portions(function: Function, cut: Cut, arrays: Mapping[str, Array], least: int) -> dict[str, Any] | None:
    """What the function gives for arrays by name, called for portions of about ``least`` numbers; None if there is one.

    The portions do not depend on the number of processors, and sums are added up in their order.
    """
    length = next(a.shape[cut.axes[n]] for n, a in arrays.items() if n in cut.axes)
    widest = max(a.size for n, a in arrays.items() if n in cut.axes)
    count = min(length, widest // least)
    if count < 2:
        return None
    ends = [length * k // count for k in range(count + 1)]
    results: dict[str, Array] = {}

    def compute(start: int, stop: int) -> dict[str, Any]:
        part = {n: a[_slice(cut.axes[n], start, stop)] if n in cut.axes else a for n, a in arrays.items()}
        found = function(**part)
        for name, axis in cut.axes.items():
            if name in found:
                whole = results.get(name)
                if whole is None:
                    shape = found[name].shape
                    whole = results.setdefault(
                        name, np.empty((*shape[:axis], length, *shape[axis + 1 :]), found[name].dtype)
                    )
                whole[_slice(axis, start, stop)] = found[name]
        return {n: v for n, v in found.items() if n not in cut.axes}

    with ThreadPoolExecutor(min(count, os.cpu_count() or 1)) as pool:
        rest = list(pool.map(compute, ends[:-1], ends[1:]))
    totals = {n: sum(r[n] for r in rest[1:]) + rest[0][n] if n in cut.totals else rest[0][n] for n in rest[0]}
    return {**results, **totals}


def _slice(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return (*(slice(None) for _ in range(axis)), slice(start, stop))
