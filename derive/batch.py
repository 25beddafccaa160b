"""Work on many layers: what is done with each, as functions that other processes can carry out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derive import api
from derive.language.system import System
from derive.rendering.compose_cheatsheet import cheatsheet, part
from derive.rendering.document import Block
from derive.rendering.naming import file
from derive.rendering.render import produced

if TYPE_CHECKING:
    from derive.rendering.exercise_blanks import Blank


@dataclass(frozen=True)
class Job:
    """A layer to work on, by its name or path and the options chosen: what another process can load by itself."""

    source: str
    options: Mapping[str, str] = field(default_factory=dict)

    def system(self) -> System:
        return api.load(self.source, **self.options)


@dataclass(frozen=True)
class Pages:
    """The pages of a layer by format, the pictures that they show by file, and whether every check held."""

    pages: Mapping[str, str | bytes]
    pictures: Mapping[str, bytes]
    ok: bool
    gradients: tuple[Block, ...] = ()  # for a cheat sheet of several layers, where one was asked for

    def files(self, stem: str) -> dict[str, str | bytes]:
        """The files by name, the layer's own being ``stem``."""
        return {**{file(stem, to): page for to, page in self.pages.items()}, **self.pictures}


def pages(job: Job, formats: Sequence[str]) -> Pages:
    """Derive a layer, check it and print it."""
    derivation = api.gradients(job.system())
    evidence, report = derivation.evidence(), derivation.verify()
    printed = {to: derivation.render(to) for to in formats if to != "cheatsheet"}
    drawn = {name: picture for to in formats for name, picture in derivation.pictures(to).items()}
    gradients = part(derivation.record, evidence, report) if "cheatsheet" in formats else ()
    return Pages(printed, drawn, evidence.ok and report.ok, gradients)


def together(pages: Sequence[Pages], formats: Sequence[str]) -> dict[str, str | bytes]:
    """The files that are of all layers together: the cheat sheet."""
    if "cheatsheet" not in formats:
        return {}
    return {"cheatsheet.pdf": produced(cheatsheet(p.gradients for p in pages), "cheatsheet")}


@dataclass(frozen=True)
class Handout:
    """An exercise and its solution by format, the pictures of both by file, and a blank answer file."""

    exercise: Mapping[str, str | bytes]
    solution: Mapping[str, str | bytes]
    pictures: Mapping[str, bytes]
    answer: str
    ok: bool

    def files(self, stem: str) -> dict[str, str | bytes]:
        """The files by name, the layer's own being ``stem``."""
        exercise: dict[str, str | bytes] = {file(f"{stem}-exercise", to): page for to, page in self.exercise.items()}
        solution = {file(f"{stem}-solution", to): page for to, page in self.solution.items()}
        return {**exercise, **solution, f"{stem}-answer.txt": self.answer, **self.pictures}


def exercises(job: Job, formats: Sequence[str], blank: Blank, seed: int) -> Handout:
    """Derive a layer, check it and print it as an exercise, with its solution."""
    derivation = api.gradients(job.system())
    exercise = derivation.exercise(blank, seed)
    printed, solved = ({to: exercise.render(to, solution=which) for to in formats} for which in (False, True))
    drawn = {n: p for to in formats for which in (False, True) for n, p in exercise.pictures(to, which).items()}
    return Handout(printed, solved, drawn, exercise.answer, derivation.evidence().ok and derivation.verify().ok)


@dataclass(frozen=True)
class Checks:
    """What the checks of a layer found: (gradient, method, sizes, error, held), and how many steps, worst, all held."""

    rows: tuple[tuple[str, str, str, float, bool], ...]
    steps: int
    worst: float
    steps_ok: bool

    @property
    def ok(self) -> bool:
        return bool(self.rows) and all(row[-1] for row in self.rows) and self.steps_ok


def checks(job: Job) -> Checks:
    """Derive a layer and check it."""
    derivation = api.gradients(job.system())
    report, evidence = derivation.verify(), derivation.evidence()
    rows = tuple((r.gradient, r.method, r.sizes, r.error, r.ok) for r in report.rows)
    return Checks(rows, len(evidence.found), evidence.worst, evidence.ok)
