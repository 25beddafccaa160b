"""Where the nodes of a graph stand: in columns from left to right, in an order in which few arrows cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Node = tuple[str, int]  # a name and 0, or a column on the way of an arrow: its number and a column from 1

_SWEEPS = 8
_HEAVY = 20.0  # the weight of a node that an arrow leads to


@dataclass(frozen=True)
class Layout:
    """Column and height of each name, and the places that each arrow passes on its way; heights are a step apart."""

    places: Mapping[str, tuple[int, float]]
    ways: tuple[tuple[tuple[int, float], ...], ...]


def layered(names: Sequence[str], arrows: Sequence[tuple[str, str]], column: Mapping[str, int]) -> Layout:
    """A layout of nodes whose columns are known; every arrow goes to a column further right.

    Nodes to which an arrow leads keep the line they are on; those that only begin one make room.
    """
    chains = [_chain(k, *arrow, column) for k, arrow in enumerate(arrows)]
    where: dict[Node, int] = {(name, 0): column[name] for name in names}
    for chain, (source, _) in zip(chains, arrows, strict=True):
        where |= {node: column[source] + k for k, node in enumerate(chain)}
    beside: dict[Node, list[Node]] = {node: [] for node in where}
    for chain in chains:
        for one, other in zip(chain, chain[1:], strict=False):
            beside[one].append(other)
            beside[other].append(one)
    columns = [[n for n in where if where[n] == k] for k in range(max(where.values(), default=0) + 1)]
    weights = {(name, 0): _HEAVY if any(name == target for _, target in arrows) else 1.0 for name in names}
    heights = _settled(_ordered(columns, beside), beside, weights)
    places = {name: (column[name], heights[name, 0]) for name in names}
    return Layout(places, tuple(tuple((where[n], heights[n]) for n in chain) for chain in chains))


def _chain(number: int, source: str, target: str, column: Mapping[str, int]) -> list[Node]:
    """An arrow as its two ends and a node for each column between."""
    between = [(f"{number} {source} {target}", k + 1) for k in range(column[target] - column[source] - 1)]
    return [(source, 0), *between, (target, 0)]


def _ordered(columns: list[list[Node]], beside: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Each column in the order of the means of its neighbours' places, to and fro, as long as fewer arrows cross."""
    best, least = columns, _crossings(columns, beside)
    for sweep in range(_SWEEPS):
        order = range(1, len(columns)) if sweep % 2 == 0 else range(len(columns) - 2, -1, -1)
        columns = [list(c) for c in columns]
        for k in order:
            fixed = {n: p for p, n in enumerate(columns[k - 1 if sweep % 2 == 0 else k + 1])}
            at = {n: p for p, n in enumerate(columns[k])}
            columns[k].sort(key=lambda n, fixed=fixed, at=at: _mean([fixed[m] for m in beside[n] if m in fixed], at[n]))  # type: ignore[misc]
        crossings = _crossings(columns, beside)
        if crossings < least:
            best, least = columns, crossings
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(columns: Sequence[Sequence[Node]], beside: Mapping[Node, Sequence[Node]]) -> int:
    total = 0
    for left, right in zip(columns, columns[1:], strict=False):
        at = {n: p for p, n in enumerate(right)}
        ends = [(p, at[m]) for p, n in enumerate(left) for m in beside[n] if m in at]
        total += sum(a < c and b > d for a, b in ends for c, d in ends)
    return total


def _settled(
    columns: Sequence[Sequence[Node]], beside: Mapping[Node, Sequence[Node]], weights: Mapping[Node, float]
) -> dict[Node, float]:
    """Heights: each node near the mean of its neighbours, the order kept, a step between any two."""
    heights = {n: p - (len(column) - 1) / 2 for column in columns for p, n in enumerate(column)}
    for _ in range(3 * _SWEEPS):
        for column in columns:
            wanted = []
            for n in column:
                pulls = [(heights[m], weights.get(m, 1.0)) for m in beside[n]]
                wanted.append((_weighted(pulls) if pulls else heights[n], weights.get(n, 1.0)))
            for n, height in zip(column, _apart(wanted), strict=True):
                heights[n] = height
    middle = (min(heights.values(), default=0.0) + max(heights.values(), default=0.0)) / 2
    return {n: h - middle for n, h in heights.items()}


def _weighted(pulls: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in pulls) / sum(weight for _, weight in pulls)


def _apart(wanted: Sequence[tuple[float, float]]) -> list[float]:
    """The heights nearest to those wanted, by weight, at least a step apart: runs that collide share a mean."""
    groups: list[list[tuple[float, float]]] = []  # wanted heights less the steps before them
    for k, (height, weight) in enumerate(wanted):
        groups.append([(height - k, weight)])
        while len(groups) > 1 and _weighted(groups[-2]) > _weighted(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    means = [_weighted(group) for group in groups for _ in group]
    return [mean + k for k, mean in enumerate(means)]
