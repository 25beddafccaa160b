"""Whether an expression may stand somewhere without a guard: whether all that it reads exists there."""

from __future__ import annotations

from derive.language.coverage import boxes, uncovered
from derive.language.expr import Elem, Expr
from derive.language.system import System
from derive.steps.rewrite import scope_of_child
from derive.steps.rule import Scope


def readable(expr: Expr, scope: Scope) -> bool:
    """Whether every element that an expression reads is proved to lie in the range of its tensor."""
    if isinstance(expr, Elem):
        tensor = _forward(expr.name, scope.system)
        if tensor in scope.system.outside:
            return True
        return uncovered(expr, boxes(scope.system, tensor), scope.facts) is None
    children = enumerate(expr.children)
    return all(readable(child, scope_of_child(expr, k, scope)) for k, child in children)


def _forward(name: str, system: System) -> str:
    """The tensor itself, or the one by which a gradient is taken."""
    of = name.removeprefix("d")
    return name if name in system.tensors else of if of in system.tensors else of.removesuffix("_up")
