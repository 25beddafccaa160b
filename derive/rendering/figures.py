"""Pictures of a system: who reads whom, and the steps of a recurrence side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.language.expr import Elem
from derive.language.integers import expand, index_symbol, symbols_of
from derive.language.schedule import reads
from derive.language.system import LOSS, System
from derive.language.traverse import integers_at, walk
from derive.rendering import formula as F
from derive.rendering.document import Inlines, said
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page

_WIDE = 2  # tensors side by side in one step; of wider ones the picture has only what reaches another step, if anything


@dataclass(frozen=True)
class Node:
    """A node of a picture: what is in it, what it is, and where it stands, in steps to the right and downwards.

    In the graph of the equations only its column is known.
    """

    name: str
    formula: F.Formula
    role: str  # input, param, computed, output, loss, or dots where the picture goes on
    x: float
    y: float = 0.0


@dataclass(frozen=True)
class Edge:
    """An arrow between nodes by name; ``across`` to another step of a recurrence, ``label`` the place it comes from."""

    source: str
    target: str
    label: F.Formula | None = None
    across: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture of nodes and arrows, and what that of an unrolled network shows."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    caption: Inlines = ()


Shift = tuple[tuple[str, int], ...]  # the indices by which a place that is read differs from the reader's, and how much


@dataclass(frozen=True)
class Link:
    """A tensor and one that reads it."""

    read: str
    by: str
    shift: Shift


def pictures(page: Page) -> Iterator[Figure]:
    """The graph of the equations, and the unrolled network where something recurs in one index and a step is narrow."""
    links = _links(page)
    yield _dependencies(page, links)
    shifts = {s for link in links for s in link.shift}
    if len(page.recurrent) == 1 and len(shifts) == 1 and abs(next(iter(shifts))[1]) == 1:
        index, offset = next(iter(shifts))
        names = _of_one_step(page, links, index)
        if _widest(names, links) > _WIDE:
            names = [n for n in names if any(x.read == n and x.shift for x in links)]
        between = _between(links, names)
        if _widest(names, between) <= _WIDE:
            yield _unrolled(page, between, names, index, -offset)


def _links(page: Page) -> tuple[Link, ...]:
    """Who reads whom, each pair once for each shift."""
    found: dict[Link, None] = {}
    for equation in page.system.all_equations:
        for read, _ in reads(page.system, equation):
            if read.name in page.system.tensors:
                found.setdefault(Link(read.name, equation.name, _shift(page, read)))
        symbols = {s.name for n in walk(equation.right) for i in integers_at(n) for s in symbols_of(i)}
        for name in page.system.tensors:
            if name in symbols:  # a whole number of rank 0
                found.setdefault(Link(name, equation.name, ()))
    return tuple(found)


def _shift(page: Page, read: Elem) -> Shift:
    shifts = []
    for name in sorted(page.recurrent):
        for place in read.index:
            difference = expand(place - index_symbol(name))
            if difference.is_Integer and difference != 0:
                shifts.append((name, int(difference)))
    return tuple(shifts)


def _role(system: System, name: str) -> str:
    return "loss" if name == LOSS else "output" if name in system.outputs else system.tensors[name].kind


def _between(links: Sequence[Link], names: Collection[str]) -> tuple[Link, ...]:
    """The links between some tensors, with those by way of others."""
    found: dict[Link, None] = {}
    for name in names:
        todo: list[tuple[str, Shift]] = [(name, ())]
        seen: set[tuple[str, Shift]] = set()
        while todo:
            here, shift = todo.pop(0)
            for link in links:
                there = (link.by, shift or link.shift)
                if link.read != here or there in seen:
                    continue
                seen.add(there)
                if link.by in names:
                    found.setdefault(Link(name, *there))
                elif not (shift and link.shift):
                    todo.append(there)
    return tuple(found)


# The graph of the equations


def _dependencies(page: Page, every: Sequence[Link]) -> Figure:
    groups = _parameters(page, every)
    names = [n for n in page.system.tensors if n in groups or page.system.tensors[n].kind != "param"]
    links = [link for link in every if link.read in names]
    depth = _depths(names, links)
    computed = {link.by for link in links}
    nodes: list[Node] = []
    for name in sorted(names, key=lambda n: n not in computed):
        shown = (page.style.notation.tensor(n) for n in groups.get(name, (name,)))
        nodes.append(Node(name, F.joined(tuple(shown), F.COMMA), _role(page.system, name), depth[name]))
    edges = tuple(Edge(link.read, link.by, _label(page, link.shift), bool(link.shift)) for link in links)
    return Figure(tuple(nodes), edges)


def _parameters(page: Page, links: Sequence[Link]) -> Mapping[str, tuple[str, ...]]:
    """The parameters that the same tensors read, by the first of them: they share a node."""
    groups: dict[frozenset[tuple[str, Shift]], list[str]] = {}
    for param in page.system.params:
        readers = frozenset((link.by, link.shift) for link in links if link.read == param.name)
        groups.setdefault(readers, []).append(param.name)
    return {names[0]: tuple(names) for names in groups.values()}


def _label(page: Page, shift: Shift) -> F.Formula | None:
    """The places at which a shifted read looks: t − 1."""
    if not shift:
        return None
    notation = page.style.notation
    return F.joined(tuple(integer_formula(index_symbol(n) + by, notation) for n, by in shift), F.COMMA)


def _widest(names: Sequence[str], links: Sequence[Link]) -> int:
    """How many tensors of one step stand side by side at most."""
    return max(Counter(_depths(names, links).values()).values(), default=0)


def _depths(names: Sequence[str], links: Sequence[Link]) -> Mapping[str, int]:
    """The longest path to each tensor within a step; what is given stands just before its first reader."""
    depth = dict.fromkeys(names, 0)
    inside = [x for x in links if not x.shift and x.read in depth and x.by in depth and x.read != x.by]
    for _ in names:
        for link in inside:
            depth[link.by] = max(depth[link.by], depth[link.read] + 1)
    computed = {link.by for link in links}
    for name in names:
        readers = [depth[link.by] for link in inside if link.read == name]
        if readers and name not in computed:
            depth[name] = min(readers) - 1
    return depth


# The unrolled network


def _of_one_step(page: Page, links: Sequence[Link], index: str) -> list[str]:
    """The tensors that every step of the recurrence has one of, parameters left out."""
    read = {link.read for link in links} | {link.by for link in links}
    tensors = sorted(page.system.tensors.values(), key=lambda t: t.kind != "computed")
    return [t.name for t in tensors if t.kind != "param" and t.name in read and index in {a.name for a in t.axes}]


def _unrolled(page: Page, links: Sequence[Link], names: Sequence[str], index: str, forward: int) -> Figure:
    """Three steps side by side, in the order in which they are computed; each from the bottom up."""
    depth = _depths(names, links)
    deepest = max(depth.values())
    wide = _widest(names, links)
    nodes: list[Node] = []
    for step in (-1, 0, 1):
        placed: Counter[int] = Counter()
        for name in names:
            row = depth[name]
            x = (step + 1) * (wide + 0.6) + placed[row] * 0.9
            place = integer_formula(index_symbol(index) + step * forward, page.style.notation)
            formula = F.Indexed(page.style.notation.tensor(name), (place,))
            nodes.append(Node(f"{name} {step}", formula, _role(page.system, name), x, deepest - row))
            placed[row] += 1
    inside = [x for x in links if x.read in names and x.by in names]
    edges = [Edge(f"{x.read} {s}", f"{x.by} {s}") for x in inside if not x.shift for s in (-1, 0, 1)]
    across = [x for x in inside if x.shift]
    edges += [Edge(f"{x.read} {s}", f"{x.by} {s + 1}", across=True) for x in across for s in (-1, 0)]
    letter = page.style.notation.index(index)
    caption = said(
        "Three steps of the recurrence in {}, unrolled; parameters, the same at every step, are left out.", letter
    )
    return Figure(tuple(nodes), tuple(edges), caption)
