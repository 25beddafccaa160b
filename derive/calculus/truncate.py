"""A recurrence of gradients cut short: the same equations with one more index, how many steps they may still go back.

``dh[t] = g[t] + J[t+1]^T dh[t+1]`` becomes ``K[r,t] = g[t] + J[t+1]^T K[r-1,t+1]`` and ``K[0,t] = g[t]``: what is kept
of the gradient where every loss goes back ``r`` steps at most.  What is left out, ``E = dh - K``, obeys the recurrence
without its local part: ``E[r,t] = J[t+1]^T E[r-1,t+1]`` and ``E[0,t] = J[t+1]^T dh[t+1]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import sympy

from derive.language.expr import ZERO, Add, Elem, Expr, Index, Mul, Reduce, add, mul, sum_
from derive.language.integers import Integer, expand, size_symbol
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import names_read, transform
from derive.steps.record import Truncation, gradient_name

_REACHES, _SIZES = ("tau", "r", "u", "age"), ("R", "M", "A", "reaches")
_KEPT, _LEFT_OUT = ("K", "C", "P", "kept"), ("E", "Q", "B", "left")


def truncated(backward: System, gradients: Iterable[str], tensor: str) -> Truncation | None:
    """The recurrence of the gradient by ``tensor`` cut short, and all that follows from it.

    ``gradients`` are the tensors whose gradients the system has.  None where that of ``tensor`` does not recur over one
    index, by single steps and linearly.
    """
    names, wanted = frozenset(map(gradient_name, gradients)), gradient_name(tensor)
    for block in schedule(backward):
        if isinstance(block, Loop) and wanted in (members := {e.name for e in block.equations}):
            cut = _cut(backward, block, names) if len(block.over) == 1 and members <= names else None
            equations = _equations(cut) if cut else None
            if cut and equations:
                system = _system(cut, equations)
                return Truncation(tensor, cut.index, cut.step, cut.reach, system, cut.kept, cut.left_out)
    return None


@dataclass(frozen=True)
class _Cut:
    """A recurrence that is to be cut short.

    axis      by name of each gradient in the recurrence, which of its axes runs over ``index``
    kept      new names by that of each gradient in the recurrence and of each that follows from them
    left_out  new names by that of each gradient in the recurrence
    """

    backward: System
    index: Index
    step: int
    reach: Index
    axis: Mapping[str, int]
    kept: Mapping[str, str]
    left_out: Mapping[str, str]


def _cut(backward: System, loop: Loop, names: frozenset[str]) -> _Cut:
    (index, direction), *_ = loop.over
    axis = {e.name: e.left.index.index(index.symbol) for e in loop.equations}
    taken = {*backward.tensors, *backward.indices, *backward.sizes, *backward.derived}
    reach, size = (next(n for n in letters if n not in taken) for letters in (_REACHES, _SIZES))
    first = {n.partition("_")[0] for n in taken}
    kept, left = (next(n for n in letters if n not in first) for letters in (_KEPT, _LEFT_OUT))
    return _Cut(
        backward,
        index,
        -direction,
        Index(reach, sympy.Integer(1), size_symbol(size)),
        axis,
        {n: f"{kept}_{n[1:]}" for n in (*axis, *_following(backward, frozenset(axis), names))},
        {n: f"{left}_{n[1:]}" for n in axis},
    )


def _following(backward: System, members: frozenset[str], names: frozenset[str]) -> tuple[str, ...]:
    """The gradients that are computed from those of the recurrence."""
    reached = set(members)
    while more := {e.name for e in backward.equations if not reached.isdisjoint(names_read(e.right))} & names - reached:
        reached |= more
    return tuple(dict.fromkeys(e.name for e in backward.equations if e.name in reached - members))


def _equations(cut: _Cut) -> list[Equation] | None:
    """What is kept and what is left out; None where a read is not of this step or the next, or not linear."""
    found: list[Equation] = []
    for equation in cut.backward.equations:
        if equation.name in cut.axis:
            linear = _linear_part(equation.right, frozenset(cut.axis))
            if linear is None or not _steps(cut, equation) <= {0, cut.step}:
                return None
            for reach in (sympy.Integer(0), cut.reach.symbol):
                found.append(_at(cut, equation, cut.kept, reach, lambda read: ZERO))
                found.append(_at(cut, replace(equation, right=linear), cut.left_out, reach, lambda read: read))
        elif equation.name in cut.kept:
            found.append(_at(cut, equation, cut.kept, cut.reach.symbol, lambda read: read))
    return found


def _at(
    cut: _Cut, equation: Equation, names: Mapping[str, str], reach: Integer, past_the_cut: Callable[[Elem], Expr]
) -> Equation:
    """The equation for a reach: a gradient one step on has one step less to go, or none is left."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Elem) or node.name not in names:
            return node
        further = equation.name in cut.axis and _distance(cut, equation, node) != 0
        if further and reach == 0:
            return past_the_cut(node)
        return Elem(names[node.name], (reach - 1 if further else reach, *node.index))

    indices = equation.indices if reach == 0 else (cut.reach, *equation.indices)
    left = Elem(names[equation.name], (reach, *equation.left.index))
    return Equation(left, transform(equation.right, change), indices)


def _distance(cut: _Cut, equation: Equation, read: Elem) -> Integer:
    """How many steps on an equation of the recurrence reads another's gradient."""
    return expand(read.index[cut.axis[read.name]] - equation.left.index[cut.axis[equation.name]])


def _steps(cut: _Cut, equation: Equation) -> set[Integer]:
    found: set[Integer] = set()

    def look(node: Expr) -> Expr:
        if isinstance(node, Elem) and node.name in cut.axis:
            found.add(_distance(cut, equation, node))
        return node

    transform(equation.right, look)
    return found


def _linear_part(expr: Expr, names: frozenset[str]) -> Expr | None:
    """The terms of an expression in which one of the tensors stands as a factor; None where it stands otherwise."""
    if names_read(expr).isdisjoint(names):
        return ZERO
    match expr:
        case Elem():
            return expr
        case Add(terms):
            parts = [_linear_part(t, names) for t in terms]
            return add(*(p for p in parts if p is not None)) if None not in parts else None
        case Reduce("sum", over, body):
            part = _linear_part(body, names)
            return None if part is None else sum_(over, part)
        case Mul(factors):
            holding = [f for f in factors if not names_read(f).isdisjoint(names)]
            part = _linear_part(holding[0], names) if len(holding) == 1 else None
            return None if part is None else mul(*(part if f is holding[0] else f for f in factors))
    return None


def _system(cut: _Cut, equations: Iterable[Equation]) -> System:
    """The backward system with these equations."""
    old = cut.backward
    size = str(cut.reach.high)
    new = {
        name: Tensor(name, (cut.reach, *old.tensors[of].axes), "computed")
        for names in (cut.kept, cut.left_out)
        for of, name in names.items()
    }
    return replace(
        old,
        indices={**old.indices, cut.reach.name: cut.reach},
        sizes=(*old.sizes, size),
        lower={**old.lower, size: 1},
        tensors={**old.tensors, **new},
        equations=(*old.equations, *equations),
    )
