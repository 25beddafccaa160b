"""A picture in TikZ's language, with labels that LaTeX sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.rendering.formula import Formula
from derive.rendering.latex import TEX, latex
from derive.rendering.pictures.shapes import Box, Disc, Ink, Label, Picture, Shape, Stroke
from derive.rendering.pictures.svg import LIGHT

_ANCHORS = {"start": "west", "middle": "center", "end": "east"}


def pgf(picture: Picture, text: Callable[[str], str]) -> str:
    """What stands in a ``tikzpicture``; ``text`` writes plain words."""
    inks = (rf"\definecolor{{dp{ink}}}{{HTML}}{{{colour[1:].upper()}}}" for ink, colour in LIGHT.items())
    shapes = (line for shape in picture.shapes for line in _shape(shape, text))
    return "\n".join([*inks, rf"\useasboundingbox (0,0) rectangle {_at(picture.width, picture.height)};", *shapes])


def _shape(shape: Shape, text: Callable[[str], str]) -> Iterator[str]:
    match shape:
        case Stroke(points, ink, width):
            places = [_at(*p) for p in points]
            path = "{} .. controls {} and {} .. {}".format(*places) if shape.curved else " -- ".join(places)
            looks = f"dp{ink},line width={0.8 * width:.2f}pt" + (",dashed" if shape.dashed else "")
            yield rf"\draw[{looks}{',-stealth' if shape.arrow else ''}] {path};"
        case Box(x, y, width, height):
            corners = f",rounded corners={shape.rounded:g}pt" if shape.rounded else ""
            yield rf"\path[{_painted(shape)}{corners}] {_at(x, y)} rectangle {_at(x + width, y + height)};"
        case Disc(x, y, radius):
            yield rf"\path[{_painted(shape)}] {_at(x, y)} circle[radius={0.75 * radius:.2f}pt];"
        case Label(x, y, content, size, ink, anchor):
            words = f"${latex(content, TEX)}$" if isinstance(content, Formula) else text(content)
            font = rf"\fontsize{{{0.75 * size:.1f}}}{{{0.9 * size:.1f}}}\selectfont"
            looks = f"anchor={_ANCHORS[anchor]},inner sep=0pt,text=dp{ink},font={{{font}}}"
            yield rf"\node[{looks}] at {_at(x, y)} {{{words}}};"


def _painted(shape: Box | Disc) -> str:
    fill = f"fill=dp{_mixed(shape.fill, shape.strength)}" if shape.fill else ""
    line = f"draw=dp{shape.ink},line width={0.8 * shape.stroke:.2f}pt" if shape.ink else ""
    return ",".join(filter(None, (line, fill)))


def _mixed(ink: Ink, strength: float) -> str:
    """A colour on white paper."""
    return ink if strength >= 1 else f"{ink}!{100 * strength:.0f}!white"


def _at(x: float, y: float) -> str:
    """A place; a point of the picture is three quarters of one on paper."""
    return f"({0.75 * x:.2f}pt,{-0.75 * y:.2f}pt)"
