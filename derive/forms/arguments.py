"""The arguments of a call: arrays, sizes and functions, checked against the layer before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

import numpy as np

from derive.forms.numpy_sizes import arguments, sizes_of
from derive.language.errors import nearest
from derive.language.integers import Integer, evaluate, symbols_of
from derive.language.system import Constraint, System, Tensor
from derive.language.text import integer_text
from derive.language.token_ranges import token_ranges
from derive.steps.record import gradient_name, upstream_name

Array = Any  # a NumPy array of any type
Count = Callable[[Mapping[str, int]], int]  # a number that the sizes by name tell


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


class Signature:
    """What a function of a backward system takes; made once, so that a call is checked in little time."""

    def __init__(self, system: System, functions: Sequence[str]) -> None:
        self._system = system
        self._tensors = {caller_name(system, t.name): t for t in arguments(system)}
        self._shown = {t.name: shown for shown, t in self._tensors.items()}
        self._keywords = {f.replace("'", "_prime"): f for f in functions}
        found = sizes_of(system)
        self._named = found.named
        self._from_shapes = [(f, _function(f.rest)) for f in found.from_shapes]
        self._derived = [(name, definition, _function(definition)) for name, definition in system.derived.items()]
        self._extents = {t.name: [_function(a.extent) for a in t.axes] for t in self._tensors.values()}
        self._ranges = [(name, _function(low), _function(high)) for name, low, high in token_ranges(system)]

    def checked(self, given: Mapping[str, Any]) -> Arguments:
        """The arguments of a call; raises CallError where they do not fit; ``check_finite`` looks at the numbers."""
        given = {name.replace("'", "_prime"): value for name, value in given.items()}
        _check_names(given, (*self._tensors, *self._named, *self._keywords))
        arrays = {t.name: _array(t, shown, given[shown]) for shown, t in self._tensors.items()}
        arrays = self._of_one_type(arrays, given)
        for name, array in arrays.items():
            _check_rank(self._shown[name], self._system.tensors[name], array)
        sizes = self._sizes(arrays, {n: _whole(n, given[n]) for n in self._named})
        for name, array in arrays.items():
            self._check_shape(name, array, sizes)
        for name, array in arrays.items():
            self._check_values(name, array, sizes)
        callables = {f: _callable(keyword, given[keyword]) for keyword, f in self._keywords.items()}
        return Arguments(arrays, sizes, callables)

    def _of_one_type(self, arrays: dict[str, Array], given: Mapping[str, Any]) -> dict[str, Array]:
        """The arrays of numbers in the widest type of those given; a Python number has no type of its own."""
        real = {n: a for n, a in arrays.items() if not self._system.tensors[n].integer}
        typed = [a.dtype for n, a in real.items() if not isinstance(given[self._shown[n]], int | float)]
        if not typed:
            return arrays
        widest = np.result_type(*typed)
        return arrays | {n: a.astype(widest, copy=False) for n, a in real.items()}

    def _sizes(self, arrays: Mapping[str, Array], named: dict[str, int]) -> dict[str, int]:
        """Every size: those named, those that shapes tell, those defined from others."""
        sizes = dict(named)
        for found, rest_of in self._from_shapes:
            shape = arrays[found.tensor].shape
            rest = shape[found.axis] - rest_of(sizes)
            if rest % found.coefficient:
                expected = _expected(self._system.tensors[found.tensor])
                shown = self._shown[found.tensor]
                raise CallError(f"{shown} has shape {shape}, expected {expected}: no {found.name} fits")
            sizes[found.name] = rest // found.coefficient
        for name in self._system.sizes:
            _check_least(self._system, name, sizes[name], None)
        for name, definition, value_of in self._derived:
            sizes[name] = value_of(sizes)
            _check_least(self._system, name, sizes[name], definition)
        for constraint in self._system.constraints:
            _check_constraint(constraint, sizes)
        return sizes

    def _check_shape(self, name: str, array: Array, sizes: Mapping[str, int]) -> None:
        expected = tuple(extent(sizes) for extent in self._extents[name])
        if array.shape != expected:
            tensor = self._system.tensors[name]
            axis = next(k for k, n in enumerate(expected) if array.shape[k] != n)
            told = f"{_expected(tensor)} = {expected}{self._told(tensor, axis)}"
            raise CallError(f"{self._shown[name]} has shape {array.shape}, expected {told}")

    def _told(self, tensor: Tensor, axis: int) -> str:
        """Where the size of an axis was read off: ``; I is read off x``."""
        names = {s.name for s in symbols_of(tensor.axes[axis].extent)}
        found = [f for f, _ in self._from_shapes if f.name in names and f.tensor != tensor.name]
        return "".join(f"; {f.name} is read off {self._shown[f.tensor]}" for f in found)

    def check_finite(self, arrays: Mapping[str, Array]) -> None:
        """No NaN and no infinity in arrays by the names of tensors; raises CallError at the first."""
        real = {name: array for name, array in arrays.items() if not self._system.tensors[name].integer}
        for name in unsure(real):
            _check_finite(self._shown[name], real[name])

    def _check_values(self, name: str, array: Array, sizes: Mapping[str, int]) -> None:
        """No integer that points outside the axis it indexes."""
        shown = self._shown[name]
        for tensor, low, high in self._ranges:
            if tensor == name:
                _check_range(shown, array, low(sizes), high(sizes))


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


def elements(tensor: Tensor) -> Count:
    """How many elements a tensor has."""
    extents = [_function(a.extent) for a in tensor.axes]
    return lambda sizes: prod(extent(sizes) for extent in extents)


def _function(expression: Integer) -> Count:
    """An integer expression as a function of the sizes by name."""
    if expression.is_Symbol:
        name = expression.name
        return lambda sizes: sizes[name]
    symbols = tuple(symbols_of(expression))
    return lambda sizes: int(evaluate(expression, {s: sizes[s.name] for s in symbols}, {}))


def _check_least(system: System, name: str, value: int, definition: Integer | None) -> None:
    least = system.lower.get(name, 0)
    if value < least:
        defined = "" if definition is None else f" = {integer_text(definition)}"
        raise CallError(f"{name}{defined} is {value}, expected {least} at least")


def _check_constraint(constraint: Constraint, sizes: Mapping[str, int]) -> None:
    if not constraint.holds(sizes):
        told = " and ".join(f"{name} is {sizes[name]}" for name in sorted(constraint.sizes))
        raise CallError(f"{told}, expected {constraint}")


def unsure(arrays: Mapping[str, Array]) -> list[str]:
    """The names of arrays whose sum is not finite; it is wherever an element is not, and quicker to find than that."""
    with np.errstate(over="ignore", invalid="ignore"):
        return [name for name, array in arrays.items() if not isfinite(np.add.reduce(array, axis=None))]


def _check_finite(shown: str, array: Array) -> None:
    if not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise CallError(f"{_place(shown, place)} is {array[place]}, expected a finite number")


def _check_range(shown: str, array: Array, least: int, most: int) -> None:
    wrong = (array < least) | (array > most)
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise CallError(f"{_place(shown, place)} is {array[place]}, expected {least} to {most}")


def _place(shown: str, place: tuple[int, ...]) -> str:
    return f"{shown}[{', '.join(map(str, place))}]" if place else shown
