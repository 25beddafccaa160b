"""A picture of nodes and arrows as shapes: what the page of a browser draws where there is no Drawing."""

from __future__ import annotations

from collections.abc import Mapping

from derive.rendering.document import Edge, Figure, Node
from derive.rendering.metrics import width
from derive.rendering.pictures.shapes import Box, Ink, Label, Picture, Place, Shape, Stroke
from derive.rendering.unicode import unicode

_RIGHT, _DOWN = 92.0, 52.0  # points from a node to the next
_LINE = 14.0  # points of an em of its formula
_TALL, _MARGIN = 28.0, 34.0
_INKS: Mapping[str, Ink] = {"input": "blue", "param": "orange", "output": "green", "loss": "purple"}


def graph(figure: Figure) -> Picture:
    """The nodes at their places, boxes in a colour for each role, and the arrows between them."""
    left, top = min(n.x for n in figure.nodes), min(n.y for n in figure.nodes)
    above = _MARGIN + (0.5 * _DOWN if any(e.across for e in figure.edges) else 0)  # room for bows
    widest = max(map(_wide, figure.nodes))
    step = max(_RIGHT, widest + 30)
    at = {n.name: (_MARGIN + widest / 2 + step * (n.x - left), above + _DOWN * (n.y - top)) for n in figure.nodes}
    wide = {n.name: _wide(n) for n in figure.nodes}
    shapes: list[Shape] = []
    for edge in figure.edges:
        shapes += _arrow(edge, at, wide)
    for node in figure.nodes:
        (x, y), ink = at[node.name], _INKS.get(node.role, "ink")
        corner = 13.0 if node.role == "input" else 5.0
        size = (x - wide[node.name] / 2, y - _TALL / 2, wide[node.name], _TALL)
        shapes += [Box(*size, ink=None, fill="paper", rounded=corner), Box(*size, ink, ink, 0.12, corner)]
        shapes.append(Label(x, y, node.formula, 13))
    right, bottom = max(x for x, _ in at.values()), max(y for _, y in at.values())
    return Picture(right + widest / 2 + _MARGIN, bottom + _MARGIN, tuple(shapes))


def told(figure: Figure) -> str:
    """The arrows in words, for who does not see them."""
    names = {n.name: unicode(n.formula) for n in figure.nodes}
    return "; ".join(f"{names[e.target]} reads {names[e.source]}" for e in figure.edges)


def _wide(node: Node) -> float:
    return max(_TALL, _LINE * width(node.formula) + 16)


def _arrow(edge: Edge, at: Mapping[str, Place], wide: Mapping[str, float]) -> list[Shape]:
    """An arrow along its way, or in a bow around what stands between or where it goes back."""
    (x, y), (u, v) = at[edge.source], at[edge.target]
    a, b = wide[edge.source] / 2, wide[edge.target] / 2
    if edge.across and u <= x:
        high = min(y, v) - 0.8 * _DOWN
        points: tuple[Place, ...] = ((x, y - _TALL / 2), (x - 10, high), (u + 10, high), (u, v - _TALL / 2))
        bow: list[Shape] = [Stroke(points, "quiet", 1.2, dashed=True, arrow=True, curved=True)]
        if edge.label:
            bow.append(Label((x + u) / 2, high + 4, edge.label, 11, "quiet"))
        return bow
    if abs(u - x) < a + b:
        down = 1 if v > y else -1
        return [Stroke(((x, y + down * _TALL / 2), (u, v - down * _TALL / 2)), "quiet", 1.2, edge.across, arrow=True)]
    far = y == v and u - x > 1.5 * _RIGHT
    bend = -0.7 * _DOWN if far else 0.0
    middle = (x + a + u - b) / 2
    points = ((x + a, y), (middle, y + bend), (middle, v + bend), (u - b, v))
    return [Stroke(points, "quiet", 1.2, edge.across, arrow=True, curved=True)]
