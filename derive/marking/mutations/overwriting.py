"""Writing where one must add: of several terms that fall on one place, the last or the first alone is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.language.binding import fresh_name, substitute
from derive.language.expr import ONE, Along, Bracket, Compare, Expr, Index, Mul, Reduce, add, mul, neg, size
from derive.language.traverse import all_index_names, free_symbols
from derive.marking.mutations.sites import Change, Line, Site


def overwritten(line: Line) -> Iterator[Change]:
    """A sum over places that a condition picks, of which one survives."""
    for site in line.sites:
        if isinstance(site.node, Reduce) and site.node.op == "sum" and isinstance(site.node.body, Mul):
            yield from _overwritten(site, site.node, site.node.body)


def _overwritten(site: Site, node: Reduce, body: Mul) -> Iterator[Change]:
    guards = [f for f in body.factors if isinstance(f, Bracket)]
    chosen = [f for f in body.factors if isinstance(f, Along) and f.op == "argmax"]
    met_by: list[list[Expr]] = [[*guards], [*guards, *chosen]] if chosen else [[*guards]]
    for conditions in met_by:
        met = mul(*conditions)
        among = [i for i in node.over if i.symbol in free_symbols(met)]
        if not conditions or not among:
            continue
        for op in (">", "<"):
            alone = mul(body, _no_other(met, among, op, all_index_names(site.line.expr)))
            sentence = "you overwrite where you must add: of the terms that fall on one place, one alone is left"
            yield site.change("overwritten", sentence, Reduce("sum", node.over, alone))


def _no_other(met: Expr, among: Sequence[Index], op: str, taken: frozenset[str]) -> Expr:
    """1 where the condition holds at no later place (op is >), or at no earlier one (<); places count row by row."""
    others: list[Index] = []
    for index in among:
        others.append(index.renamed(fresh_name(f"{index.name}_2", taken | {o.name for o in others})))
    values = {i.symbol: o.symbol for i, o in zip(among, others, strict=True)}
    later = []
    for k in range(len(among)):
        same = [Compare("==", size(o.symbol), size(i.symbol)) for i, o in zip(among[:k], others[:k], strict=True)]
        later.append(Bracket((*same, Compare(op, size(others[k].symbol), size(among[k].symbol)))))
    return Reduce("prod", tuple(others), add(ONE, neg(mul(add(*later), substitute(met, values)))))
