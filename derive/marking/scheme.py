"""Marking schemes: what each gradient is worth, and which share of it an answer gets that is not quite right."""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derive.language.errors import LayerError, nearest
from derive.language.fields import toml_error
from derive.language.toml_places import Path, Places, places_of
from derive.marking.record import NOT_ANSWERED, PAST_THE_END, Line, Marking

SHARES = ("follows", "transposed", "sign", "ratio")


@dataclass(frozen=True)
class Scheme:
    """What there is to be had.

    points   for each gradient, by its name: dW_h
    partial  the share of them, from 0 to 1, for a value that is not the right one: ``follows`` where it is right given
             the earlier lines (1 by default), ``transposed``, ``sign`` and ``ratio`` where it is the right one with
             axes in another order, with the opposite sign, times a constant (0 by default)
    """

    points: Mapping[str, float]
    partial: Mapping[str, float] = field(default_factory=dict)


def read_scheme(text: str, file: str, gradients: Iterable[str]) -> Scheme:
    """A marking scheme from TOML, for a layer that has these gradients.  Raises LayerError."""
    try:
        table = tomllib.loads(text)
        reader = _Reader(places_of(text, file), file)
    except tomllib.TOMLDecodeError as error:
        raise toml_error(text, file, error) from None
    except RecursionError:
        raise LayerError("not a marking scheme: brackets nested too deeply", file) from None
    for name in table:
        if name not in ("points", "partial"):
            raise reader.error(
                (name,),
                f"unknown table {name}",
                nearest(name, ("points", "partial")) or "a scheme has [points] and [partial]",
            )
    points = reader.numbers(table, "points", tuple(gradients), "gradient")
    if not points:
        raise LayerError("the scheme gives no points", file, hint="it needs a table [points] with a gradient: dW = 2")
    partial = reader.numbers(table, "partial", SHARES, "share")
    for name, share in partial.items():
        if share > 1:
            raise reader.error(("partial", name), "a share is from 0 to 1")
    return Scheme(points, partial)


@dataclass(frozen=True)
class _Reader:
    places: Places
    file: str

    def numbers(self, table: Mapping[str, object], name: str, known: tuple[str, ...], what: str) -> dict[str, float]:
        """The table of that name: a number from 0 for each of some names that are known."""
        entries = table.get(name, {})
        if not isinstance(entries, dict):
            raise self.error((name,), f"{name} is a table", f"write [{name}]")
        for key, value in entries.items():
            if key not in known:
                raise self.error(
                    (name, key), f"there is no {what} {key}", nearest(key, known) or f"there are {', '.join(known)}"
                )
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise self.error((name, key), "expected a number from 0")
        return {key: float(value) for key, value in entries.items()}

    def error(self, path: Path, message: str, hint: str = "") -> LayerError:
        place = self.places.keys.get(path)
        return place.error(message, hint=hint) if place else LayerError(message, self.file, hint=hint)


def with_points(marking: Marking, scheme: Scheme) -> Marking:
    """The marking with points; what the scheme has points for and the answer lacks becomes a line without any.

    The lines of one gradient share its points evenly: those of its cases, ``dh[T,n,i]`` and ``dh[t,n,i]``, and the one
    that stands for places of which the answer does not speak; ``dh[T+1,n,i] = 0`` has no part in them.  Where two of
    them have the same left side, both are worth what the worse one is.
    """
    places: dict[str, list[Line]] = defaultdict(list)
    for line in marking.lines:
        if line.remark != PAST_THE_END:
            places[line.name].append(line)
    lines = [_scored(line, places.get(line.name, []), scheme) for line in marking.lines]
    missing = (name for name in scheme.points if name not in places)
    lines += [Line(name, "unjudged", remark=NOT_ANSWERED, points=0.0, out_of=scheme.points[name]) for name in missing]
    return replace(marking, lines=tuple(lines))


def _scored(line: Line, alike: list[Line], scheme: Scheme) -> Line:
    if line.name not in scheme.points or line.remark == PAST_THE_END:
        return line
    out_of = scheme.points[line.name] / len(alike)
    share = min(_share(other, scheme) for other in alike if _left(other) == _left(line))
    return replace(line, points=share * out_of, out_of=out_of)


def _left(line: Line) -> str:
    return "".join(line.text.partition("=")[0].split())


def _share(line: Line, scheme: Scheme) -> float:
    """Which share of its points a line gets: the largest that holds of it."""
    if line.verdict == "right":
        return 1.0
    if line.verdict == "follows":
        return scheme.partial.get("follows", 1.0)
    difference = line.difference
    if line.verdict != "wrong" or difference is None:
        return 0.0
    held = {"transposed": difference.transposed, "sign": difference.ratio == "-1", "ratio": bool(difference.ratio)}
    return max((scheme.partial.get(name, 0.0) for name in held if held[name]), default=0.0)
