"""What many markings come to: a table for a spreadsheet, and the commonest mistakes."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.marking.record import Line, Marking, Mistake
from derive.marking.reports import words

COLUMNS = (
    "name", "file", "ok", "points", "out of", "right", "follows", "wrong", "first wrong line", "mistakes", "not marked",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula when a cell begins with it
_LONGEST = 200  # characters of a cell


@dataclass(frozen=True)
class Common:
    """A mistake that submissions share: its kind, the gradient it is made in, one wording of it, and whose it is."""

    kind: str
    gradient: str
    sentence: str
    names: tuple[str, ...]


def commonest(markings: Mapping[str, Marking]) -> tuple[Common, ...]:
    """The mistakes of submissions by name, those of most submissions first; each counts once a submission."""
    found: dict[tuple[str, str], dict[str, Mistake]] = defaultdict(dict)
    for name, marking in markings.items():
        for mistake in _mistakes(marking):
            found[mistake.kind, mistake.gradient].setdefault(name, mistake)
    common = [
        Common(kind, gradient, next(iter(of.values())).sentence, tuple(of)) for (kind, gradient), of in found.items()
    ]
    return tuple(sorted(common, key=lambda c: (-len(c.names), c.gradient, c.kind)))


def _mistakes(marking: Marking) -> Iterable[Mistake]:
    """The mistakes of an answer; what only follows from an earlier line has none of its own."""
    return (mistake for line in marking.lines if line.verdict == "wrong" for mistake in line.mistakes)


def csv_of_marks(markings: Mapping[str, Marking]) -> str:
    """The marks as CSV, a row for each submission."""
    return _csv(COLUMNS, (_row(name, marking) for name, marking in markings.items()))


def csv_of_mistakes(markings: Mapping[str, Marking]) -> str:
    """The commonest mistakes as CSV, a row for each."""
    rows = ((len(c.names), c.gradient, c.kind, c.sentence, "; ".join(c.names)) for c in commonest(markings))
    return _csv(("submissions", "gradient", "kind", "mistake", "names"), rows)


def _row(name: str, marking: Marking) -> tuple[object, ...]:
    counts = [sum(line.verdict == verdict for line in marking.lines) for verdict in ("right", "follows", "wrong")]
    points, out_of = (f"{p:.6g}" for p in words.total(marking) or ()) if words.total(marking) else ("", "")
    wrong = first_wrong(marking)
    mistakes = dict.fromkeys(f"{m.gradient}: {m.kind}" for m in _mistakes(marking))
    ok = "yes" if marking.ok else "no"
    told = "" if wrong is None else shown(wrong)
    return (name, marking.source, ok, points, out_of, *counts, told, "; ".join(mistakes), marking.failure)


def first_wrong(marking: Marking) -> Line | None:
    """The first line that is wrong."""
    return next((line for line in marking.lines if line.verdict == "wrong"), None)


def shown(line: Line) -> str:
    """A line in a table: its number and the line as written, in one row."""
    return f"{line.number}: " + " ".join(line.text.split()) if line.number else line.name


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    """A cell that is text to a spreadsheet, in one line."""
    if not isinstance(value, str):
        return value
    text = words.clean(" ".join(value.split()), _LONGEST)
    return f"'{text}" if text.startswith(_FORMULA) else text
