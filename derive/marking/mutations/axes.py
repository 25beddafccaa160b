"""Sums over the wrong axis, and products of sums for sums of products."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.binding import fresh_name, substitute
from derive.language.expr import Bracket, Index, Mul, Reduce, mul
from derive.language.traverse import all_index_names, free_symbols
from derive.marking.mutations.sites import Change, Line, Site


def wrong_axes(line: Line) -> Iterator[Change]:
    """A sum along another axis of what is summed: over the samples for the features."""
    for site in line.sites:
        match site.node:
            case Reduce("sum", (index,), _):
                for own in site.scope:
                    if own != index and (own.low, own.high) == (index.low, index.high):
                        yield from _along_others(site, site.node, index, own)


def _along_others(site: Site, node: Reduce, index: Index, own: Index) -> Iterator[Change]:
    """The sum along each other axis; the one that was summed is then where the result is."""
    free = free_symbols(node.body)
    for other in site.scope:
        if other != own and other.symbol in free and own.symbol not in free:
            name = fresh_name(f"{other.name}_2", all_index_names(site.line.expr))
            summed = other.renamed(name)
            body = substitute(node.body, {index.symbol: own.symbol, other.symbol: summed.symbol})
            sentence = f"the sum over `{index.name}` in `{node}` runs along `{other.name}` instead"
            yield site.change("wrong axis", sentence, Reduce("sum", (summed,), body))


def products_of_sums(line: Line) -> Iterator[Change]:
    """Each factor summed by itself."""
    for site in line.sites:
        match site.node:
            case Reduce("sum", over, Mul(factors)):
                apart = [tuple(i for i in over if i.symbol in free_symbols(f)) for f in factors]
                if sum(map(bool, apart)) > 1 and not any(isinstance(f, Bracket) for f in factors):
                    parts = (Reduce("sum", own, f) if own else f for own, f in zip(apart, factors, strict=True))
                    sentence = f"a product of sums stands where the sum of products should: `{site.node}`"
                    yield site.change("product of sums", sentence, mul(*parts))
