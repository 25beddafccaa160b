"""Adjoint recurrences of one step, solved: a sum over later times of products of Jacobians.

``dv[t,i] = g[t,i] + sum_k J[k,i] dv[t+1,k]`` unrolls to ``dv[t] = sum over s >= t of J[t+1]^T J[t+2]^T … J[s]^T g[s]``.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.guards import is_integer_guard
from derive.calculus.instances import instance
from derive.calculus.simplify import SIMPLIFY
from derive.calculus.terms import factors_of, terms_of
from derive.language.expr import (
    Bracket,
    Elem,
    Expr,
    Index,
    Reduce,
    add,
    mul,
)
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation, System
from derive.language.traverse import (
    names_read,
    transform,
)
from derive.steps.record import ClosedForm, Gradient, gradient_name
from derive.steps.rewrite import rewrite
from derive.steps.rule import scope_of


def closed_forms(backward: System, gradients: Mapping[str, tuple[Gradient, ...]]) -> tuple[ClosedForm, ...]:
    """The closed form of every recurrence of gradients that comes down to one tensor and one step."""
    names = {gradient_name(n): n for n in gradients}
    found = []
    for block in schedule(backward):
        if isinstance(block, Loop) and len(block.over) == 1 and all(e.name in names for e in block.equations):
            form = _solve(backward, block, names)
            if form is not None:
                found.append(form)
    return tuple(found)


def _solve(backward: System, loop: Loop, names: Mapping[str, str]) -> ClosedForm | None:
    """The closed form of the first tensor of a loop to which the others can be reduced."""
    index, direction = loop.over[0]
    for equation in loop.equations:
        others = [e for e in loop.equations if e is not equation]
        right = _reduced(backward, equation, others)
        if right is None:
            continue
        form = _linear(backward, equation, right, index, -direction, names[equation.name])
        if form is not None:
            return form
    return None


def _reduced(backward: System, equation: Equation, others: list[Equation]) -> Expr | None:
    """The equation with the other gradients of the loop inserted, or None where they do not go away."""
    right = equation.right
    scope = scope_of(backward, equation.indices, right)

    def insert(node: Expr) -> Expr:
        for other in others:
            if isinstance(node, Elem) and node.name == other.name:
                return instance(other, node, scope, equation.right) or node
        return node

    for _ in others:
        right = transform(right, insert)
    return right if names_read(right).isdisjoint(o.name for o in others) else None


def _linear(
    backward: System, equation: Equation, right: Expr, index: Index, step: int, tensor: str
) -> ClosedForm | None:
    """Split ``right`` into what does not hold the tensor's own gradient and one Jacobian times its next value."""
    name = equation.name
    local = [t for t in terms_of(right) if name not in names_read(t)]
    carried = [t for t in terms_of(right) if name in names_read(t)]
    if len(carried) != 1:
        return None
    parts = _split(carried[0], name)
    if parts is None:
        return None
    over, element, rest = parts
    moved = [axis for axis, (a, b) in enumerate(zip(element.index, equation.left.index, strict=True)) if a != b]
    summed = [axis for axis in moved if element.index[axis] != index.symbol + step]
    if len(over) != 1 or len(summed) != 1 or len(moved) != 2 or element.index[summed[0]] != over[0].symbol:
        return None
    column = next(i for i in equation.indices if i.symbol == equation.left.index[summed[0]])
    scope = scope_of(backward, equation.indices + over, right)
    jacobian, _ = rewrite(rest, SIMPLIFY, scope, equation.indices + over)
    return ClosedForm(tensor, index, step, equation.left, equation.indices, add(*local), jacobian, over[0], column)


def _split(term: Expr, name: str) -> tuple[tuple[Index, ...], Elem, Expr] | None:
    """(summation indices, the gradient's element, other factors) of ``sum_k (…) dv[…]``, less the guard at the end."""
    over: tuple[Index, ...] = ()
    rest: list[Expr] = []
    element: Elem | None = None
    todo = list(factors_of(term))
    while todo:
        factor = todo.pop(0)
        if isinstance(factor, Elem) and factor.name == name and element is None:
            element = factor
        elif isinstance(factor, Reduce) and factor.op == "sum" and name in names_read(factor):
            over += factor.over
            todo = list(factors_of(factor.body)) + todo
        elif name in names_read(factor):
            return None
        elif not (isinstance(factor, Bracket) and is_integer_guard(factor)):
            rest.append(factor)
        elif len(factor.conditions) > 1 or factor.conditions[0].op not in ("<", ">"):
            return None
    return (over, element, mul(*rest)) if element is not None else None
