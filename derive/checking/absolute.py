"""How large the terms are of which values are sums, whether or not they cancel: what rounding is measured by.

A gradient may be zero, or tiny, as the sum of large terms: that of a shift which a mean takes out again, or one through
``1 - y**2`` where ``y`` is nearly 1.  What is then left of it is rounding, and says nothing for or against a formula.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from derive.checking import arrays
from derive.checking.arrays import Array
from derive.checking.forward import Runner, part_of
from derive.checking.places import Scope, Stored
from derive.checking.reference import Interpreter
from derive.language.expr import Add, Bracket, Delta, Expr, Mul, Reduce
from derive.language.schedule import schedule
from derive.language.system import System

ROUNDING = 256 * np.finfo(float).eps  # a difference so much smaller than the terms is rounding


def terms(reader: Interpreter, expr: Expr, scope: Scope) -> Array:
    """The sum of the sizes of the terms of an expression, products multiplied out as they stand."""
    match expr:
        case Add(summands):
            sizes = [terms(reader, s, scope) for s in summands]
            return np.asarray(sum(sizes[1:], sizes[0]))
        case Mul(factors):
            guards = [reader.value(f, scope) for f in factors if isinstance(f, Bracket | Delta)]
            sizes = [terms(reader, f, scope) for f in factors if not isinstance(f, Bracket | Delta)]
            return arrays.product(sizes, guards)
        case Reduce("sum" | "mean", over, body):
            inner, extents = reader.bound(scope, over)
            total = arrays.summed(terms(reader, body, inner), extents, scope.depth)
            return total if expr.op == "sum" else total / np.prod(extents)
    return np.asarray(np.abs(reader.value(expr, scope)))


def absolute(system: System, tensors: Mapping[str, Stored], sizes: Mapping[str, int]) -> dict[str, Stored]:
    """The tensors, with each gradient replaced by the size of the terms it is made of, all the way back to the loss."""
    gradients = frozenset(t.name for t in system.tensors.values() if t.kind == "gradient")
    out = {name: stored for name, stored in tensors.items() if name not in gradients}
    Runner(system, sizes, out, evaluate=terms).run(part_of(b, gradients) for b in schedule(system))
    return out
