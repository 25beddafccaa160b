"""A wrong number of terms, where a sum is divided by it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy

from derive.language.expr import Expr, Size, size
from derive.language.integers import Integer, is_size, size_symbol, symbols_of
from derive.language.traverse import transform
from derive.marking.mutations.sites import Change, Layer, Line


def wrong_counts(line: Line) -> Iterator[Change]:
    """One less, another size, or one of several sizes forgotten: wherever a size stands as a number, then at once."""
    extents = sizes_of_axes(line.layer)
    standing = [(s, s.node.value) for s in line.sites if isinstance(s.node, Size)]
    for name in dict.fromkeys(str(x) for _, value in standing for x in sorted(symbols_of(value), key=str)):
        symbol = size_symbol(name)
        others = (symbol - 1, *(size_symbol(o) for o in extents if o != name), sympy.Integer(1))
        for other in others if name in extents else ():
            right = _resized(line.expr, symbol, other)
            yield line.change("wrong count", f"`{size(other)}` stands where `{size(symbol)}` should", right)
    for site, value in standing:
        if all(map(is_size, symbols_of(value))):
            fewer = size(value - 1)
            yield site.change("wrong count", f"`{fewer}` stands where `{site.node}` should", fewer)


def _resized(expr: Expr, symbol: Integer, other: Integer) -> Expr:
    """The line with another symbol in the sizes that stand as numbers; ranges and places stay."""
    return transform(expr, lambda n: size(n.value.xreplace({symbol: other})) if isinstance(n, Size) else n)


@lru_cache(maxsize=16)
def sizes_of_axes(layer: Layer) -> tuple[str, ...]:
    """The sizes that are how many values an index takes, in order."""
    system = layer.system
    axes = (*system.indices.values(), *(a for t in system.tensors.values() for a in t.axes))
    found = {str(i.extent) for i in axes if i.extent.is_Symbol}
    return tuple(name for name in (*system.sizes, *system.derived) if name in found)
