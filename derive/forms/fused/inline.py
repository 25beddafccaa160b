"""Tensors that a kernel does not keep: what takes no longer to compute than to read is computed where it is read."""

from __future__ import annotations

from dataclasses import replace

from derive.forms.fused.group import Fused
from derive.language.binding import substitute
from derive.language.expr import Add, Elem, Expr, Mul, Num, Size
from derive.language.system import Equation
from derive.language.traverse import transform, walk


def inlined(fused: Fused) -> Fused:
    """The kernel without such equations among those whose values are needed within a row only."""
    members = []
    known: dict[str, Equation] = {}
    for member in fused.members:
        equation = replace(member.equation, right=transform(member.equation.right, lambda n: _value(n, known)))
        if equation.name in fused.local and _is_light(equation.right):
            known[equation.name] = equation
        else:
            members.append(replace(member, equation=equation))
    return Fused(tuple(members), fused.local - known.keys())


def _value(node: Expr, known: dict[str, Equation]) -> Expr:
    """A node, or where it is an element of a known tensor what that is."""
    if not (isinstance(node, Elem) and node.name in known):
        return node
    equation = known[node.name]
    return substitute(equation.right, dict(zip(equation.left.index, node.index, strict=True)))


def _is_light(expr: Expr) -> bool:
    """Whether an expression is a sum or a product of two elements, or about that much."""
    nodes = list(walk(expr))
    plain = all(isinstance(n, Elem | Num | Size | Add | Mul) for n in nodes)
    return plain and sum(isinstance(n, Elem) for n in nodes) <= 2
