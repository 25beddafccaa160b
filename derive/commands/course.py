"""Marks the submissions of a course: those of a folder, on all processors or on a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from derive.language.errors import LayerError
from derive.marking.hints import at_tier
from derive.marking.record import Marking
from derive.marking.reports import words
from derive.marking.reports.json_text import VERSION, to_json
from derive.marking.reports.markdown import markdown
from derive.marking.reports.summary import commonest, first_wrong, shown
from derive.marking.submission import Submission, opened
from derive.marking.task import Task, failed, marked
from derive.processes import Lost, settled

if TYPE_CHECKING:
    from rich.console import RenderableType

_COMMONEST = 10  # mistakes that are listed
_NAME, _LINE = 40, 60  # characters of them in the table


def marks(task: Task, found: Sequence[Submission], address: str = "") -> dict[str, Marking]:
    """The marks of submissions by name, in their order; on the Dask cluster at an address where there is one.

    A submission that stops the process that marks it is a failed one.
    """
    names = [submission.name for submission in found]
    if address:
        from derive.commands.cluster import settled_on

        sent = [(task, replace(opened(submission), path=None)) for submission in found]  # workers see no folder of ours
        results = settled_on(address, mark, sent, names)
    else:
        results = settled(mark, [(task, submission) for submission in found], names)
    return {
        s.name: failed(task, s, _STOPPED) if isinstance(result, Lost) else result
        for s, result in zip(found, results, strict=True)
    }


_STOPPED = "the process that marked it was stopped, more than once: perhaps it takes too much memory"


def mark(job: tuple[Task, Submission]) -> Marking:
    """The marks of one submission."""
    return marked(*job)


def table(markings: Mapping[str, Marking]) -> RenderableType:
    """A row for each submission, the commonest mistakes, and how many are right."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rows = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("", "submission", "points", "first wrong line"):
        rows.add_column(heading, no_wrap=heading != "first wrong line")
    for name, marking in markings.items():
        sign, style = ("✓", "green") if marking.ok else ("✗", "bold red") if marking.lines else ("?", "bold red")
        sums = words.total(marking)
        points = f"{sums[0]:.4g} of {sums[1]:.4g}" if sums else ""
        rows.add_row(Text(sign, style=style), Text(words.clean(name, _NAME)), points, Text(_first(marking)))
    right = sum(marking.ok for marking in markings.values())
    counted = f"{right} of {len(markings)} submissions are right."
    return Group(rows, "", *map(Text, _common(markings)), counted)


def _first(marking: Marking) -> str:
    """The first wrong line, or why there are no marks."""
    if marking.failure:
        return f"not marked: {words.clean(marking.failure.splitlines()[0], _LINE)}"
    wrong = first_wrong(marking)
    if wrong is not None:
        return words.clean(shown(wrong), _LINE)
    return "" if marking.ok else words.counted(marking)


def _common(markings: Mapping[str, Marking]) -> Iterator[str]:
    common = commonest(markings)
    if common:
        yield "The commonest mistakes:"
    for mistake in common[:_COMMONEST]:
        who = ", ".join(mistake.names[:3]) + ("" if len(mistake.names) <= 3 else ", …")
        told = mistake.sentence.replace("`", "")
        yield f"{len(mistake.names):5}  {words.clean(f'{mistake.gradient}: {told} ({who})')}"
    if common:
        yield ""


def json_of(markings: Mapping[str, Marking], hints: int) -> str:
    """All marks as one JSON text, with hints up to a tier."""
    told = [{"name": name, **to_json(at_tier(marking, hints))} for name, marking in markings.items()]
    return json.dumps({"version": VERSION, "submissions": told}, ensure_ascii=False, allow_nan=False, indent=2)


def reports(markings: Mapping[str, Marking], hints: int) -> Iterator[tuple[PurePosixPath, str]]:
    """The report on each submission as Markdown and JSON, by the path of its file.  Raises LayerError."""
    for name, marking in markings.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise LayerError(f"the name {name!r} leads out of the folder of reports")
        yield PurePosixPath(f"{name}.md"), markdown(at_tier(marking, hints))
        yield PurePosixPath(f"{name}.json"), marking.json(hints)
