"""The same mistake where a recurrence starts: who transposes ``W`` in ``dh[t]`` transposes it in ``dh[0]`` too."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.binding import substitute
from derive.language.expr import ONE, ZERO, Bracket, Elem, Expr
from derive.language.integers import Integer
from derive.language.system import System
from derive.language.traverse import transform
from derive.marking.mutations.mutant import Mutant
from derive.steps.record import Derivation, Gradient


def at_the_start(derivation: Derivation, mutant: Mutant) -> Iterator[Mutant]:
    """What a mistake makes of the base cases of its gradient that follow the same formula."""
    name = mutant.mistake.gradient
    parts = next(p for p in derivation.gradients.values() if p[0].left.name == name)
    own = next(part for part in parts if part.left == mutant.left)
    for part in parts:
        values = _values(own, part)
        if values and _at(derivation.backward, own.right, values) == _unguarded(part.right):
            right = _at(derivation.backward, mutant.right, values)
            yield Mutant(mutant.mistake, part.left, part.indices, right, None)


def _values(own: Gradient, part: Gradient) -> dict[Integer, Integer]:
    """The indices that are fixed in another part of a gradient, and their values there."""
    free = {i.symbol for i in own.indices}
    pairs = zip(own.left.index, part.left.index, strict=True)
    return {mine: fixed for mine, fixed in pairs if mine in free and mine != fixed}


def _at(system: System, right: Expr, values: dict[Integer, Integer]) -> Expr:
    """A line at a fixed place; what does not exist there is 0, and conditions on the place need not be asked."""
    ranges = {name: system.storage(name) for name in system.tensors}

    def there(node: Expr) -> Expr:
        if not isinstance(node, Elem):
            return node
        pairs = zip(node.index, ranges[node.name], strict=True)
        return ZERO if any(_outside(place, low, high) for place, (low, high) in pairs) else node

    return _unguarded(transform(substitute(right, values), there))


def _outside(place: Integer, low: Integer, high: Integer) -> bool:
    """Whether a fixed place is outside a range."""
    return bool((place - low).is_negative) or bool((high - place).is_negative)


def _unguarded(expr: Expr) -> Expr:
    return transform(expr, lambda node: ONE if isinstance(node, Bracket) else node)
