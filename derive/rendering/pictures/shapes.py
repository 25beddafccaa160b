"""What a picture is made of, in no format: strokes, boxes, discs and labels, in points, x to the right and y down.

Colours are named, not written out: a writer has a table of them for light and for dark paper.  They are those of Okabe
and Ito (2008), which eyes of any kind tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.rendering.formula import Formula

Ink = Literal["ink", "quiet", "faint", "paper", "blue", "orange", "green", "purple", "sky", "yellow"]
Place = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Shape:
    """A piece of a picture; later pieces are drawn over earlier ones."""


@dataclass(frozen=True)
class Stroke(Shape):
    """A line through points, or with ``curved`` a cubic Bézier curve: its beginning, two controls, its end."""

    points: tuple[Place, ...]
    ink: Ink = "ink"
    width: float = 1.0
    dashed: bool = False
    arrow: bool = False
    curved: bool = False


@dataclass(frozen=True)
class Box(Shape):
    """A rectangle by its upper left corner; ``strength`` from 0 to 1 is how much of the fill is to be seen."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink | None = "ink"
    fill: Ink | None = None
    strength: float = 1.0
    rounded: float = 0.0
    stroke: float = 1.0


@dataclass(frozen=True)
class Disc(Shape):
    """A circle by its centre."""

    x: float
    y: float
    radius: float
    ink: Ink | None = "ink"
    fill: Ink | None = None
    strength: float = 1.0
    stroke: float = 1.0


@dataclass(frozen=True)
class Label(Shape):
    """Words or a formula, centred on ``y``; ``size`` of the letters in points."""

    x: float
    y: float
    content: Formula | str
    size: float = 11.0
    ink: Ink = "ink"
    anchor: Anchor = "middle"


@dataclass(frozen=True)
class Picture:
    """Shapes on a paper of so many points."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
