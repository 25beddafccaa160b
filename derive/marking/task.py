"""Marking one submission of many, in any process or on any machine: what it takes is data, and nothing is raised."""

from __future__ import annotations

import pickle
import threading
import zlib
from dataclasses import dataclass
from functools import lru_cache

from derive.language.errors import LayerError
from derive.marking.check import layer_name, mark_text
from derive.marking.ground import Ground, ground_of
from derive.marking.limit import OutOfTime, spending, within
from derive.marking.programs.functions import mark_program
from derive.marking.programs.given_arrays import mark_arrays
from derive.marking.programs.sandbox import Limits
from derive.marking.record import Marking
from derive.marking.scheme import Scheme, with_points
from derive.marking.submission import ARRAYS, PROGRAM, Submission, lines_of, opened
from derive.steps.record import Derivation

_MEMORY = 2_000_000_000  # bytes that evaluating a text may take
_LOCK = threading.Lock()  # the values at test points are computed when they are first asked for: one thread at a time


@dataclass(frozen=True)
class Task:
    """How submissions are marked.

    layer       name of the layer, with its options; ``derivation`` that of its gradients, packed for the way
    seed        of the test points
    seconds     that one submission may take
    scheme      gives points; None where there are none
    """

    layer: str
    derivation: bytes
    seed: int = 0
    seconds: float = 20.0
    scheme: Scheme | None = None


def task(derivation: Derivation, seed: int = 0, seconds: float = 20.0, scheme: Scheme | None = None) -> Task:
    """The marking of submissions on a layer."""
    packed = zlib.compress(pickle.dumps(derivation))
    return Task(layer_name(derivation.system), packed, seed, seconds, scheme)


def marked(task: Task, submission: Submission) -> Marking:
    """The marks of a submission; whatever is wrong with it is their failure."""
    submission = opened(submission)
    if submission.failure:
        return failed(task, submission, submission.failure)
    try:
        with _LOCK:
            ground = _ground(task.derivation, task.seed)
            with within(_patience(task, submission)):
                marking = _marked(ground, submission, task.seconds)
    except LayerError as error:
        return failed(task, submission, str(error))
    except tuple(_REASONS) as error:
        return failed(task, submission, next(said for kind, said in _REASONS.items() if isinstance(error, kind)))
    except Exception as error:  # a fault of this program; the other submissions are not to suffer from it
        return failed(task, submission, f"the marking went wrong, which is a fault of Derive: {error!r}")
    return marking if task.scheme is None else with_points(marking, task.scheme)


_REASONS: dict[type[BaseException], str] = {
    OutOfTime: "it takes too long to evaluate",
    MemoryError: "it takes too much memory to evaluate",
    RecursionError: "it is too deeply nested",
}


def failed(task: Task, submission: Submission, reason: str) -> Marking:
    """The marking of a submission that could not be marked."""
    marking = Marking(task.layer, (), submission.file, failure=reason)
    return marking if task.scheme is None else with_points(marking, task.scheme)


def _marked(ground: Ground, submission: Submission, seconds: float) -> Marking:
    data, file = submission.data or b"", submission.file
    if submission.kind == PROGRAM:
        return mark_program(ground, data, file, Limits(seconds=seconds))
    with spending(_MEMORY):
        if submission.kind == ARRAYS:
            return mark_arrays(ground, data, file)
        return mark_text(ground, lines_of(data, file), file)


def _patience(task: Task, submission: Submission) -> float:
    """Seconds until marking is given up; a program has a limit of its own, which says more."""
    return task.seconds * (3 if submission.kind == PROGRAM else 1)


@lru_cache(maxsize=2)
def _ground(derivation: bytes, seed: int) -> Ground:
    return ground_of(pickle.loads(zlib.decompress(derivation)), seed)
