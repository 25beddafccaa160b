"""Insert the gradients of statistics, and say the result by the layer's own names.

A statistic has fewer axes than what it is taken of: a mean, a variance.  Its gradient is a stopover: put in its place,
and with named values folded back, much cancels, and what is left reads fewer tensors than before.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.compact import inserted_step
from derive.calculus.folding import common_denominator, named_factor
from derive.calculus.simplify import SIMPLIFY, size_of
from derive.language.expr import Elem, Expr, Index
from derive.language.traverse import names_read
from derive.steps.record import Gradient, Step, gradient_name
from derive.steps.rewrite import gathered, rewrite
from derive.steps.rule import Scope

FOLD = (named_factor,)
CONDENSE = (*SIMPLIFY, common_denominator)
_LONGEST = 1.5  # times the length of the line as it was


def condense(
    line: Expr, of: Elem, known: Mapping[str, tuple[Gradient, ...]], scope: Scope, indices: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The line without the gradients of statistics, where it then reads fewer tensors; else as it is."""
    after, steps = _without_statistics(line, of, known, scope, indices)
    if not steps:
        return line, ()
    after, more = _folded(after, scope, indices)
    last, final = rewrite(after, CONDENSE, scope, indices)
    fewer = len(names_read(last)) < len(names_read(line))
    if not fewer or size_of(last) > _LONGEST * size_of(line):
        return line, ()
    return last, (*steps, *more, *gathered("simplification", final))


def _without_statistics(
    line: Expr, of: Elem, known: Mapping[str, tuple[Gradient, ...]], scope: Scope, indices: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The gradients of tensors with fewer axes inserted, those that come to light by it too."""
    steps: tuple[Step, ...] = ()
    waiting = True
    while waiting:
        read = names_read(line)
        waiting = False
        for name, parts in known.items():
            if gradient_name(name) in read and len(parts) == 1 and len(parts[0].indices) < len(of.index):
                step = inserted_step(line, parts, scope, indices)
                if step.after != line:
                    after, simpler = rewrite(step.after, SIMPLIFY, scope, indices)
                    steps += (step, *gathered("simplification", simpler))
                    line, waiting = after, True
                    break
    return line, steps


def _folded(line: Expr, scope: Scope, indices: tuple[Index, ...]) -> tuple[Expr, tuple[Step, ...]]:
    """Factors of named products said by the products, where that makes the line shorter."""
    folded, steps = rewrite(line, FOLD, scope, indices)
    after, simpler = rewrite(folded, SIMPLIFY, scope, indices)
    if not steps or size_of(after) >= size_of(line):
        return line, ()
    return after, (*gathered(named_factor.name, steps), *gathered("simplification", simpler))
