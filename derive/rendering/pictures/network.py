"""A network of nodes and arrows as a picture: forward values in the nodes, gradients going back along the arrows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.rendering import formula as F
from derive.rendering.metrics import width
from derive.rendering.pictures.shapes import Box, Disc, Ink, Label, Picture, Place, Shape, Stroke

HEIGHT = 24.0  # of a node
_LETTERS = 12.0
_SMALL = 9.5
_ASIDE = 2.4  # how far a gradient runs beside the value


@dataclass(frozen=True)
class Station:
    """A node: its middle, what is in it and what it is; ``gradient`` is what comes back to it."""

    x: float
    y: float
    formula: F.Formula
    role: str
    gradient: F.Formula | None = None

    @property
    def width(self) -> float:
        return max(HEIGHT, _LETTERS * width(self.formula) + 14.0)


@dataclass(frozen=True)
class Arrow:
    """An arrow between stations by name, past places in between; ``back`` where a gradient comes back along it.

    across  to another step of a recurrence
    """

    source: str
    target: str
    between: tuple[Place, ...] = ()
    back: bool = False
    across: bool = False


@dataclass(frozen=True)
class Network:
    stations: Mapping[str, Station]
    arrows: tuple[Arrow, ...]
    upwards: bool = False  # arrows leave nodes at the top instead of at the right


def picture(network: Network) -> Picture:
    """The network, moved to where its paper begins."""
    shapes = [s for arrow in network.arrows for s in _arrow(network, arrow)]
    shapes += [s for station in network.stations.values() for s in _station(station)]
    boxes = [extent(s) for s in shapes]
    left, top = min(b[0] for b in boxes) - 4, min(b[1] for b in boxes) - 4
    right, bottom = max(b[2] for b in boxes) + 4, max(b[3] for b in boxes) + 4
    moved = tuple(moved_by(s, -left, -top) for s in shapes)
    return Picture(right - left, bottom - top, moved)


# Nodes

_LOOKS: Mapping[str, tuple[Ink, Ink | None, float]] = {  # of each role: line, filling, how much of it
    "input": ("sky", "sky", 0.14),
    "param": ("yellow", "yellow", 0.16),
    "computed": ("ink", "paper", 1.0),
    "output": ("green", "green", 0.16),
    "loss": ("orange", "orange", 0.14),
    "earlier": ("blue", "blue", 0.08),
}


def _station(station: Station) -> Iterator[Shape]:
    ink, fill, strength = _LOOKS.get(station.role, ("ink", "paper", 1.0))
    x, y, wide = station.x, station.y, station.width
    if station.role == "dots":
        yield Label(x, y, station.formula, _LETTERS, "quiet")
        return
    if station.role == "loss":
        yield Disc(x, y, HEIGHT / 2, None, "paper")
        yield Disc(x, y, HEIGHT / 2, ink, fill, strength, 1.2)
    else:
        rounded = {"input": HEIGHT / 2, "param": 1.5, "earlier": HEIGHT / 2}.get(station.role, 6.0)
        yield Box(x - wide / 2, y - HEIGHT / 2, wide, HEIGHT, None, "paper", rounded=rounded)
        yield Box(x - wide / 2, y - HEIGHT / 2, wide, HEIGHT, ink, fill, strength, rounded, 1.2)
    yield Label(x, y, station.formula, _LETTERS)
    if station.gradient is not None:
        yield Label(x, y + HEIGHT / 2 + 8.5, station.gradient, _SMALL, "orange")


# Arrows


def _arrow(network: Network, arrow: Arrow) -> Iterator[Shape]:
    source, target = network.stations[arrow.source], network.stations[arrow.target]
    upright = network.upwards and not arrow.across
    places = _way(source, target, arrow, upright)
    aside = _ASIDE if arrow.back else 0.0
    yield from _threaded(_shifted(places, -aside, upright), "blue" if arrow.across else "ink", upright, arrow.across)
    if arrow.back:
        yield from _threaded(_shifted(places[::-1], aside, upright), "orange", upright, dashed=True)


def _way(source: Station, target: Station, arrow: Arrow, upright: bool) -> list[Place]:
    """The places an arrow passes, from the edge of a node to the edge of another."""
    if upright:
        up = -1 if target.y < source.y else 1
        return [(source.x, source.y + up * HEIGHT / 2), (target.x, target.y - up * HEIGHT / 2)]
    return [(source.x + source.width / 2, source.y), *arrow.between, (target.x - target.width / 2, target.y)]


def _shifted(places: list[Place], by: float, upright: bool) -> list[Place]:
    return [(x + by, y) if upright else (x, y + by) for x, y in places]


def _threaded(places: list[Place], ink: Ink, upright: bool, dashed: bool = False) -> Iterator[Shape]:
    """A line through places that leaves and arrives level, or upright."""
    last = len(places) - 2
    for k, (one, other) in enumerate(zip(places, places[1:], strict=False)):
        dx, dy = (0.0, (other[1] - one[1]) * 0.45) if upright else ((other[0] - one[0]) * 0.45, 0.0)
        controls = ((one[0] + dx, one[1] + dy), (other[0] - dx, other[1] - dy))
        yield Stroke((one, *controls, other), ink, 1.1, dashed, k == last, curved=True)


# Paper


def extent(shape: Shape) -> tuple[float, float, float, float]:
    """Where a shape begins and ends: left, top, right, bottom."""
    match shape:
        case Box(x, y, wide, high):
            return x, y, x + wide, y + high
        case Disc(x, y, radius):
            return x - radius, y - radius, x + radius, y + radius
        case Stroke(points):
            xs, ys = ([p[k] for p in points] for k in (0, 1))
            if shape.curved:  # it stays well inside its controls: its ends and its middle are looked at
                xs, ys = ([c[0], c[3], 0.125 * (c[0] + c[3]) + 0.375 * (c[1] + c[2])] for c in (xs, ys))
            return min(xs), min(ys), max(xs), max(ys)
        case Label(x, y, content, size):
            wide = size * (width(content) if isinstance(content, F.Formula) else 0.6 * len(content))
            left = {"start": x, "middle": x - wide / 2, "end": x - wide}[shape.anchor]
            return left, y - 0.6 * size, left + wide, y + 0.6 * size
    raise TypeError(type(shape).__name__)


def moved_by(shape: Shape, dx: float, dy: float) -> Shape:
    """The shape somewhere else."""
    match shape:
        case Stroke(points):
            return replace(shape, points=tuple((x + dx, y + dy) for x, y in points))
        case Box(x, y) | Disc(x, y) | Label(x, y):
            return replace(shape, x=x + dx, y=y + dy)
    raise TypeError(type(shape).__name__)


def names_on_paths(arrows: Collection[tuple[str, str]], start: str) -> set[tuple[str, str]]:
    """The arrows that can be reached from a node, all of them further on."""
    reached, todo = set[tuple[str, str]](), [start]
    while todo:
        here = todo.pop()
        for arrow in arrows:
            if arrow[0] == here and arrow not in reached:
                reached.add(arrow)
                todo.append(arrow[1])
    return reached
