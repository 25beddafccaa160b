"""Sums of which only a part is there, averages for sums and sums for averages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import permutations

from derive.language.binding import substitute
from derive.language.expr import (
    MINUS_ONE,
    Bracket,
    Compare,
    Elem,
    Expr,
    Index,
    Mul,
    Pow,
    Reduce,
    Size,
    mul,
    power,
    reduce_,
    size,
)
from derive.language.integers import Integer, expand, is_size, symbols_of
from derive.language.schedule import reads
from derive.marking.mutations.sites import Change, Layer, Line, Site, located


def dropped_sums(line: Line) -> Iterator[Change]:
    """A sum of which only one term is there."""
    for site in line.sites:
        if isinstance(site.node, Reduce) and site.node.op in ("sum", "mean"):
            for index in site.node.over:
                for end, which in ((index.high, "last"), (index.low, "first")):
                    yield _one_term(site, index, end, which)


def _one_term(site: Site, index: Index, end: object, which: str) -> Change:
    node = site.node
    assert isinstance(node, Reduce)
    rest = tuple(i for i in node.over if i != index)
    body = substitute(node.body, {index.symbol: end})
    sentence = f"the {node.op} over `{index.name}`{located(site)} is missing: only its {which} term is there"
    return site.change("dropped sum", sentence, reduce_(node.op, rest, body))


def dropped_products(line: Line) -> Iterator[Change]:
    """The product with a square matrix forgotten: ``da[i]`` for ``sum(da[k]*W[k,i], k)``."""
    for site in line.sites:
        match site.node:
            case Reduce("sum", over, Mul(factors)):
                around = {i.symbol: i for i in site.scope}
                for k, factor in enumerate(factors):
                    for bound, free in _pairs(factor, over, around):
                        rest = mul(*(f for j, f in enumerate(factors) if j != k))
                        body = substitute(rest, {bound.symbol: free.symbol})
                        kept = reduce_("sum", tuple(i for i in over if i != bound), body)
                        yield site.change("dropped factor", f"the product with `{factor}` is missing", kept)


def _pairs(factor: Expr, over: tuple[Index, ...], around: Mapping[Integer, Index]) -> Iterator[tuple[Index, Index]]:
    """The index of a matrix that is summed and the one that is not, where both have one range."""
    summed = {i.symbol: i for i in over}
    for bound, free in permutations(factor.index if isinstance(factor, Elem) else (), 2):
        if bound in summed and free in around and free not in summed and summed[bound].extent == around[free].extent:
            yield summed[bound], around[free]


def short_sums(line: Line) -> Iterator[Change]:
    """A sum over steps that starts late or ends early."""
    steps = recurring(line.layer)
    yield from _shorter(line, lambda index: index.name in steps)


def shorter_sums(line: Line) -> Iterator[Change]:
    """The same of a sum over anything else."""
    steps = recurring(line.layer)
    yield from _shorter(line, lambda index: index.name not in steps)


def _shorter(line: Line, chosen: Callable[[Index], bool]) -> Iterator[Change]:
    for site in line.sites:
        if isinstance(site.node, Reduce) and site.node.op == "sum":
            for index in filter(chosen, site.node.over):
                for op, end, which in ((">", index.low, "first"), ("<", index.high, "last")):
                    guard = Bracket((Compare(op, size(index.symbol), size(end)),))
                    sentence = f"the sum over `{index.name}`{located(site)} leaves out its {which} term"
                    yield site.change("short sum", sentence, Reduce("sum", site.node.over, mul(guard, site.node.body)))


def averages(line: Line) -> Iterator[Change]:
    """A sum divided by the number of its terms."""
    for site in line.sites:
        if isinstance(site.node, Reduce) and site.node.op == "sum":
            over = site.node.over
            for some in ([over] if len(over) > 1 else []) + [(i,) for i in over]:
                count = mul(*(power(size(i.extent), MINUS_ONE) for i in some))
                names = ", ".join(f"`{i.name}`" for i in some)
                sentence = f"the average over {names} stands where the sum should{located(site)}"
                yield site.change("average for sum", sentence, mul(count, site.node))


def sums_for_averages(line: Line) -> Iterator[Change]:
    """A division by the number of terms forgotten."""
    extents = _extents(line.layer)
    for site in line.sites:
        if isinstance(site.node, Reduce) and site.node.op == "mean":
            sentence = f"`{site.node}` is a mean, and you take the sum"
            yield site.change("sum for average", sentence, Reduce("sum", site.node.over, site.node.body))
        if isinstance(site.node, Mul):
            counts = [k for k, f in enumerate(site.node.factors) if isinstance(f, Pow) and _count(f) in extents]
            for some in ([counts] if len(counts) > 1 else []) + [[k] for k in counts]:
                divided = mul(*(site.node.factors[k] for k in some))
                kept = mul(*(f for k, f in enumerate(site.node.factors) if k not in some))
                yield site.change(
                    "sum for average", f"the division by the number of terms is missing: `{divided}`", kept
                )


def _count(factor: Pow) -> object:
    return factor.base.value if factor.exponent == MINUS_ONE and isinstance(factor.base, Size) else None


@lru_cache(maxsize=16)
def _extents(layer: Layer) -> frozenset[object]:
    """How many values each index of the layer takes."""
    axes = (a for t in layer.system.tensors.values() for a in t.axes)
    return frozenset(i.extent for i in (*layer.system.indices.values(), *axes))


@lru_cache(maxsize=16)
def recurring(layer: Layer) -> frozenset[str]:
    """The names of the indices that are read a step off: ``t``, where something reads ``h[t-1]``."""
    found: set[str] = set()
    for equation in layer.system.equations:
        for read, _ in reads(layer.system, equation):
            for place in read.index:
                symbols = [s for s in symbols_of(place) if not is_size(s)]
                if len(symbols) == 1 and not place.is_Symbol and expand(place - symbols[0]).is_Integer:
                    found.add(symbols[0].name)
    return frozenset(found)
