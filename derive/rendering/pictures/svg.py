"""A picture as SVG: letters are outlines, so that nothing has to be installed; on dark paper the colours change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from math import atan2, cos, sin

from derive.rendering.pictures.letters import Outline, outline
from derive.rendering.pictures.shapes import Box, Disc, Ink, Label, Picture, Place, Shape, Stroke

LIGHT: Mapping[Ink, str] = {
    "ink": "#1a1a1a", "quiet": "#666666", "faint": "#d4d4d4", "paper": "#ffffff", "blue": "#0072b2",
    "orange": "#d55e00", "green": "#009e73", "purple": "#cc79a7", "sky": "#56b4e9", "yellow": "#e69f00",
}  # fmt: skip
DARK: Mapping[Ink, str] = {
    "ink": "#e8e8e8", "quiet": "#a8a8a8", "faint": "#4a4a4a", "paper": "#16191d", "blue": "#56b4e9",
    "orange": "#ff9248", "green": "#3ccfa4", "purple": "#e8a6c8", "sky": "#9bd3f5", "yellow": "#f5c04a",
}  # fmt: skip
_DASHES = "4 3"
_UNITS = 250  # of a letter's height
_HEAD = 6.5  # points from the tip of an arrow to its back


def svg(picture: Picture, alt: str = "", style: bool = True) -> str:
    """The picture as a file that stands for itself; ``alt`` is what it shows, for who does not see it.

    Without ``style`` it has no colours of dark paper of its own, for a page whose style sheet has those of its classes.
    """
    size = f'width="{_n(picture.width)}" height="{_n(picture.height)}"'
    box = f'viewBox="0 0 {_n(picture.width)} {_n(picture.height)}"'
    words = f"<title>{escape(alt)}</title>" if alt else ""
    looks = f"<style>@media screen and (prefers-color-scheme:dark){{{dark_style()}}}</style>" if style else ""
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img">{words}{looks}']
    for shape in picture.shapes:
        lines += _shape(shape)
    return "\n".join([*lines, "</svg>"]) + "\n"


def dark_style() -> str:
    """The rules of dark paper: dp-f-INK fills, dp-s-INK strokes.  The colours of light paper are attributes."""
    return "".join(f".dp-f-{ink}{{fill:{c}}}.dp-s-{ink}{{stroke:{c}}}" for ink, c in DARK.items())


def _shape(shape: Shape) -> Iterator[str]:
    match shape:
        case Stroke():
            yield from _stroke(shape)
        case Box(x, y, width, height, rounded=rounded):
            corner = f' rx="{_n(rounded)}"' if rounded else ""
            place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner}'
            yield f"<rect {place} {_painted(shape)}/>"
        case Disc(x, y, radius):
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {_painted(shape)}/>'
        case Label():
            yield _label(shape)


def _painted(shape: Box | Disc) -> str:
    inside = 'fill="none"'
    if shape.fill:
        inside = f'class="dp-f-{shape.fill}" fill="{LIGHT[shape.fill]}"'
        inside += f' fill-opacity="{_n(shape.strength)}"' if shape.strength < 1 else ""
    if shape.ink is None:
        return inside
    names = f"dp-s-{shape.ink}" + (f" dp-f-{shape.fill}" if shape.fill else "")
    inside = inside.replace(f'class="dp-f-{shape.fill}" ', "")
    return f'class="{names}" {inside} stroke="{LIGHT[shape.ink]}" stroke-width="{_n(shape.stroke)}"'


def _stroke(shape: Stroke) -> Iterator[str]:
    *_, before, tip = shape.points
    start, *rest = (f"{_n(x)} {_n(y)}" for x, y in shaft(shape))
    d = f"M{start}" + ("C" + " ".join(rest) if shape.curved else "".join(f"L{p}" for p in rest))
    dashes = f' stroke-dasharray="{_DASHES}"' if shape.dashed else ""
    ink = f'class="dp-s-{shape.ink}" stroke="{LIGHT[shape.ink]}" stroke-width="{_n(shape.width)}"'
    yield f'<path d="{d}" fill="none" {ink}{dashes}/>'
    if shape.arrow:
        corners = " ".join(f"{_n(x)},{_n(y)}" for x, y in arrow_head(tip, before, shape.width))
        yield f'<polygon points="{corners}" class="dp-f-{shape.ink}" fill="{LIGHT[shape.ink]}"/>'


def shaft(stroke: Stroke) -> tuple[Place, ...]:
    """The points of a line, which ends inside the head of its arrow."""
    *others, before, tip = stroke.points
    if not stroke.arrow:
        return stroke.points
    angle = atan2(tip[1] - before[1], tip[0] - before[0])
    return (*others, before, (tip[0] - 0.8 * _HEAD * cos(angle), tip[1] - 0.8 * _HEAD * sin(angle)))


def arrow_head(tip: Place, before: Place, width: float = 1.0) -> tuple[Place, Place, Place]:
    """The corners of the head of an arrow that comes from ``before``."""
    angle = atan2(tip[1] - before[1], tip[0] - before[0])
    back, half = _HEAD, 2.2 + 0.5 * width
    x, y = tip[0] - back * cos(angle), tip[1] - back * sin(angle)
    return tip, (x - half * sin(angle), y + half * cos(angle)), (x + half * sin(angle), y - half * cos(angle))


def _label(label: Label) -> str:
    drawn = outline(label.content)
    x, y = label.x, label.y + label.size * _middle(label, drawn.bottom, drawn.top)
    shift = {"start": drawn.left, "middle": (drawn.left + drawn.right) / 2, "end": drawn.right}[label.anchor]
    x -= label.size * shift
    place = f"translate({_n(x)} {_n(y)})scale({label.size / _UNITS:.4g})"
    return f'<path d="{_letters(drawn)}" transform="{place}" class="dp-f-{label.ink}" fill="{LIGHT[label.ink]}"/>'


@cache
def _letters(drawn: Outline) -> str:
    """The commands in whole units, each place from the one before."""
    pieces: list[str] = []
    x = y = 0
    start = (0, 0)
    for letter, places in drawn.commands:
        whole = [round(v * _UNITS) for v in places]
        steps = [f"{a - x} {-(b - y)}" for a, b in zip(whole[::2], whole[1::2], strict=True)]
        pieces.append(letter.lower() + " ".join(steps).replace(" -", "-"))
        if whole:
            x, y = whole[-2:]
        start = (x, y) if letter == "M" else start
        x, y = start if letter == "Z" else (x, y)
    return "".join(pieces)


def _middle(label: Label, bottom: float, top: float) -> float:
    """How far below the middle the line of letters is: words stand on one line whatever letters they have."""
    return 0.26 if isinstance(label.content, str) else (bottom + top) / 2


def _n(value: float) -> str:
    """A number as short as it can be."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
