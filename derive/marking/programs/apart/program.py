"""Runs a program's function on arrays, and says what came of it in plain words."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derive.marking.programs.apart.watch import Refused
from derive.marking.programs.apart.wire import LONGEST

Array = Any  # a NumPy array of any type

FILE = "<answer>"  # what the program is called in its tracebacks
FUNCTION = "backward"
_SHOWN = 200  # characters of a program's own words
_NAMES = 1000


class ProgramError(Exception):
    """The program cannot be called, failed, or gave back something else than arrays; the message says which.

    ``unknown`` is the name of an argument that it asks for and nobody knows.
    """

    def __init__(self, told: str, unknown: str = "") -> None:
        super().__init__(told)
        self.unknown = unknown


def loaded(source: bytes) -> Callable[..., Any]:
    """The function that a program defines."""
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    try:
        exec(compile(source, FILE, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        raise ProgramError(failed(error)) from None
    function = vars(module).get(FUNCTION)
    if not callable(function):
        others = [n for n, v in vars(module).items() if isinstance(v, types.FunctionType) and v.__module__ == "answer"]
        there = f"; it defines {_short(', '.join(others))}" if others else ""
        raise ProgramError(f"defines no function {FUNCTION}{there}")
    return function  # type: ignore[no-any-return]


def called(function: Callable[..., Any], given: Mapping[str, Any], offered: Mapping[str, Any]) -> dict[str, Array]:
    """The arrays that the function gives back; it gets of what is given and offered what it asks for by name."""
    placed, named = arguments_of(function, {**offered, **given})
    try:
        with np.errstate(all="ignore"):
            found = function(*placed, **named)
    except BaseException as error:
        raise ProgramError(failed(error)) from None
    return arrays_of(found)


def arguments_of(function: Callable[..., Any], known: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What to call a function with, by place and by name: all that is known where it takes any argument."""
    try:
        asked = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [], dict(known)
    placed: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in asked:
        if parameter.kind is parameter.VAR_KEYWORD:
            named = {**known, **named}
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            value = known.get(parameter.name, parameter.default)
            if value is parameter.empty:
                name = _short(parameter.name)
                raise ProgramError(f"asks for {name}, which the layer does not have", unknown=name)
            if parameter.kind is parameter.POSITIONAL_ONLY:
                placed.append(value)
            elif parameter.name in known:
                named[parameter.name] = value
    return placed, named


def arrays_of(found: object) -> dict[str, Array]:
    """What a function gave back as arrays by name; raises ProgramError where it is something else."""
    if not isinstance(found, Mapping):
        raise ProgramError(f'gave back {_kind(found)} and no dictionary such as {{"dx": …}}')
    if len(found) > _NAMES:
        raise ProgramError(f"gave back more than {_NAMES} arrays")
    arrays = {}
    for name, value in found.items():
        if not isinstance(name, str):
            raise ProgramError(f"gave back a dictionary with a key that is {_kind(name)} and no name")
        if len(name) > LONGEST:
            raise ProgramError(f"gave back a name of more than {LONGEST} characters")
        try:
            arrays[str(name)] = real_array(value)
        except BaseException as error:
            raise ProgramError(f"gave back {_short(name)} as {_kind(value)} and no array of numbers") from error
    return arrays


def real_array(value: Any) -> Array:
    """A value as an array of real numbers; a tensor is taken out of its graph first.  Raises where it is none."""
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    if array.dtype.kind not in "biuf":
        raise TypeError(array.dtype)
    return array.astype(np.float64) if array.dtype.itemsize > 8 else array


def _kind(value: object) -> str:
    """What a value is, in words: ``a list``, ``nothing``, ``an array of type object``."""
    if value is None:
        return "nothing"
    if type(value) is np.ndarray:
        return f"an array of type {_short(str(value.dtype))}"
    name = _short(type(value).__name__)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def failed(error: BaseException) -> str:
    """What an exception of the program says, and at which of its lines."""
    where = _line(error)
    if isinstance(error, SyntaxError) and error.filename in (FILE, None) and not where:
        return f"is not Python: {_short(error.msg)}{f' at line {error.lineno}' if error.lineno else ''}"
    if isinstance(error, SystemExit):
        return f"ended the program{where}"
    if isinstance(error, Refused):
        return f"{_short(str(error))}{where}, which is not allowed"
    if isinstance(error, ModuleNotFoundError):
        return f"imports {_short(str(error.name))}{where}; only Python's own library and NumPy are there"
    if isinstance(error, MemoryError):
        return f"used too much memory{where}"
    name = _short(type(error).__name__)
    try:
        told = _short(str(error))
    except BaseException:
        told = ""
    return f"raised {name}{where}{': ' if told else ''}{told}"


def _line(error: BaseException) -> str:
    """The last line of the program itself that an exception came through."""
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f" at line {line}" if line else ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
