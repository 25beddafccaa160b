"""Formulas rewritten at random places by rules, and lines of answers made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from derive.language.expr import (
    Add,
    Along,
    Bracket,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Reduce,
)
from derive.language.integers import Integer
from derive.language.system import System
from derive.language.traverse import all_index_names, free_symbols


@dataclass(frozen=True)
class Place:
    """Where a formula is rewritten: the layer, and the indices in scope there."""

    system: System
    scope: tuple[Index, ...]

    def within(self, over: Sequence[Index]) -> Place:
        return replace(self, scope=(*self.scope, *over))

    def another(self, index: Index, expr: Expr) -> Index | None:
        """Another index of the same range that is not used here."""
        used = all_index_names(expr) | {i.name for i in self.scope}
        return next((i for i in self.system.siblings(index) if i.name not in used), None)


Rule = Callable[[Expr, Place, Random], Expr | None]


def rewritten(expr: Expr, place: Place, random: Random, rules: Sequence[Rule], times: int) -> Expr:
    """The formula after so many rewrites at random nodes."""
    for _ in range(times):
        expr = somewhere(expr, place, random, rules) or expr
    return expr


def somewhere(expr: Expr, place: Place, random: Random, rules: Sequence[Rule]) -> Expr | None:
    """The formula with one node rewritten by one rule; None where the rules that were tried do not fit."""
    sites = list(_sites(expr, place))
    for _ in range(12):
        node, there, put = random.choice(sites)
        changed = random.choice(rules)(node, there, random)
        if changed is not None and changed != node:
            return put(changed)
    return None


def _sites(expr: Expr, place: Place) -> Iterator[tuple[Expr, Place, Callable[[Expr], Expr]]]:
    """Every node, what is in scope there, and the whole formula with another node in its place."""
    yield expr, place, lambda node: node
    if isinstance(expr, Bracket | Delta):
        return
    inner = place.within(expr.over) if isinstance(expr, Reduce | Along) else place
    for k, child in enumerate(expr.children):
        for node, there, put in _sites(child, inner):

            def whole(new: Expr, k: int = k, put: Callable[[Expr], Expr] = put) -> Expr:
                return _with(expr, k, put(new))

            yield node, there, whole


def _with(expr: Expr, k: int, child: Expr) -> Expr:
    """A node with another child, the order of its children kept."""
    children = (*expr.children[:k], child, *expr.children[k + 1 :])
    match expr:
        case Add():
            return Add(children)
        case Mul():
            return Mul(tuple(f for c in children for f in (c.factors if isinstance(c, Mul) else (c,))))
    return expr.rebuilt(children)


def depth(expr: Expr, place: Place) -> int:
    """How many indices are in scope at most."""
    return max(len(there.scope) for _, there, _ in _sites(expr, place))


def nested(left: Elem, indices: Sequence[Index], expr: Expr, random: Random) -> list[str]:
    """The line, and before it one of a person's own name for a part of it."""
    own = {i.symbol for i in indices}
    parts = [node for node in _unguarded(expr) if node.children and _indices_of(node) <= own]
    if not parts:
        return [f"{left} = {expr}"]
    part = random.choice(parts)
    axes = tuple(i.symbol for i in indices if i.symbol in _indices_of(part))
    helper = Elem("q_1", axes)
    return [f"{helper} = {part}", f"{left} = {_replaced(expr, part, helper)}"]


def _unguarded(expr: Expr) -> Iterator[Expr]:
    """The nodes that are defined without a condition that stands beside them."""
    if isinstance(expr, Num | Elem | Bracket | Delta):
        return
    yield expr
    if not (isinstance(expr, Mul) and any(isinstance(f, Bracket | Delta) for f in expr.factors)):
        for child in expr.children:
            yield from _unguarded(child)


def _indices_of(expr: Expr) -> set[Integer]:
    return {s for s in free_symbols(expr) if not s.is_nonnegative}


def _replaced(expr: Expr, part: Expr, helper: Elem) -> Expr:
    if expr == part:
        return helper
    bound = {i.symbol for i in getattr(expr, "over", ())}
    if bound & _indices_of(part):
        return expr
    return expr.rebuilt(tuple(_replaced(c, part, helper) for c in expr.children))
