"""Marks functions that compute gradients: untrusted programs, run apart, and functions of the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derive.checking.arrays import Array
from derive.language.errors import nearest
from derive.marking.check import marking
from derive.marking.ground import Ground
from derive.marking.programs.apart.program import ProgramError, arguments_of, arrays_of
from derive.marking.programs.callers import call_of
from derive.marking.programs.returned import Found, judge_returned, precision_of, resolution_of
from derive.marking.programs.rounding import Rounding
from derive.marking.programs.sandbox import Call, Limits, Ran, run
from derive.marking.record import Marking


def mark_program(ground: Ground, source: bytes | str, file: str = "", limits: Limits | None = None) -> Marking:
    """The marks of a program that defines ``backward``; it is not trusted, and runs in a process of its own."""
    calls = [call_of(ground.system, place.point) for place in ground.places]
    ran = run(source.encode() if isinstance(source, str) else source, calls, limits)
    if ran.failure:
        found = unmarked(ground, _failure(ground, ran, calls), file)
    else:
        found = mark_returned(ground, ran.values, file)
    return replace(found, remarks=(*found.remarks, *(f"the program {act}, which was refused" for act in ran.attempts)))


def mark_returned(ground: Ground, found: Sequence[Found], file: str = "", precision: float = 0.0) -> Marking:
    """The marks of arrays that were given back at the places of the ground.

    ``precision`` is that of the arithmetic they come from, where their own types do not say.
    """
    precision = max(precision, precision_of([{n: a for n, a in f.items() if n in ground.parts} for f in found]))
    rounding = Rounding(ground, precision)
    lines = judge_returned(rounding, found)
    resolution = resolution_of(rounding, [line.name for line in lines if line.name in ground.parts])
    marked = marking(ground, lines, file, resolution)
    return replace(marked, failure="there is no gradient in it") if marked.failure else marked


def unmarked(ground: Ground, failure: str, file: str = "") -> Marking:
    """The marking of an answer with nothing in it that could be marked: every gradient is unanswered."""
    return replace(marking(ground, (), file, 0.0), failure=failure, sizes=(), remarks=())


def mark_function(
    ground: Ground,
    function: Callable[..., Any],
    tensors: Callable[[Array], Any] | None = None,
    dtype: Any = None,
) -> Marking:
    """The marks of a function of the caller, called in this process; what it raises is raised.

    It gets NumPy arrays, or what ``tensors`` makes of these (``torch.from_numpy``), real ones of type ``dtype``.
    """
    found = []
    for place in ground.places:
        call = call_of(ground.system, place.point)
        try:
            placed, named = arguments_of(function, _made(call, tensors or _copied, dtype))
            found.append(arrays_of(function(*placed, **named)))
        except ProgramError as error:
            return unmarked(ground, f"{error}{_hint(error.unknown, call)}")
    return mark_returned(ground, found)


def _copied(array: Array) -> Array:
    return array.copy()


def _made(call: Call, tensors: Callable[[Array], Any], dtype: Any) -> dict[str, Any]:
    """The arguments of a call as the caller wants them: single numbers stay Python's."""
    made: dict[str, Any] = {}
    for name, value in {**call.offered, **call.given}.items():
        if isinstance(value, np.ndarray):
            real = value.dtype.kind == "f" and dtype is not None
            made[name] = tensors(np.array(value, dtype=dtype if real else value.dtype))
        else:
            made[name] = value
    return made | {name: _function(text, tensors) for name, text in call.functions.items()}


def _function(text: str, tensors: Callable[[Array], Any]) -> Callable[[Any], Any]:
    """An abstract function's stand-in."""
    function = eval(f"lambda x: {text}", {"np": np})
    return lambda x: tensors(function(np.asarray(x)))


def _failure(ground: Ground, ran: Ran, calls: Sequence[Call]) -> str:
    """Why a program could not be marked; with the sizes, where it went well at others."""
    told = f"{ran.failure}{_hint(ran.unknown, calls[0])}"
    done = len(ran.values)
    return f"{told}; that was with {ground.places[done].point}" if 0 < done < len(calls) else told


def _hint(unknown: str, call: Call) -> str:
    """Which argument may be meant by one that nobody knows."""
    known = [*call.given, *call.functions, *call.offered]
    return f"; {nearest(unknown, known) or 'there are ' + ', '.join(known)}" if unknown else ""
