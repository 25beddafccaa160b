"""``derive check``: marks an answer or a folder of them, shows the marks and writes them as asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import derive
from derive.commands.console import Layer, Settings, chosen, print_out, write
from derive.language.errors import LayerError

if TYPE_CHECKING:
    from derive.marking.record import Marking
    from derive.marking.scheme import Scheme
    from derive.marking.submission import Submission
    from derive.marking.task import Task
    from derive.steps.record import Derivation

_WIDTH = 100  # of lines that are not on a terminal
_STDIN = "-"

Answers = Annotated[
    str, typer.Argument(metavar="ANSWERS", help="A text, .py or .npz file, a folder of them, or - for standard input.")
]
Hints = Annotated[
    int, typer.Option(metavar="0..3", min=0, max=3, help="Tell right or wrong, where, which mistake, the right line.")
]
Json = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the marks as JSON.")]
Md = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the marks as Markdown.")]
Gradescope = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write Gradescope's results.json; a folder is then one submission.")
]
SchemeFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Give points by a marking scheme, in TOML.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Draw other test points.")]
Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Of a folder: write tables of marks and of mistakes.")]
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Of a folder: write a report on each, into this one.")]
Dask = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Of a folder: mark on the Dask cluster of this scheduler.")
]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", min=0.1, max=86_400, help="What one submission may take.")]


def check(
    layer: Layer,
    answers: Answers,
    settings: Settings = None,
    hints: Hints = 2,
    json: Json = None,
    md: Md = None,
    gradescope: Gradescope = None,
    scheme: SchemeFile = None,
    seed: Seed = 0,
    csv: Csv = None,
    out: Out = None,
    dask: Dask = None,
    timeout: Timeout = 20.0,
) -> None:
    """Mark gradients that a person derived: which lines are right, where the others are wrong, and which mistake it is.

    A text has an equation a line, in the language of layer files or in matrix
    form; a .py file a function backward(**arrays) that gives back a dict of
    gradients; a .npz file inputs and gradients.
    """
    from derive.marking.task import task

    course = answers != _STDIN and os.path.isdir(answers) and gradescope is None
    if course:
        _refuse("one submission", {"--md": md})
    else:
        _refuse("a folder", {"--csv": csv, "--out": out, "--dask": dask})
    derivation = derive.gradients(derive.load(layer, **chosen(settings))).record
    how = task(derivation, seed, timeout, None if scheme is None else _scheme(scheme, derivation))
    if course:
        raise typer.Exit(_course(how, Path(answers), hints, dask or "", _Tables(json, csv, out)))
    raise typer.Exit(_one(how, answers, hints, _Reports(json, md, gradescope)))


def _refuse(what: str, given: dict[str, object]) -> None:
    """Raise LayerError at an option that is for something else."""
    for option, value in given.items():
        if value is not None:
            raise LayerError(f"{option} is for {what}", hint="derive check --help says which option is for what")


def _scheme(path: Path, derivation: Derivation) -> Scheme:
    from derive.language.fields import contents
    from derive.marking.scheme import read_scheme
    from derive.steps.record import gradient_name

    return read_scheme(contents(path, "marking scheme"), os.fspath(path), map(gradient_name, derivation.gradients))


# One submission


@dataclass(frozen=True)
class _Reports:
    """The files that are wanted of one submission."""

    json: Path | None
    md: Path | None
    gradescope: Path | None

    def write(self, marking: Marking, hints: int) -> None:
        from derive.marking.hints import at_tier
        from derive.marking.reports.gradescope import gradescope
        from derive.marking.reports.markdown import markdown

        if self.json is not None:
            write(self.json, marking.json(hints) + "\n")
        if self.md is not None:
            write(self.md, markdown(at_tier(marking, hints)))
        if self.gradescope is not None:
            write(self.gradescope, gradescope(marking, hints) + "\n")


def _one(how: Task, answers: str, hints: int, files: _Reports) -> int:
    """Mark one submission; the exit code.  Raises LayerError, all being written, where there is nothing to mark."""
    from derive.marking.hints import at_tier
    from derive.marking.reports.terminal import terminal
    from derive.marking.submission import PROGRAM
    from derive.marking.task import marked

    submission = _handed_in(answers, alone=files.gradescope is not None)
    marking = marked(how, submission)
    files.write(marking, hints)
    if marking.failure and (submission.failure or submission.kind != PROGRAM):
        raise LayerError(marking.failure, submission.file)
    print_out(terminal(at_tier(marking, hints)), _WIDTH)
    return 0 if marking.ok else 1


def _handed_in(answers: str, alone: bool) -> Submission:
    """The submission at a path, on standard input, or ``alone`` in a folder."""
    from derive.marking.submission import Submission, opened, submissions

    if answers == _STDIN:
        return _piped()
    path = Path(answers)
    if not (alone and os.path.isdir(path)):
        return opened(Submission(path.name, answers, path))
    found = submissions(path)
    if len(found) == 1:
        return opened(found[0])
    names = ", ".join(submission.file for submission in found) or "none"
    return Submission(path.name, answers, failure=f"one file was expected; there are {names}")


def _piped() -> Submission:
    from derive.marking.submission import Submission, checked

    name = "standard input"
    try:
        data = sys.stdin.buffer.read(2_000_000) if sys.stdin else b""  # it may be closed
        return Submission(name, name, data=checked(data))
    except LayerError as error:
        return Submission(name, name, failure=str(error))


# A folder


@dataclass(frozen=True)
class _Tables:
    """The files that are wanted of a folder of submissions."""

    json: Path | None
    csv: Path | None
    out: Path | None

    def write(self, markings: dict[str, Marking], hints: int) -> None:
        from derive.commands.course import json_of, reports
        from derive.marking.reports.summary import csv_of_marks, csv_of_mistakes

        if self.json is not None:
            write(self.json, json_of(markings, hints) + "\n")
        if self.csv is not None:
            write(self.csv, csv_of_marks(markings))
            write(self.csv.with_name(f"{self.csv.stem}-mistakes{self.csv.suffix}"), csv_of_mistakes(markings))
        if self.out is not None:
            for path, text in reports(markings, hints):
                write(self.out / path, text)


def _course(how: Task, folder: Path, hints: int, address: str, files: _Tables) -> int:
    """Mark the submissions of a folder; the exit code.  Raises LayerError where there are none."""
    from derive.commands.course import marks, table
    from derive.marking.submission import submissions

    found = submissions(folder)
    if not found:
        raise LayerError("there are no submissions in this folder", os.fspath(folder))
    markings = marks(how, found, address)
    files.write(markings, hints)
    print_out(table(markings))
    return 0 if all(marking.ok for marking in markings.values()) else 1
