"""Insert gradients found before where that makes the result shorter: ``p*(dp - sum p dp)`` becomes ``p - y``."""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.instances import named_apart
from derive.calculus.match import match
from derive.calculus.simplify import ASSUME, SIMPLIFY, size_of
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    Elem,
    Expr,
    Index,
)
from derive.language.traverse import (
    all_index_names,
    transform,
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
    """The line with known gradients inserted as long as it gets shorter, then the assumptions used."""
    steps: tuple[Step, ...] = ()
    shorter = True
    while shorter:
        shorter = False
        for parts in known.values():
            inserted = _inserted(line, parts, scope)
            if inserted == line:
                continue
            after, rewrites = rewrite(inserted, SIMPLIFY, scope, indices)
            if size_of(after) < size_of(line):
                sentence = f"Insert what was found for `{parts[0].left}`, namely `{parts[0].right}`."
                steps += (Step("insert a known gradient", sentence, line, inserted, line, inserted, indices),)
                steps += gathered("simplification", rewrites)
                line, shorter = after, True
    after, rewrites = rewrite(line, ASSUME + SIMPLIFY, scope, indices)
    return after, steps + gathered("assumption", rewrites)


def _inserted(line: Expr, parts: tuple[Gradient, ...], scope: Scope) -> Expr:
    """The line with every element of a gradient replaced by what it is."""
    name = gradient_name(parts[0].tensor)
    taken = all_index_names(line) | scope.taken

    def change(node: Expr) -> Expr:
        if not isinstance(node, Elem) or node.name != name:
            return node
        for part in parts:
            free = frozenset(i.symbol for i in part.indices)
            if len(parts) == 1 and (found := match(part.left, node, free, {})) is not None:
                return substitute(named_apart(part.right, scope, taken), found)
        return node

    return transform(line, change)
