"""The conditions that the derivation of a gradient speaks of, as truths of its entries: guards, masks, tokens."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from derive.checking.arrays import Array
from derive.checking.reference import Interpreter
from derive.language.expr import Bracket, Expr, Index
from derive.language.integers import Integer, elements, is_size, symbols_of
from derive.language.schedule import reads
from derive.language.text import integer_text, text
from derive.language.traverse import free_symbols, walk
from derive.steps.record import Derivation, Gradient

_MOST = 200_000  # places at which a condition on summed indices is looked at


def conditions(derivation: Derivation, gradient: Gradient, reader: Interpreter) -> dict[str, Array]:
    """Truths of the entries of a gradient, by what is true: "[x[n,i] > 0]", "v is more than once among tok[n,s]".

    Brackets in the lines of its derivation, over the indices of the gradient; where indices are summed besides, whether
    the bracket holds for all of them, and for none.  How often an integer tensor names a place.
    """
    found: dict[str, Array] = {}
    for bracket, over in _brackets(gradient):
        found |= dict(_bracket(bracket, over, gradient, reader))
    return found | dict(_named(derivation, gradient, reader))


def _brackets(gradient: Gradient) -> Iterator[tuple[Bracket, tuple[Index, ...]]]:
    """The brackets in the lines of a derivation that depend on its indices, with the summed indices in them."""
    own = {index.symbol for index in gradient.indices}
    seen: set[tuple[Bracket, frozenset[Index]]] = set()
    for line in _lines(gradient):
        bound = {index.symbol: index for node in walk(line) for index in getattr(node, "over", ())}
        for bracket in (node for node in walk(line) if isinstance(node, Bracket)):
            symbols = {s for s in free_symbols(bracket) if not is_size(s)}
            over = frozenset(bound[s] for s in symbols - own if s in bound)
            if symbols & own and symbols <= own | bound.keys() and (bracket, over) not in seen:
                seen.add((bracket, over))
                yield bracket, tuple(sorted(over, key=lambda index: index.name))


def _lines(gradient: Gradient) -> Iterator[Expr]:
    yield gradient.right
    for step in gradient.steps:
        yield step.before
        yield step.after
    for reader in gradient.readers:
        yield reader.derivative


def _bracket(
    bracket: Bracket, over: tuple[Index, ...], gradient: Gradient, reader: Interpreter
) -> Iterator[tuple[str, Array]]:
    """Where a bracket holds; over summed indices, where it holds for all of them and where for none."""
    extents = [reader.size(index.extent) for index in (*gradient.indices, *over)]
    if prod(extents) > _MOST:
        return
    holds = reader.over(bracket, (*gradient.indices, *over)) != 0
    if not over:
        yield text(bracket), holds
        return
    inner = tuple(range(len(gradient.indices), holds.ndim))
    names = ", ".join(index.name for index in over)
    yield f"{text(bracket)} for all {names}", holds.all(axis=inner)
    yield f"{text(bracket)} for no {names}", ~holds.any(axis=inner)


def _named(derivation: Derivation, gradient: Gradient, reader: Interpreter) -> Iterator[tuple[str, Array]]:
    """How often integer tensors name each place of an axis: never, once, or more than once."""
    free = {index.symbol: axis for axis, index in enumerate(gradient.indices)}
    for equation in derivation.system.readers(gradient.tensor):
        for read, _ in reads(derivation.system, equation):
            if read.name != gradient.tensor:
                continue
            for place, own in zip(read.index, gradient.of.index, strict=True):
                if elements(place) and own in free:
                    bound = {i.symbol: i for n in walk(equation.right) for i in getattr(n, "over", ())}
                    bound |= {i.symbol: i for i in equation.indices}
                    over = tuple(bound[s] for s in symbols_of(place) if s in bound)
                    yield from _counted(place, over, free[own], gradient, reader)


def _counted(
    place: Integer, over: tuple[Index, ...], axis: int, gradient: Gradient, reader: Interpreter
) -> Iterator[tuple[str, Array]]:
    index = gradient.indices[axis]
    scope, _ = reader.bound(reader.scope, over)
    named = np.asarray(reader.integer(place, scope)).ravel()
    low, high = reader.size(index.low), reader.size(index.high)
    counts = np.bincount(named[(named >= low) & (named <= high)] - low, minlength=high - low + 1)
    shape = [reader.size(i.extent) for i in gradient.indices]
    along = counts.reshape([-1 if k == axis else 1 for k in range(len(shape))])
    among = f"{index.name} is {{}} among {integer_text(place)}"
    for often, holds in (("more than once", along > 1), ("once", along == 1), ("not", along == 0)):
        yield among.format(often), np.broadcast_to(holds, shape)
