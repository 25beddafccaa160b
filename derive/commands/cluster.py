"""The same work on a Dask cluster: each job is sent there whole, and is done again where a worker goes away.

What workers do depends on the job alone, and its result is taken once: that a job is done twice is not seen.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pydoc import locate
from queue import Empty, Queue
from typing import Any, TypeVar

import derive
from derive.language.errors import LayerError
from derive.processes import Lost, progress

Job = TypeVar("Job")
Result = TypeVar("Result")

_PATIENCE = 30.0  # seconds to wait for the scheduler, and for a first worker
_PROBE = 5.0  # seconds without a result after which it is asked for again, and whether there are workers at all
_TRIES = 20  # of a job whose result is lost on the way again and again
_LAST_TRIES = 2  # of a job at which several workers have gone away, alone


def settled_on(
    address: str, work: Callable[[Job], Result], jobs: Sequence[Job], names: Sequence[str]
) -> list[Result | Lost]:
    """What ``work``, a function of a module, makes of each job, in the order of the jobs, by the workers of a cluster.

    ``address`` is that of its scheduler: tcp://host:8786.  A job at which workers go away again and again is Lost.
    Raises LayerError where there is no cluster, or one whose workers cannot do the work.
    """
    with progress(len(jobs)) as done, _client(address) as client:
        _check_workers(client)
        run = _Run(client, work, jobs)
        results: dict[int, Result | Lost] = {}
        for k, result in run.all():
            results[k] = result
            done(names[k])
    return [results[k] for k in range(len(jobs))]


class _Run:
    """Jobs on their way."""

    def __init__(self, client: Any, work: Callable[[Any], Any], jobs: Sequence[Any]) -> None:
        self.client, self.work, self.jobs = client, work, jobs
        self.tries = [0] * len(jobs)

    def all(self) -> Iterator[tuple[int, Any]]:
        """Every result once, as they come; jobs whose workers went away come last, one after the other."""
        again = []
        for k, result in self.results(range(len(self.jobs))):
            if isinstance(result, Lost):
                again.append(k)
            else:
                yield k, result
        for k in again:
            yield k, self.alone(k)

    def alone(self, k: int) -> Any:
        for _ in range(_LAST_TRIES):
            ((_, result),) = self.results([k])
            if not isinstance(result, Lost):
                break
        return result

    def results(self, numbers: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """The results of some jobs as they come, Lost for each whose workers went away."""
        finished: Queue[Any] = Queue()
        under_way: dict[str, tuple[int, Any]] = {}  # a future that nothing refers to is given up by the cluster
        for k in numbers:
            future = self.submit(k, finished)
            under_way[future.key] = (k, future)
        while under_way:
            future = self.next_of(finished)
            k, _ = under_way.pop(future.key)
            try:
                yield k, _result(future)
            except _Gone:
                future = self.submit(k, finished)
                under_way[future.key] = (k, future)

    def submit(self, k: int, finished: Queue[Any]) -> Any:
        """Send a job, under a name of its own for each try."""
        if self.client.status != "running" or self.tries[k] == _TRIES:
            raise LayerError(_AWAY)
        self.tries[k] += 1
        key = f"derive-{_digest(self.work, self.jobs[k])}-{k}-{self.tries[k]}"
        future = self.client.submit(_carry_out, derive.__version__, self.work, self.jobs[k], key=key, retries=0)
        future.add_done_callback(finished.put)
        return future

    def next_of(self, finished: Queue[Any]) -> Any:
        """The next future to be finished; while none is, there have to be workers."""
        while True:
            try:
                return finished.get(timeout=_PROBE)
            except Empty:
                _wait_for_workers(self.client)


def _carry_out(version: str, work: Callable[[Job], Result], job: Job) -> Result:
    """What a worker does: the work, if it is the same program."""
    if derive.__version__ != version:
        raise _OtherVersion(derive.__version__)
    return work(job)


class _OtherVersion(Exception):
    """A worker has another version of the program."""


def _digest(work: Callable[..., Any], job: object) -> str:
    return hashlib.sha256(pickle.dumps((derive.__version__, work, job))).hexdigest()[:32]


class _Gone(Exception):
    """The result went away with the worker that had it."""


def _result(future: Any) -> Any:
    """What a finished future holds, Lost where workers went away at it.

    Raises _Gone where the result itself is lost, and LayerError where workers could not do the work.
    """
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        return future.result(timeout=_PROBE)
    except KilledWorker:
        return Lost()
    except (CancelledError, TimeoutError, CommClosedError):
        raise _Gone from None
    except Exception as error:
        raise LayerError(f"a worker of the cluster failed: {error!r}", hint=_SAME) from None


_AWAY = "the cluster went away before the work was done"
_SAME = f"each worker needs derive-gradients {derive.__version__}"


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise LayerError("this needs Dask", hint="install it: pip install 'derive-gradients[dask]'") from None
    for handler in logging.getLogger("distributed").handlers:  # what goes wrong is told here, as an error
        handler.setLevel(logging.CRITICAL)
    connect: Any = Client  # its arguments have no types
    try:
        client = connect(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        hint = "give the address of a Dask scheduler: tcp://host:8786"
        raise LayerError(f"there is no cluster at {address}: {str(error) or 'no answer'}", hint=hint) from None
    with client:
        yield client


def _wait_for_workers(client: Any) -> None:
    if client.status != "running":
        raise LayerError(_AWAY)
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except OSError:
        raise LayerError("the cluster has no workers", hint="start some: dask worker ADDRESS --nthreads 1") from None


def _check_workers(client: Any) -> None:
    """Raise LayerError unless there are workers, and each has this version of this program."""
    _wait_for_workers(client)
    found = client.run(locate, "derive.__version__", on_error="return")  # a function that every Python has
    check_versions(found)


def check_versions(found: Mapping[str, object]) -> None:
    """Raise LayerError unless the version of each worker, by its address, is that of this program."""
    for worker, version in found.items():
        if version is None or isinstance(version, BaseException):
            raise LayerError(f"the worker {worker} has no Derive", hint=_SAME)
        if version != derive.__version__:
            raise LayerError(f"the worker {worker} has Derive {version}, this is {derive.__version__}", hint=_SAME)
