"""Work in several processes: results in the order of the jobs, with a progress bar on a terminal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from types import FrameType
from typing import Generic, TypeVar

from derive.language.errors import LayerError

Job = TypeVar("Job")
Result = TypeVar("Result")
Done = Callable[[str], None]

_FEW = 3  # jobs for which it does not pay to start processes


@dataclass(frozen=True)
class Lost:
    """In place of the result of a job at which the process ended that worked on it, more than once."""


def each(
    work: Callable[[Job], Result], jobs: Sequence[Job], names: Sequence[str], sizes: Sequence[int]
) -> list[Result]:
    """What ``work``, a function of a module, makes of each job, in the order of the jobs.

    ``names`` are for the progress bar; jobs of greater size are begun first.  Errors of the work come out as they are,
    and a process that ends before its work is done is one.
    """
    processes = min(_processors(), len(jobs))
    with progress(len(jobs)) as done:
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
    done: Done,
) -> list[Result]:
    with _pool(processes) as pool:
        futures: dict[int, Future[Result]] = {}
        for k in sorted(range(len(jobs)), key=lambda k: -sizes[k]):
            futures[k] = pool.submit(_carried_out, work, jobs[k])
            futures[k].add_done_callback(partial(_told, done, names[k]))
        try:
            return [futures[k].result() for k in range(len(jobs))]
        except BrokenProcessPool:
            raise LayerError("a process ended before its work was done", hint="was there enough memory?") from None


def settled(work: Callable[[Job], Result], jobs: Sequence[Job], names: Sequence[str]) -> list[Result | Lost]:
    """The same, where a process that ends loses no more than the job it was at, and that one only if it happens again.

    The jobs that were under way when a process ended are done again, each by a process of its own.
    """
    with progress(len(jobs)) as done:
        run = _Run(work, jobs, names, done)
        processes = max(1, min(_processors(), len(jobs)))
        while run.waiting:
            for k in run.together(processes):
                run.alone(k)
    return [run.results[k] for k in range(len(jobs))]


class _Run(Generic[Job, Result]):
    """Jobs of which some are done; no more are handed out than there are processes, so that it is known which ran."""

    def __init__(self, work: Callable[[Job], Result], jobs: Sequence[Job], names: Sequence[str], done: Done) -> None:
        self.work, self.jobs, self.names, self.done = work, jobs, names, done
        self.waiting = deque(range(len(jobs)))
        self.results: dict[int, Result | Lost] = {}

    def together(self, processes: int) -> list[int]:
        """Work until all is done or a process ends; gives the jobs that were under way then."""
        under_way: dict[Future[Result], int] = {}
        with _pool(processes) as pool:
            try:
                while self.waiting or under_way:
                    while self.waiting and len(under_way) < processes:
                        future = pool.submit(_carried_out, self.work, self.jobs[self.waiting[0]])
                        under_way[future] = self.waiting.popleft()
                    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self.settle(under_way[future], future.result())
                        del under_way[future]
            except BrokenProcessPool:
                return [k for future, k in under_way.items() if not self.settled_with(future, k)]
        return []

    def settled_with(self, future: Future[Result], k: int) -> bool:
        """Take the result that came before the process ended, if there is one."""
        if not future.done() or future.cancelled() or future.exception() is not None:
            return False
        self.settle(k, future.result())
        return True

    def alone(self, k: int) -> None:
        with _pool(1) as pool:
            try:
                self.settle(k, pool.submit(_carried_out, self.work, self.jobs[k]).result())
            except BrokenProcessPool:
                self.settle(k, Lost())

    def settle(self, k: int, result: Result | Lost) -> None:
        self.results[k] = result
        self.done(self.names[k])


def _told(done: Done, name: str, _: Future[Result]) -> None:
    done(name)


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes for some work; where it is given up, by an error or an interrupt, they end at once."""
    others = active_children()
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin) as pool:
        try:
            yield pool
        except BaseException:
            for process in active_children():
                if process not in others:
                    process.terminate()
            raise


def _begin() -> None:
    """Make this process end with the first one, however that ends; an interrupt is for the first one alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end(number: int, frame: FrameType | None) -> None:
    """End in an orderly way: what the work has begun is cleared away."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit()


def _end_with_the_first() -> None:
    first = parent_process()
    assert first is not None
    first.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _carried_out(work: Callable[[Job], Result], job: Job) -> Result:
    """The work, by a process that goes on to no other job when it is told to end."""
    try:
        return work(job)
    except SystemExit:
        os._exit(1)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def progress(total: int) -> Iterator[Done]:
    """A progress bar on standard error, on a terminal only; call what it gives with each name that is done."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name: None
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("", total=total)
        yield lambda name: shown.update(task, advance=1, description=escape(name))
