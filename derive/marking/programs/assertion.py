"""The gradients of a function as an assertion of the caller's own test suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from derive.checking.arrays import Array
from derive.marking.ground import ground_of
from derive.marking.programs.functions import mark_function
from derive.marking.record import Marking
from derive.marking.reports import words
from derive.marking.reports.plain import plain
from derive.marking.reports.terminal import block, closing
from derive.steps.record import Derivation, gradient_name

_WIDTH = 100


def assert_right(
    derivation: Derivation,
    backward: Callable[..., Any],
    required: tuple[str, ...] = (),
    seed: int = 0,
    tensors: Callable[[Array], Any] | None = None,
    dtype: Any = None,
) -> None:
    """Raise AssertionError unless all gradients that a function gives back are right, and none of the required misses.

    ``required`` are tensors; where none is named, those are required that are learned, or else the inputs.  The other
    arguments are those of ``mark_function``.
    """
    __tracebackhide__ = True
    marking = mark_function(ground_of(derivation, seed), backward, tensors, dtype)
    system = derivation.system
    learned = tuple(t.name for t in system.params if t.name in derivation.wrt)
    names = required or learned or tuple(name for name in derivation.wrt if name not in system.constants)
    there = {line.name for line in marking.lines}
    missing = [gradient_name(name) for name in names if gradient_name(name) not in there]
    if missing or not marking.ok:
        raise AssertionError(_message(marking, missing))


def _message(marking: Marking, missing: list[str]) -> str:
    return plain(Group(*_told(marking, missing)), _WIDTH).rstrip()


def _told(marking: Marking, missing: list[str]) -> Iterator[RenderableType]:
    if marking.failure:
        yield Text(f"the gradients of {marking.layer} were not marked")
        yield closing(marking)
        return
    yield Text(f"gradients of {marking.layer}: {words.counted(marking)}")
    if missing:
        yield Text(f"Not given back: {', '.join(missing)}")
    for line in marking.lines:
        if line.verdict in ("wrong", "follows"):
            yield block(line, marking.hints)
    for remark in marking.remarks:
        yield Text(remark)
