"""The pictures of a page: who reads whom, with what comes back, and the steps of a recurrence side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.document import Drawing, Inlines, said, text
from derive.rendering.figures import Edge, Figure, Node, pictures
from derive.rendering.naming import picture as file_name
from derive.rendering.page import Page
from derive.rendering.pictures.layered import layered
from derive.rendering.pictures.network import Arrow, Network, Station, names_on_paths, picture
from derive.rendering.recurrence import slashed
from derive.rendering.unicode import unicode

_ACROSS, _DOWN = 84.0, 47.0  # points between columns, and between nodes of a column
_STEP, _UP = 68.0, 48.0  # the same of an unrolled network, where no node is wide
_APART, _AWAY = 10.0, 28.0  # points between nodes of a row at least, and to the dots at its ends


def drawings(page: Page, backward: bool = True) -> Iterator[Drawing]:
    """The graph of the equations and the unrolled network; with ``backward``, gradients too."""
    graph, *unrolled = pictures(page)
    yield _graph(page, graph, backward)
    yield from (_unrolled(page, figure, backward) for figure in unrolled)


# The graph of the equations


def _graph(page: Page, figure: Figure, backward: bool) -> Drawing:
    nodes, edges = _with_earlier(page, figure)
    columns = _from_zero({n.name: round(n.x) for n in nodes})
    layout = layered([n.name for n in nodes], [(e.source, e.target) for e in edges], columns)
    middles = _columns(nodes, columns)
    stations = {n.name: _station(page, n, layout.places[n.name], middles, backward) for n in nodes}
    arrows = tuple(_arrow(page, e, way, middles, backward) for e, way in zip(edges, layout.ways, strict=True))
    caption: Inlines = text("Who reads whom: an arrow goes from what is read to what is computed from it.")
    if len(nodes) > len(figure.nodes):
        caption += text(" Blue: the value of another step of the recurrence.")
    if backward:
        caption += text(" Orange: gradients go back the same ways, and those that arrive at a tensor add up.")
    shows = "graph" if backward else "forward-graph"
    return Drawing(file_name(page.system, shows), picture(Network(stations, arrows)), caption, _read_aloud(figure))


def _with_earlier(page: Page, figure: Figure) -> tuple[list[Node], list[Edge]]:
    """The nodes and arrows, with a node of its own for each value of another step, before what reads it."""
    column = {n.name: n.x for n in figure.nodes}
    nodes, edges = list(figure.nodes), []
    for edge in figure.edges:
        if not edge.across or edge.label is None:
            edges.append(edge)
            continue
        name = f"{edge.source} {unicode(edge.label)}"
        if name not in column:
            readers = [column[e.target] for e in figure.edges if (e.source, e.label) == (edge.source, edge.label)]
            column[name] = min(readers) - 1
            shown = F.Indexed(page.style.notation.tensor(edge.source), (edge.label,))
            nodes.append(Node(name, shown, "earlier", column[name]))
        edges.append(Edge(name, edge.target, across=True))
    return nodes, edges


def _from_zero(columns: Mapping[str, int]) -> dict[str, int]:
    least = min(columns.values())
    return {name: column - least for name, column in columns.items()}


def _columns(nodes: Sequence[Node], columns: Mapping[str, int]) -> list[float]:
    """Where the middle of each column is: wide nodes get more room."""
    half = [0.0] * (max(columns.values()) + 1)
    for node in nodes:
        half[columns[node.name]] = max(half[columns[node.name]], Station(0, 0, node.formula, node.role).width / 2)
    middles = [half[0]]
    for one, other in zip(half, half[1:], strict=False):
        middles.append(middles[-1] + max(_ACROSS, one + other + 44.0))
    return middles


def _station(page: Page, node: Node, place: tuple[int, float], middles: Sequence[float], backward: bool) -> Station:
    column, height = place
    gradient = _gradient(page, node.name) if backward and not _is_group(node.formula) else None
    return Station(middles[column], height * _DOWN, node.formula, node.role, gradient)


def _is_group(formula: F.Formula) -> bool:
    """Whether a node stands for several tensors."""
    return F.COMMA in F.parts_of(formula)


def _gradient(page: Page, name: str) -> F.Formula | None:
    """∂L/∂h on one line, where there is a gradient by the tensor."""
    if name == LOSS or " " in name or not _has_gradient(page, name):
        return None
    notation = page.style.notation
    return slashed(notation.tensor(LOSS), notation.tensor(name))


def _has_gradient(page: Page, node: str) -> bool:
    name = node.partition(" ")[0]
    return name in page.derivation.gradients or name in page.system.outputs or name == LOSS


def _arrow(page: Page, edge: Edge, way: Sequence[tuple[int, float]], middles: Sequence[float], backward: bool) -> Arrow:
    between = tuple((middles[column], height * _DOWN) for column, height in way[1:-1])
    back = backward and _has_gradient(page, edge.source) and _has_gradient(page, edge.target)
    return Arrow(edge.source, edge.target, between, back, edge.across)


def _read_aloud(figure: Figure, ending: str = "") -> str:
    """Who reads whom, in words, for nodes of such an ending."""
    shown = {n.name: unicode(n.formula) for n in figure.nodes}
    readers: dict[str, list[str]] = {}
    for edge in (e for e in figure.edges if e.target.endswith(ending)):
        place = f" ({unicode(edge.label)})" if edge.label else ""
        readers.setdefault(edge.target, []).append(shown[edge.source] + place)
    return "; ".join(f"{shown[name]} reads {', '.join(read)}" for name, read in readers.items()) + "."


# The unrolled network


def _unrolled(page: Page, figure: Figure, backward: bool) -> Drawing:
    step = _step(figure.nodes)
    stations = {n.name: Station(n.x * step, n.y * _UP, n.formula, n.role) for n in figure.nodes}
    edges = [(e.source, e.target) for e in figure.edges]
    start = next((e.source for e in figure.edges if e.across and e.source.endswith(" 0")), "")
    ways = names_on_paths(edges, start) if backward else set()
    arrows = tuple(Arrow(e.source, e.target, back=(e.source, e.target) in ways, across=e.across) for e in figure.edges)
    network = Network(stations, (*arrows, *_ends(stations, figure)), upwards=True)
    shows = "unrolled" if backward else "forward-unrolled"
    caption: Inlines = figure.caption
    if start and backward:
        words = " Orange: the ways on which {} reaches the loss, and by which its gradient comes back."
        caption += said(words, stations[start].formula)
    return Drawing(file_name(page.system, shows), picture(network), caption, _read_aloud(figure, " 0"))


def _step(nodes: Sequence[Node]) -> float:
    """Points between the columns of an unrolled network: so many that nodes beside each other do not touch."""
    rows: dict[float, list[tuple[float, float]]] = {}
    for node in sorted(nodes, key=lambda n: n.x):
        rows.setdefault(node.y, []).append((node.x, Station(0, 0, node.formula, node.role).width))
    pairs = (pair for row in rows.values() for pair in pairwise(row))
    return max(_STEP, *(((wide + other) / 2 + _APART) / (there - here) for (here, wide), (there, other) in pairs))


def _ends(stations: dict[str, Station], figure: Figure) -> Sequence[Arrow]:
    """Dots at both sides, outside of all nodes, where the recurrence goes on."""
    places = [station.x for station in stations.values()]
    away = max(0.9 * _STEP, max(station.width for station in stations.values()) / 2 + _AWAY)
    left, right = min(places) - away, max(places) + away
    arrows: dict[Arrow, None] = {}
    for edge in [e for e in figure.edges if e.across]:
        source, target = edge.source.rpartition(" ")[0], edge.target.rpartition(" ")[0]
        before, after = stations[f"{source} 1"].y, stations[f"{target} -1"].y
        stations.setdefault(f"{before} -2", Station(left, before, F.Sign("⋯"), "dots"))
        stations.setdefault(f"{after} 2", Station(right, after, F.Sign("⋯"), "dots"))
        arrows.setdefault(Arrow(f"{before} -2", f"{target} -1", across=True))
        arrows.setdefault(Arrow(f"{source} 1", f"{after} 2", across=True))
    return tuple(arrows)
