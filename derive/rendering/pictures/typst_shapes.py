"""A picture as Typst's own drawing, with labels that Typst sets."""

from __future__ import annotations

from derive.rendering.formula import Formula
from derive.rendering.pictures.shapes import Box, Disc, Ink, Label, Picture, Place, Shape, Stroke
from derive.rendering.pictures.svg import LIGHT, arrow_head, shaft
from derive.rendering.typst_math import alternative, string, typst_math

_SCALE = 0.75  # points of paper to one of a picture


def typst_shapes(picture: Picture) -> str:
    """The picture as a box of the size that it has on paper."""
    shapes = "\n".join(f"  {_shape(shape)}" for shape in picture.shapes)
    return f"box(width: {_length(picture.width)}, height: {_length(picture.height)}, {{\n{shapes}\n}})"


def _shape(shape: Shape) -> str:
    match shape:
        case Stroke():
            return _stroke(shape)
        case Box(x, y, width, height, rounded=rounded):
            size = f"width: {_length(width)}, height: {_length(height)}, radius: {_length(rounded)}"
            return f"place(dx: {_length(x)}, dy: {_length(y)}, rect({size}, {_painted(shape)}))"
        case Disc(x, y, radius):
            corner = f"dx: {_length(x - radius)}, dy: {_length(y - radius)}"
            return f"place({corner}, circle(radius: {_length(radius)}, {_painted(shape)}))"
        case Label(x, y, content, size, ink, anchor):
            words = content if isinstance(content, str) else alternative(content)
            shown = f"m({string(words)}, ${typst_math(content)}$)" if isinstance(content, Formula) else string(words)
            look = f"{_length(size)}, {_colour(ink)}, {string(anchor)}"
            return f"lettering({_length(x)}, {_length(y)}, {look}, {shown})"
    raise TypeError(f"no Typst for {type(shape).__name__}")


def _stroke(shape: Stroke) -> str:
    *_, before, tip = shape.points
    start, *rest = map(_at, shaft(shape))
    way = f"curve.cubic({', '.join(rest)})" if shape.curved else ", ".join(f"curve.line({place})" for place in rest)
    dash = ', dash: "dashed"' if shape.dashed else ""
    line = f"stroke: (paint: {_colour(shape.ink)}, thickness: {_length(shape.width)}{dash})"
    drawn = f"place(curve({line}, curve.move({start}), {way}))"
    if not shape.arrow:
        return drawn
    corners = ", ".join(map(_at, arrow_head(tip, before, shape.width)))
    return f"{drawn}; place(polygon(fill: {_colour(shape.ink)}, {corners}))"


def _painted(shape: Box | Disc) -> str:
    fill = _colour(shape.fill, shape.strength) if shape.fill else "none"
    line = f"{_colour(shape.ink)} + {_length(shape.stroke)}" if shape.ink else "none"
    return f"fill: {fill}, stroke: {line}"


def _colour(ink: Ink, strength: float = 1.0) -> str:
    """A colour, on white paper as strong as ``strength``."""
    red, green, blue = (int(LIGHT[ink][k : k + 2], 16) for k in (1, 3, 5))
    mixed = (round(255 + strength * (part - 255)) for part in (red, green, blue))
    return 'rgb("#{:02x}{:02x}{:02x}")'.format(*mixed)


def _at(place: Place) -> str:
    return f"({_length(place[0])}, {_length(place[1])})"


def _length(value: float) -> str:
    short = f"{_SCALE * value:.2f}".rstrip("0").rstrip(".")
    return f"{'0' if short == '-0' else short}pt"
