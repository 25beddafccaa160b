"""The arguments of a call: arrays, sizes and functions, checked against the layer before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.forms.numpy_sizes import arguments, sizes_of
from derive.forms.numpy_tokens import token_ranges
from derive.language.errors import nearest
from derive.language.integers import evaluate, size_symbol, symbols_of
from derive.language.system import System, Tensor
from derive.language.text import integer_text
from derive.steps.record import gradient_name, upstream_name

Array = Any  # a NumPy array of any type


class CallError(ValueError):
    """Arguments that do not fit the layer: which, what is wrong with it, and what would be right."""


@dataclass(frozen=True)
class Arguments:
    """Checked arguments: arrays by the name of the tensor, every size by name, functions by name."""

    arrays: Mapping[str, Array]
    sizes: Mapping[str, int]
    functions: Mapping[str, Callable[..., Any]]


def caller_name(system: System, tensor: str) -> str:
    """What a caller calls a tensor: the upstream gradient of an output ``y`` is ``dy``, whatever its name inside."""
    output = next((o for o in system.outputs if tensor == upstream_name(o)), None)
    return tensor if output is None else gradient_name(output)


def checked(system: System, functions: tuple[str, ...], given: Mapping[str, Any]) -> Arguments:
    """The arguments of a call of the backward ``system``; raises CallError where they do not fit."""
    tensors = {caller_name(system, t.name): t for t in arguments(system)}
    named = sizes_of(system).named
    keywords = {f.replace("'", "_prime"): f for f in functions}
    given = {name.replace("'", "_prime"): value for name, value in given.items()}
    _check_names(given, (*tensors, *named, *keywords))
    arrays = _of_one_type({t.name: _array(t, shown, given[shown]) for shown, t in tensors.items()}, system, given)
    for name, array in arrays.items():
        _check_rank(caller_name(system, name), system.tensors[name], array)
    sizes = _sizes(system, arrays, {n: _whole(n, given[n]) for n in named})
    for name, array in arrays.items():
        _check_shape(system, name, array, sizes)
    for shown, tensor in tensors.items():
        _check_values(system, shown, tensor, arrays[tensor.name], sizes)
    callables = {f: _callable(keyword, given[keyword]) for keyword, f in keywords.items()}
    return Arguments(arrays, sizes, callables)


def _check_names(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            hint = nearest(name, known)
            raise CallError(f"unknown argument {name}; " + (hint or f"there are {', '.join(known)}"))
    missing = [n for n in known if n not in given]
    if missing:
        raise CallError(f"missing argument {', '.join(missing)}")


def _array(tensor: Tensor, shown: str, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise CallError(f"{shown} is not an array of numbers: {error}") from None
    if tensor.integer:
        if array.dtype.kind not in "iu":
            raise CallError(f"{shown} holds integers that index; its type is {array.dtype}, expected an integer type")
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise CallError(f"{shown} has type {array.dtype}, expected real numbers such as float64")
    return array


def _of_one_type(arrays: dict[str, Array], system: System, given: Mapping[str, Any]) -> dict[str, Array]:
    """The arrays of numbers in the widest type of those given; a Python number has no type of its own."""
    real = {n: a for n, a in arrays.items() if not system.tensors[n].integer}
    typed = [a.dtype for n, a in real.items() if not isinstance(given[caller_name(system, n)], int | float)]
    if not typed:
        return arrays
    widest = np.result_type(*typed)
    return arrays | {n: a.astype(widest, copy=False) for n, a in real.items()}


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise CallError(f"{name} is a size, expected a whole number, got {value!r}")
    return int(value)


def _callable(keyword: str, value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise CallError(f"{keyword} is a function of an array, got {type(value).__name__}")
    return value  # type: ignore[no-any-return]


def _expected(tensor: Tensor) -> str:
    extents = ", ".join(integer_text(a.extent.expand()) for a in tensor.axes)
    return f"({extents}{',' * (len(tensor.axes) == 1)})"


def _check_rank(shown: str, tensor: Tensor, array: Array) -> None:
    if array.ndim != len(tensor.axes):
        raise CallError(f"{shown} has shape {array.shape}, expected {len(tensor.axes)} axes {_expected(tensor)}")


def _sizes(system: System, arrays: Mapping[str, Array], named: dict[str, int]) -> dict[str, int]:
    """Every size: those named, those that shapes tell, those defined from others."""
    sizes = dict(named)
    for found in sizes_of(system).from_shapes:
        length = arrays[found.tensor].shape[found.axis]
        rest = length - _value(found.rest, sizes)
        if rest % found.coefficient:
            shown, shape = caller_name(system, found.tensor), arrays[found.tensor].shape
            expected = _expected(system.tensors[found.tensor])
            raise CallError(f"{shown} has shape {shape}, expected {expected}: no {found.name} fits")
        sizes[found.name] = rest // found.coefficient
    for name in system.sizes:
        _check_least(system, name, sizes[name], "")
    for name, definition in system.derived.items():
        sizes[name] = _value(definition, sizes)
        _check_least(system, name, sizes[name], f" = {integer_text(definition)}")
    return sizes


def _value(expression: Any, sizes: Mapping[str, int]) -> int:
    return int(evaluate(expression, {size_symbol(n): v for n, v in sizes.items()}, {}))


def _check_least(system: System, name: str, value: int, definition: str) -> None:
    least = system.lower.get(name, 0)
    if value < least:
        raise CallError(f"{name}{definition} is {value}, expected {least} at least")


def _check_shape(system: System, name: str, array: Array, sizes: Mapping[str, int]) -> None:
    tensor = system.tensors[name]
    expected = tuple(_value(a.extent, sizes) for a in tensor.axes)
    if array.shape != expected:
        axis = next(k for k, n in enumerate(expected) if array.shape[k] != n)
        told = f"{_expected(tensor)} = {expected}{_told(system, tensor, axis)}"
        raise CallError(f"{caller_name(system, name)} has shape {array.shape}, expected {told}")


def _told(system: System, tensor: Tensor, axis: int) -> str:
    """Where the size of an axis was read off: ``; I is read off x``."""
    names = {s.name for s in symbols_of(tensor.axes[axis].extent)}
    found = [f for f in sizes_of(system).from_shapes if f.name in names and f.tensor != tensor.name]
    return "".join(f"; {f.name} is read off {caller_name(system, f.tensor)}" for f in found)


def _check_values(system: System, shown: str, tensor: Tensor, array: Array, sizes: Mapping[str, int]) -> None:
    """No NaN, no infinity, and no integer that points outside the axis it indexes."""
    if not tensor.integer:
        if not np.isfinite(array).all():
            place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
            raise CallError(f"{shown}[{', '.join(map(str, place))}] is {array[place]}, expected a finite number")
        return
    for name, low, high in token_ranges(system):
        if name != tensor.name:
            continue
        least, most = _value(low, sizes), _value(high, sizes)
        wrong = (array < least) | (array > most)
        if wrong.any():
            place = tuple(int(k) for k in np.argwhere(wrong)[0])
            where = f"{shown}[{', '.join(map(str, place))}]"
            raise CallError(f"{where} is {array[place]}, expected {least} to {most}")
