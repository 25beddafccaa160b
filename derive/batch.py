"""Work on many layers: on all processors, the results in the order of the layers, with a progress bar on a terminal."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from derive import api
from derive.language.errors import LayerError
from derive.language.system import System

Result = TypeVar("Result")

_FEW = 3  # layers for which it does not pay to start processes


@dataclass(frozen=True)
class Job:
    """A layer to work on, by its name or path and the options chosen: what another process can load by itself."""

    source: str
    options: Mapping[str, str] = field(default_factory=dict)

    def system(self) -> System:
        return api.load(self.source, **self.options)


def each(
    work: Callable[[Job], Result], jobs: Sequence[Job], names: Sequence[str], sizes: Sequence[int]
) -> list[Result]:
    """What ``work``, a function of a module, makes of each job, in the order of the jobs.

    ``names`` are for the progress bar; jobs of greater size are begun first.  Errors of the work come out as they are.
    """
    processes = min(_processors(), len(jobs))
    with _progress(len(jobs)) as done:
        if processes < 2 or len(jobs) < _FEW:
            results = []
            for job, name in zip(jobs, names, strict=True):
                results.append(work(job))
                done(name)
            return results
        return _in_processes(work, jobs, names, sizes, processes, done)


def _in_processes(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    names: Sequence[str],
    sizes: Sequence[int],
    processes: int,
    done: Callable[[str], None],
) -> list[Result]:
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin) as pool:
        futures: dict[int, Future[Result]] = {}
        for k in sorted(range(len(jobs)), key=lambda k: -sizes[k]):
            futures[k] = pool.submit(work, jobs[k])
            futures[k].add_done_callback(partial(_told, done, names[k]))
        try:
            return [futures[k].result() for k in range(len(jobs))]
        except BrokenProcessPool:
            raise LayerError("a process ended before its work was done", hint="was there enough memory?") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _told(done: Callable[[str], None], name: str, _: Future[Result]) -> None:
    done(name)


def _begin() -> None:
    """An interrupt is for the process that was started by hand; the others end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error, on a terminal only; call what it gives with each name that is done."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda name: progress.update(task, advance=1, description=name)


# What is done with a layer


@dataclass(frozen=True)
class Pages:
    """The pages of a layer by format, the pictures that they show by file, and whether every check held."""

    pages: Mapping[str, str]
    pictures: Mapping[str, bytes]
    ok: bool


def pages(job: Job, formats: Sequence[str]) -> Pages:
    """Derive a layer, check it and print it."""
    derivation = api.gradients(job.system())
    printed = {to: derivation.render(to) for to in formats}
    drawn = {name: picture for to in formats for name, picture in derivation.pictures(to).items()}
    return Pages(printed, drawn, derivation.evidence().ok and derivation.verify().ok)


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
