"""Insert gradients found before where that makes the result shorter: ``p*(dp - sum p dp)`` becomes ``p - y``."""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.contract import SETTLE
from derive.calculus.instances import named_apart
from derive.calculus.match import match
from derive.calculus.simplify import ASSUME, SIMPLIFY, size_of
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    Along,
    Elem,
    Expr,
    Index,
    Reduce,
)
from derive.language.traverse import (
    all_index_names,
    names_read,
)
from derive.steps.record import Gradient, Step, gradient_name
from derive.steps.rewrite import gathered, rewrite
from derive.steps.rule import Scope


def compact(
    line: Expr,
    known: Mapping[str, tuple[Gradient, ...]],
    scope: Scope,
    indices: tuple[Index, ...],
) -> tuple[Expr, tuple[Step, ...]]:
    """The line with known gradients inserted as long as it gets shorter, numbers in any case; then the assumptions."""
    steps: tuple[Step, ...] = ()
    shorter = True
    while shorter:
        shorter = False
        for parts in known.values():
            step = inserted_step(line, parts, scope, indices)
            if step.after == line:
                continue
            settled, contractions = rewrite(step.after, SETTLE, scope, indices)
            simple, rewrites = rewrite(settled, SIMPLIFY, scope, indices)
            after, uses = rewrite(simple, ASSUME + SIMPLIFY, scope, indices)
            if _better(after, line) or not names_read(parts[0].right):
                steps += (step, *gathered("simplification", contractions + rewrites), *gathered("assumption", uses))
                line, shorter = after, True
    after, rewrites = rewrite(line, ASSUME + SIMPLIFY, scope, indices)
    return after, steps + gathered("assumption", rewrites)


def _better(after: Expr, before: Expr) -> bool:
    """Whether a line is shorter, or as long but over fewer tensors."""
    shorter = size_of(before) - size_of(after)
    return shorter > 0 or (shorter == 0 and len(names_read(after)) < len(names_read(before)))


def inserted_step(line: Expr, parts: tuple[Gradient, ...], scope: Scope, indices: tuple[Index, ...]) -> Step:
    """The step that puts a known gradient in its place, wherever the line reads it."""
    inserted = _inserted(line, parts, scope, frozenset(i.name for i in indices))
    sentence = f"Insert what was found for `{parts[0].left}`, namely `{parts[0].right}`."
    return Step("insert a known gradient", sentence, line, inserted, line, inserted, indices)


def _inserted(line: Expr, parts: tuple[Gradient, ...], scope: Scope, around: frozenset[str]) -> Expr:
    """The line with every element of a gradient replaced by what it is, under the indices ``around``."""
    if isinstance(line, Elem) and line.name == gradient_name(parts[0].tensor):
        part = parts[0]
        free = frozenset(i.symbol for i in part.indices)
        if len(parts) == 1 and (found := match(part.left, line, free, {})) is not None:
            return substitute(named_apart(part.right, scope, around | all_index_names(line)), found)
    if isinstance(line, Reduce | Along):
        around = around | {i.name for i in line.over}
    return line.rebuilt(tuple(_inserted(child, parts, scope, around) for child in line.children))
