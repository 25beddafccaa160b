"""Elements read at the wrong place: a step off, with two indices exchanged, or backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import sympy

from derive.language.binding import substitute
from derive.language.expr import Bracket, Elem, Index, Mul, mul
from derive.language.integers import Integer, expand, is_size, linear_in, symbols_of
from derive.language.schedule import reads
from derive.language.system import System
from derive.marking.mutations.sites import Change, Layer, Line, Site, elements_in, missing_conditions, needed
from derive.marking.mutations.sums import recurring


def shifted(line: Line) -> Iterator[Change]:
    """An element a step before or after the right one."""
    moved = recurring(line.layer)
    for site in line.sites:
        if isinstance(site.node, Elem):
            for axis, place in enumerate(site.node.index):
                if _in_a_corner(line.system, site.node, axis):
                    continue
                for by in _steps(place, moved) or _aside(line.system, site.node, place):
                    element = _at(site.node, axis, place + by)
                    sentence = f"`{element}` stands where `{site.node}` should"
                    yield from _guarded(site, element, "shifted index", sentence)


def _steps(place: Integer, moved: frozenset[str]) -> list[int]:
    """By how much a place may be off: to where the index itself stands, and one to either side of it."""
    symbols = [s for s in symbols_of(place) if not is_size(s)]
    if len(symbols) != 1 or symbols[0].name not in moved:
        return []
    parts = linear_in(place, symbols[0])
    if parts is None or parts[0] != 1 or not parts[1].is_Integer:
        return []
    return [by for by in (-int(parts[1]), -1, 1, -2 * int(parts[1])) if by]


def _aside(system: System, element: Elem, place: Integer) -> list[Integer]:
    """One to either side, where a window is read that may reach outside; back to the first of two halves."""
    symbols = [s for s in symbols_of(place) if not is_size(s)]
    if element.name in system.outside and not place.is_Symbol:
        return [sympy.Integer(1), sympy.Integer(-1)]
    if len(symbols) == 1 and not place.is_Symbol and all(map(is_size, symbols_of(expand(place - symbols[0])))):
        return [symbols[0] - place]
    return []


def _in_a_corner(system: System, element: Elem, axis: int) -> bool:
    """Whether an element is one before the first in another axis too, where a tensor has no values."""
    bases = [e for e in system.definitions(element.name) if e.is_base]
    return len(bases) > 1 and any(not p.is_Symbol for k, p in enumerate(element.index) if k != axis)


def _at(element: Elem, axis: int, place: Integer) -> Elem:
    return Elem(element.name, (*element.index[:axis], expand(place), *element.index[axis + 1 :]))


def _guarded(site: Site, element: Elem, kind: str, sentence: str) -> Iterator[Change]:
    """The element put in its place, with nothing read where it does not exist; the guards around it kept or dropped."""
    conditions = missing_conditions(site.line.system, element, site.facts)
    if conditions is not None and (site.clear or not conditions):
        yield site.change(kind, sentence, mul(Bracket(conditions), element) if conditions else element)
    free = unguarded(site)
    if free is not None:
        conditions = missing_conditions(site.line.system, element, free.facts)
        if conditions is not None and (site.clear or not conditions):
            right = free.put(mul(Bracket(conditions), element) if conditions else element)
            yield site.line.change(kind, sentence, right, site.line.term_at(site.path))


def unguarded(site: Site) -> Site | None:
    """The same place without the guards around it; None where there is none, or another element needs it."""
    parents = list(site.parents)
    path = list(site.path)
    for depth, (parent, position) in enumerate(zip(site.parents, site.path, strict=True)):
        guards = [f for f in parent.children if isinstance(f, Bracket)] if isinstance(parent, Mul) else []
        if guards:
            kept = [k for k, f in enumerate(parent.children) if f not in guards]
            parents[depth] = Mul(tuple(parent.children[k] for k in kept))
            path[depth] = kept.index(position)
            others = [e for e in elements_in(parent) if e is not site.node]
            if any(needed(site, c, others) for g in guards for c in g.conditions):
                return None
    return replace(site, parents=tuple(parents), path=tuple(path)) if parents != list(site.parents) else None


def transposed(line: Line) -> Iterator[Change]:
    """Two indices of a square matrix exchanged; or those of the whole result."""
    for site in line.sites:
        if isinstance(site.node, Elem):
            for a, b in _square(line.system, site.node.name):
                if site.node.index[a] != site.node.index[b]:
                    element = _exchanged(site.node, a, b)
                    sentence = f"transposed: `{element}` stands where `{site.node}` should"
                    yield from _guarded(site, element, "transposed", sentence)
    left = line.gradient.left
    for a, b in _square(line.system, left.name) if not line.known else []:
        if left.index[a].is_Symbol and left.index[b].is_Symbol:
            right = substitute(line.expr, {left.index[a]: left.index[b], left.index[b]: left.index[a]})
            sentence = f"what you have as `{left}` is `{_exchanged(left, a, b)}`: it is transposed"
            yield line.change("transposed", sentence, right)


def _square(system: System, name: str) -> list[tuple[int, int]]:
    """Pairs of axes of a tensor that have the same range."""
    axes = system.tensors[name].axes
    return [(a, b) for a, b in combinations(range(len(axes)), 2) if _range(axes[a]) == _range(axes[b])]


def _range(index: Index) -> tuple[Integer, Integer]:
    return index.low, index.high


def _exchanged(element: Elem, a: int, b: int) -> Elem:
    index = list(element.index)
    index[a], index[b] = index[b], index[a]
    return Elem(element.name, tuple(index))


def crossed(line: Line) -> Iterator[Change]:
    """The two indices of a window exchanged."""
    windows = _window_indices(line.layer)
    for site in line.sites:
        if isinstance(site.node, Elem) and site.node.name in line.system.outside:
            inside = [i for i in site.scope if i.name in windows and any(_beside(p, i) for p in site.node.index)]
            for a, b in combinations(inside, 2):
                element = substitute(site.node, {a.symbol: b.symbol, b.symbol: a.symbol})
                sentence = f"`{a.name}` and `{b.name}` are exchanged: `{element}` stands where `{site.node}` should"
                yield site.change("transposed", sentence, element)


def _beside(place: Integer, index: Index) -> bool:
    return not place.is_Symbol and index.symbol in symbols_of(place)


def wrong_indices(line: Line) -> Iterator[Change]:
    """An element read by another index of the same range."""
    for site in line.sites:
        if isinstance(site.node, Elem):
            for axis, place in enumerate(site.node.index):
                own = [i for i in site.scope if i.symbol == place]
                for other in site.scope if own else ():
                    if other.symbol != place and _range(other) == _range(own[-1]):
                        element = _at(site.node, axis, other.symbol)
                        yield site.change("wrong index", f"`{element}` stands where `{site.node}` should", element)


def flipped(line: Line) -> Iterator[Change]:
    """A kernel read backwards, or not backwards."""
    windows = _window_indices(line.layer)
    params = {t.name for t in line.system.params}
    for site in line.sites:
        if isinstance(site.node, Elem) and site.node.name in params:
            inside = [i for i in site.scope if i.symbol in site.node.index and i.name in windows]
            for some in _subsets(inside):
                element = substitute(site.node, {i.symbol: i.low + i.high - i.symbol for i in some})
                sentence = f"the kernel is read backwards: `{element}` stands where `{site.node}` should"
                yield site.change("flipped", sentence, element)
    if line.gradient.tensor in params and not line.known:
        for some in _subsets([i for i in line.gradient.indices if i.name in windows]):
            turned = {i.symbol: i.low + i.high - i.symbol for i in some}
            left = line.gradient.left
            sentence = f"what you have as `{left}` is `{substitute(left, turned)}`: it is flipped"
            yield line.change("flipped", sentence, substitute(line.expr, turned))


def _subsets(indices: list[Index]) -> Iterable[list[Index]]:
    return [indices, *([i] for i in indices)] if len(indices) > 1 else [indices] if indices else []


@lru_cache(maxsize=16)
def _window_indices(layer: Layer) -> frozenset[str]:
    """The names of the indices that share a place with another: of windows, and the places of windows."""
    found: set[str] = set()
    for equation in layer.system.equations:
        for read, _ in reads(layer.system, equation):
            for place in read.index:
                inside = [s.name for s in symbols_of(place) if not is_size(s)]
                found |= set(inside) if len(inside) > 1 else set()
    return frozenset(found)
