"""Mistakes in a gradient that another is computed from, where an answer says both in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.calculus.match import match
from derive.language.binding import substitute
from derive.language.expr import Elem, Expr
from derive.language.traverse import names_read, transform
from derive.marking.mutations.mutant import Mutant, told_of
from derive.marking.mutations.table import lines, mutants
from derive.steps.record import Derivation, Gradient, gradient_name


def carried(derivation: Derivation, gradient: Gradient, numbers: Mapping[int, str]) -> Iterator[Mutant]:
    """A gradient with one mistake in those that it rests on: ``sum(dh*(1 - h), t, n)`` for ``sum(da, t, n)``."""
    line = lines(derivation, gradient)[-1].expr if gradient.readers else gradient.right
    read = names_read(line)
    for tensor, parts in derivation.gradients.items():
        name = gradient_name(tensor)
        for part in parts if name in read and name != gradient.left.name else ():
            others = tuple(p for p in parts if p is not part)
            for mutant in mutants(derivation, part, numbers):
                right = _inserted(line, part, mutant.right, others)
                if right != line:
                    mistake = told_of(mutant.mistake, gradient.left.name)
                    yield Mutant(mistake, gradient.left, gradient.indices, right, None)


def _inserted(line: Expr, part: Gradient, right: Expr, others: tuple[Gradient, ...]) -> Expr:
    """A line with another expression for one part of a gradient, wherever it reads that part."""
    free = frozenset(i.symbol for i in part.indices)

    def change(node: Expr) -> Expr:
        if not isinstance(node, Elem) or node.name != part.left.name or any(_is_part(node, o) for o in others):
            return node
        values = match(part.left, node, free, {})
        return substitute(right, values) if values is not None and free <= values.keys() else node

    return transform(line, change)


def _is_part(element: Elem, part: Gradient) -> bool:
    """Whether an element is of a part at a fixed place: of ``dh[0,n,i]``."""
    fixed = len(part.indices) < len(part.left.index)
    return fixed and match(part.left, element, frozenset(i.symbol for i in part.indices), {}) is not None
