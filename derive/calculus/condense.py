"""Insert the gradients of statistics, and say the result by the layer's own names.

A statistic has fewer axes than what it is taken of: a mean, a variance.  Its gradient is a stopover: put in its place,
and with named values folded back, much cancels, and what is left reads fewer tensors than before.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.compact import inserted_step
from derive.calculus.folding import common_denominator, named_factor, sum_last
from derive.calculus.simplify import SIMPLIFY, size_of
from derive.language.expr import Elem, Expr, Index
from derive.language.traverse import names_read
from derive.steps.record import Gradient, Step, gradient_name
from derive.steps.rewrite import gathered, rewrite
from derive.steps.rule import Scope

FOLD = (named_factor,)
ARRANGE = (common_denominator, sum_last)
_LONGEST = 2  # times the length of the line as it was


def condense(
    line: Expr, of: Elem, known: Mapping[str, tuple[Gradient, ...]], scope: Scope, indices: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The line without the gradients of statistics, where it then reads fewer tensors; else as it is."""
    inserted, steps = _without_statistics(line, of, known, scope, indices)
    if not steps:
        return line, ()
    last, more = _folded(inserted, scope, indices)
    fewer = len(names_read(last)) < len(names_read(line))
    if not fewer or size_of(last) > _LONGEST * size_of(line):
        return line, ()
    return last, (*steps, *more)


def _without_statistics(
    line: Expr, of: Elem, known: Mapping[str, tuple[Gradient, ...]], scope: Scope, indices: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The gradients of tensors with fewer axes inserted, the last found first, and those that come to light by it."""
    steps: tuple[Step, ...] = ()
    for name, parts in reversed([*known.items()]):
        if gradient_name(name) in names_read(line) and len(parts) == 1 and len(parts[0].indices) < len(of.index):
            step = inserted_step(line, parts, scope, indices)
            if step.after != line:
                steps += (step,)
                line = step.after
    return line, steps


def _folded(line: Expr, scope: Scope, indices: tuple[Index, ...]) -> tuple[Expr, tuple[Step, ...]]:
    """The line simplified, after factors of named products were said by the products, where that makes it shorter."""
    said, folds = rewrite(line, FOLD, scope, indices)
    folded, last = _simplified(said, scope, indices)
    if not folds:
        return folded, last
    plain, steps = _simplified(line, scope, indices)
    if size_of(folded) < size_of(plain):
        return folded, (*gathered(named_factor.name, folds), *last)
    return plain, steps


def _simplified(line: Expr, scope: Scope, indices: tuple[Index, ...]) -> tuple[Expr, tuple[Step, ...]]:
    line, steps = rewrite(line, SIMPLIFY, scope, indices)
    after, arranged = rewrite(line, ARRANGE, scope, indices)
    return after, gathered("simplification", (*steps, *arranged))
