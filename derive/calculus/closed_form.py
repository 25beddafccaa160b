"""Adjoint recurrences of one step, solved: a sum over later times of products of Jacobians.

``dv[t,i] = g[t,i] + sum_k J[k,i] dv[t+1,k]`` unrolls to ``dv[t] = sum over s >= t of J[t+1]^T J[t+2]^T … J[s]^T g[s]``.
Where each entry hands on to itself alone, ``dv[t,i] = g[t,i] + f[t+1,i] dv[t+1,i]``, the product is one of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.calculus.guards import is_integer_guard, range_condition
from derive.calculus.instances import instance
from derive.calculus.linear import LinearTerm, linear_in_tensor
from derive.calculus.simplify import SIMPLIFY
from derive.calculus.terms import factors_of
from derive.language.binding import substitute
from derive.language.expr import Bracket, Delta, Elem, Expr, Index, add, mul, sum_
from derive.language.ranges import facts_of, proved
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation, System
from derive.language.traverse import names_read, transform
from derive.steps.record import ClosedForm, EntrywiseForm, Gradient, gradient_name
from derive.steps.rewrite import rewrite
from derive.steps.rule import scope_of

Form = ClosedForm | EntrywiseForm


def closed_forms(backward: System, gradients: Mapping[str, tuple[Gradient, ...]]) -> tuple[Form, ...]:
    """The closed form of every recurrence of gradients that comes down to one tensor and one step.

    Of a recurrence that does not, the own path of each tensor whose entries hand on to themselves directly.
    """
    names = {gradient_name(n): n for n in gradients}
    found: list[Form] = []
    for block in schedule(backward):
        if isinstance(block, Loop) and all(e.name in names for e in block.equations):
            form = _solved(backward, block, names) if len(block.over) == 1 else None
            found += [form] if form is not None else _own_paths(backward, block, names)
    return tuple(found)


def _solved(backward: System, loop: Loop, names: Mapping[str, str]) -> Form | None:
    """The closed form of the first tensor of a loop to which the others can be reduced."""
    index, direction = loop.over[0]
    for equation in loop.equations:
        right = _reduced(backward, equation, [e for e in loop.equations if e is not equation])
        form = right and _form(Recurrence(backward, equation, index, -direction, names[equation.name]), right)
        if form:
            return form
    return None


def _own_paths(backward: System, loop: Loop, names: Mapping[str, str]) -> list[Form]:
    """What each tensor of a loop hands on to itself directly, entry by entry; what comes by way of others is local."""
    found: list[Form] = []
    for equation in loop.equations:
        others = [names[e.name] for e in loop.equations if e.name != equation.name]
        for index, direction in loop.over:
            form = _form(Recurrence(backward, equation, index, -direction, names[equation.name]), equation.right)
            if isinstance(form, EntrywiseForm):
                read = names_read(form.local)
                found.append(replace(form, given=tuple(o for o in others if gradient_name(o) in read)))
    return found


def _reduced(backward: System, equation: Equation, others: Sequence[Equation]) -> Expr | None:
    """The equation with the other gradients of the loop inserted, or None where they do not go away."""
    right = equation.right
    for other in _readers_first(others):
        right = _inserted(backward, right, other, equation.indices)
    return right if names_read(right).isdisjoint(o.name for o in others) else None


def _readers_first(equations: Sequence[Equation]) -> list[Equation]:
    """Each equation before those that it reads; without those that need each other."""
    left, ordered = list(equations), []
    while ready := [e for e in left if not any(e.name in names_read(o.right) for o in left)]:
        ordered += ready
        left = [e for e in left if e not in ready]
    return ordered


def _inserted(backward: System, right: Expr, other: Equation, indices: tuple[Index, ...]) -> Expr:
    scope = scope_of(backward, indices, right)

    def insert(node: Expr) -> Expr:
        if not isinstance(node, Elem) or node.name != other.name:
            return node
        return instance(other, node, scope, right) or node

    return transform(right, insert)


@dataclass(frozen=True)
class Recurrence:
    """The equation by which the gradient of ``tensor`` recurs over ``index``, by steps of +1 or -1."""

    backward: System
    equation: Equation
    index: Index
    step: int
    tensor: str

    @property
    def inside(self) -> Bracket:
        """Where there is a next step."""
        op, end = ("<=", self.index.high) if self.step > 0 else (">=", self.index.low)
        return Bracket((range_condition(op, self.index.symbol + self.step, end),))

    def simplified(self, factor: Expr, more: tuple[Index, ...] = ()) -> Expr:
        """A factor of what the next step hands on, simplified."""
        indices = self.equation.indices + more
        scope = scope_of(self.backward, indices, factor).given(self.inside)
        return rewrite(factor, SIMPLIFY, scope, indices)[0]


@dataclass(frozen=True)
class _Handed:
    """What the next step hands on by one term: its ``factor``, and the axis along which entries mix, if they do.

    row  the index of that axis at the next step
    """

    factor: Expr
    axis: int | None = None
    row: Index | None = None


def _form(recurrence: Recurrence, right: Expr) -> Form | None:
    """The closed form of ``dv[t,…] = right``, where all that holds dv comes from the next step."""
    equation = recurrence.equation
    linear = linear_in_tensor(right, equation.name)
    if linear is None or not linear.terms:
        return None
    handed = [h for h in (_handed(recurrence, t) for t in linear.terms) if h is not None]
    mixing = [(h.axis, h.row, h.factor) for h in handed if h.axis is not None and h.row is not None]
    if len(handed) < len(linear.terms) or len({axis for axis, _, _ in mixing}) > 1:
        return None
    own = recurrence.simplified(add(*(h.factor for h in handed if h.axis is None)))
    shared = (recurrence.tensor, recurrence.index, recurrence.step, equation.left, equation.indices, linear.rest)
    if not mixing:
        return EntrywiseForm(*shared, own)
    axis = mixing[0][0]
    rows = [row for _, row, _ in mixing]
    row = next((r for r in rows if r.name in recurrence.backward.indices), rows[0])
    column = next(i for i in equation.indices if i.symbol == equation.left.index[axis])
    mixed = add(*(substitute(factor, {other.symbol: row.symbol}) for _, other, factor in mixing))
    kept = mul(Delta(row.symbol, column.symbol), own)
    return ClosedForm(*shared, add(kept, recurrence.simplified(mixed, (row,))), row, column)


def _handed(recurrence: Recurrence, term: LinearTerm) -> _Handed | None:
    """What a term hands on; None where it is not the next step that does, or entries mix along several axes."""
    left, read = recurrence.equation.left.index, term.element.index
    moved = [axis for axis, (there, here) in enumerate(zip(read, left, strict=True)) if there != here]
    mixed = [axis for axis in moved if left[axis] != recurrence.index.symbol]
    stepped = [axis for axis in moved if read[axis] == recurrence.index.symbol + recurrence.step]
    factor = _unguarded(recurrence, term)
    if factor is None or len(stepped) != 1 or len(moved) != 1 + len(mixed) or len(mixed) > 1:
        return None
    if not mixed:
        return _Handed(sum_(term.over, factor))
    rows = [i for i in term.over if i.symbol == read[mixed[0]]]
    columns = [i for i in recurrence.equation.indices if i.symbol == left[mixed[0]]]
    if not rows or not columns or (rows[0].low, rows[0].high) != (columns[0].low, columns[0].high):
        return None
    return _Handed(sum_(tuple(i for i in term.over if i not in rows), factor), mixed[0], rows[0])


def _unguarded(recurrence: Recurrence, term: LinearTerm) -> Expr | None:
    """The factor of a term without the guard that there is a next step; None where it has another end."""
    facts = facts_of(recurrence.backward, recurrence.equation.indices + term.over)
    factors = factors_of(term.factor)
    guards = [f for f in factors if isinstance(f, Bracket) and is_integer_guard(f)]
    conditions = [c for guard in guards for c in guard.conditions]
    implied = tuple(c for c in conditions if proved(c, facts.given(recurrence.inside)))
    if not all(proved(c, facts.given(Bracket(implied))) for c in recurrence.inside.conditions):
        return None
    kept = tuple(c for c in conditions if c not in implied)
    return mul(*((Bracket(kept),) if kept else ()), *(f for f in factors if f not in guards))
