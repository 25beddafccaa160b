"""Initial states that are forgotten, indices that wrap around, and what is carried back without being set to 0."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.terms import factors_of
from derive.language.binding import fresh_name, replaced, substitute
from derive.language.expr import Bracket, Compare, Elem, Index, Reduce, add, mul, size
from derive.language.integers import Integer, expand, symbols_of
from derive.language.traverse import all_index_names
from derive.marking.mutations.sites import Change, Line, Site, elements_in
from derive.marking.mutations.sums import recurring


def wrong_starts(line: Line) -> Iterator[Change]:
    """An initial state taken as 0; or as the last state, which Python's index -1 is."""
    for site in line.sites:
        if isinstance(site.node, Elem) and site.clear:
            for axis, index, end, far in _starts(line, site, site.node):
                first, last = _at(site.node, axis, end), _at(site.node, axis, far)
                inside, there = _sides(site.node.index[axis], index)
                zero = mul(inside, site.node)
                yield site.change("wrong boundary", f"`{first}` is taken as 0: it is the state at the start", zero)
                wrapped = add(zero, mul(there, last))
                sentence = f"`{last}`, the state at the other end, stands where `{first}` should"
                yield site.change("wrong boundary", sentence, wrapped)


def _starts(line: Line, site: Site, element: Elem) -> Iterator[tuple[int, Index, Integer, Integer]]:
    """The axes in which an element is a base case at one end: the index, the base's place, the far end of the axis."""
    bases = [e for e in line.system.definitions(element.name) if e.is_base]
    for axis, place in enumerate(element.index):
        index = next((i for i in site.scope if i.symbol in symbols_of(place)), None)
        if index is None or place.is_Symbol or len(bases) != 1:
            continue
        own = line.system.tensors[element.name].axes[axis]
        base = bases[0].left.index[axis]
        for edge, far in ((index.low, own.high), (index.high, own.low)):
            if expand(replaced(place, {index.symbol: edge}) - base) == 0:
                yield axis, index, base, far


def _sides(place: Integer, index: Index) -> tuple[Bracket, Bracket]:
    """Where an element is no base case, and where it is one."""
    op, edge = (">", index.low) if expand(place - index.symbol).is_negative else ("<", index.high)
    inside, there = (Bracket((Compare(o, size(index.symbol), size(edge)),)) for o in (op, "=="))
    return inside, there


def _at(element: Elem, axis: int, place: Integer) -> Elem:
    return Elem(element.name, (*element.index[:axis], place, *element.index[axis + 1 :]))


def never_reset(line: Line) -> Iterator[Change]:
    """What comes back from the next step added to what came from those after it: ``dnext += da @ W``."""
    steps = [i for i in line.gradient.indices if i.name in recurring(line.layer)]
    for site in (s for s in line.sites if s.path in line.terms):
        for index in steps:
            places = {p for e in elements_in(site.node) if _comes_back(line, e) for p in e.index}
            for by in (p - index.symbol for p in places if index.symbol in symbols_of(p) and not p.is_Symbol):
                if by.is_Integer:
                    after = index.renamed(fresh_name(f"{index.name}_2", all_index_names(line.expr)))
                    later = Bracket((Compare(">" if by > 0 else "<", size(after.symbol), size(index.symbol)),))
                    free = mul(*(f for f in factors_of(site.node) if not isinstance(f, Bracket)))
                    moved = mul(later, substitute(free, {index.symbol: after.symbol - by}))
                    sentence = f"`{free}` is added up over all steps that come after: it is never set back to 0"
                    yield site.change("wrong boundary", sentence, Reduce("sum", (after,), moved))


def _comes_back(line: Line, element: Elem) -> bool:
    return line.system.tensors[element.name].kind == "gradient"
