"""Curves over linear axes as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from derive.rendering.formula import Formula
from derive.rendering.metrics import width
from derive.rendering.pictures.shapes import Ink, Label, Place, Shape, Stroke

WIDTH, HEIGHT = 250.0, 170.0
_LEFT, _TOP, _BOTTOM = 36.0, 30.0, 24.0
_TICKS = 5
_LETTERS = 12.0  # size of the names of the curves


@dataclass(frozen=True)
class Line:
    """A curve, what it is of, and how it is drawn."""

    label: Formula
    points: tuple[Place, ...]
    ink: Ink
    dashed: bool = False


def chart(lines: Sequence[Line], x: float = 0.0, y: float = 0.0) -> Iterator[Shape]:
    """The shapes of a chart whose upper left corner is given; it is ``WIDTH`` by ``HEIGHT`` but for long names."""
    across = [p[0] for line in lines for p in line.points]
    up = [p[1] for line in lines for p in line.points]
    low, high = _round(min(up), max(up))
    left, right = min(across), max(across)
    frame = x + _LEFT, y + _TOP, WIDTH - _LEFT - 8, HEIGHT - _TOP - _BOTTOM

    def at(point: Place) -> Place:
        return (
            frame[0] + (point[0] - left) / (right - left) * frame[2],
            frame[1] + (high - point[1]) / (high - low) * frame[3],
        )

    for tick in _ticks(low, high):
        here = at((left, tick))
        yield Stroke((here, at((right, tick))), "quiet" if tick == 0 else "faint", 0.8)
        yield Label(here[0] - 6, here[1], _number(tick), 9.0, "quiet", "end")
    for tick in _ticks(left, right):
        here = at((tick, low))
        yield Stroke((here, at((tick, high))), "quiet" if tick == 0 else "faint", 0.8)
        yield Label(here[0], here[1] + 11, _number(tick), 9.0, "quiet")
    for line in lines:
        for piece in _pieces(line.points):
            yield Stroke(tuple(map(at, piece)), line.ink, 2.0, line.dashed)
    place = x + _LEFT
    for line in lines:
        yield Stroke(((place, y + 14), (place + 24, y + 14)), line.ink, 2.0, line.dashed)
        yield Label(place + 30, y + 14, line.label, _LETTERS, line.ink, "start")
        place += max(88.0, 34.0 + _LETTERS * width(line.label))


def _round(low: float, high: float) -> tuple[float, float]:
    step = _step(low, high)
    return floor(round(low / step, 6)) * step, ceil(round(high / step, 6)) * step


def _ticks(low: float, high: float) -> list[float]:
    step = _step(low, high)
    first = ceil(round(low / step, 6))
    return [k * step for k in range(first, floor(round(high / step, 6)) + 1)]


def _step(low: float, high: float) -> float:
    """A step of 1, 2 or 5 times a power of ten, with about five of them between."""
    raw = max(high - low, 1e-9) / _TICKS
    power: float = 10.0 ** floor(log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def _pieces(points: tuple[Place, ...]) -> Iterator[tuple[Place, ...]]:
    """A curve between its jumps."""
    spread = max(p[1] for p in points) - min(p[1] for p in points)
    near = 0.05 * (points[-1][0] - points[0][0])
    piece = [points[0]]
    for one, other in zip(points, points[1:], strict=False):
        if abs(other[1] - one[1]) > 0.3 * spread > 0 and other[0] - one[0] < near:
            yield tuple(piece) if len(piece) > 1 else (piece[0], piece[0])
            piece = []
        piece.append(other)
    yield tuple(piece) if len(piece) > 1 else (piece[0], piece[0])
