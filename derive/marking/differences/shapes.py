"""A value of another shape than the right one: the two shapes in the layer's sizes, and what the value is even so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np

from derive.checking.sizes import size_value
from derive.language.integers import Integer, size_symbol
from derive.language.system import System, Tensor
from derive.language.text import integer_text
from derive.marking.differences.reading import Reading

_MOST_AXES = 6  # of a value whose axes are put in every order


@dataclass(frozen=True)
class Fitted:
    """A value brought to the right shape.

    how         what it took, said of a value that is right then: "summed over its axis of N it is right"
    transposed  the axes were put in another order
    plain       it took no more than another order of axes, or axes of one entry more or less
    """

    readings: tuple[Reading, ...]
    how: str = ""
    transposed: bool = False
    plain: bool = True


def transposed(readings: Sequence[Reading]) -> Iterator[tuple[Reading, ...]]:
    """The readings with the axes of yours in every other order that gives the right shape at all points."""
    rank = readings[0].right.ndim
    if any(r.yours.ndim != rank or r.right.ndim != rank for r in readings) or rank > _MOST_AXES:
        return
    for order in permutations(range(rank)):
        if order != tuple(range(rank)) and all(_permuted(r.yours.shape, order) == r.right.shape for r in readings):
            yield tuple(replace(r, yours=r.yours.transpose(order)) for r in readings)


def sentence(name: str, tensor: Tensor, system: System, readings: Sequence[Reading]) -> str:
    """``dW has shape (I, O); W has (O, I)``."""
    yours = _named([r.yours.shape for r in readings], tensor, system, readings)
    right = _named([r.right.shape for r in readings], tensor, system, readings)
    if not readings[0].right.ndim:
        return f"{name} has shape {yours}; {tensor.name} is a single number"
    if not readings[0].yours.ndim:
        return f"{name} is a single number; {tensor.name} has shape {right}"
    return f"{name} has shape {yours}; {tensor.name} has {right}"


def fitted(tensor: Tensor, system: System, readings: Sequence[Reading]) -> Iterator[Fitted]:
    """Ways to bring a value of another shape to the right one."""
    for swapped in transposed(readings):
        yield Fitted(swapped, transposed=True)
    if all(r.yours.size == r.right.size for r in readings):
        plain = all(_plain(r.yours.shape) == _plain(r.right.shape) for r in readings)
        flat = tuple(replace(r, yours=r.yours.reshape(r.right.shape)) for r in readings)
        yield Fitted(flat, "its entries are right", plain=plain)
    yield from _summed(tensor, system, readings)
    if all(_spreads(r.yours.shape, r.right.shape) for r in readings):
        wide = tuple(replace(r, yours=np.broadcast_to(r.yours, r.right.shape)) for r in readings)
        yield Fitted(wide, "spread over the missing axes it is right", plain=False)


def _summed(tensor: Tensor, system: System, readings: Sequence[Reading]) -> Iterator[Fitted]:
    """A value with axes too many, summed over these."""
    rank, extra = readings[0].yours.ndim, readings[0].yours.ndim - readings[0].right.ndim
    if extra < 1 or rank > _MOST_AXES or any(r.yours.ndim != rank for r in readings):
        return
    for over in combinations(range(rank), extra):
        sums = [r.yours.sum(axis=over) for r in readings]
        if all(s.shape == r.right.shape for s, r in zip(sums, readings, strict=True)):
            names = _names([tuple(r.yours.shape[k] for k in over) for r in readings], tensor, system, readings)
            how = f"summed over its {'axis' if extra == 1 else 'axes'} of {' and '.join(names)} it is right"
            yield Fitted(tuple(replace(r, yours=s) for r, s in zip(readings, sums, strict=True)), how, plain=False)


def _plain(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _permuted(shape: Sequence[int], order: Sequence[int]) -> tuple[int, ...]:
    return tuple(shape[k] for k in order)


def _spreads(shape: tuple[int, ...], onto: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, onto) == onto
    except ValueError:
        return False


def _named(shapes: Sequence[tuple[int, ...]], tensor: Tensor, system: System, readings: Sequence[Reading]) -> str:
    """Shapes at several points as one, in the layer's sizes."""
    names = _names(shapes, tensor, system, readings)
    return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"


def _names(shapes: Sequence[tuple[int, ...]], tensor: Tensor, system: System, readings: Sequence[Reading]) -> list[str]:
    """What each extent is at all points; its number at the first point where it is nothing that the layer knows."""
    if len({len(shape) for shape in shapes}) > 1:
        return [str(n) for n in shapes[0]]
    known = [(text, [size_value(value, r.sizes) for r in readings]) for text, value in _extents(tensor, system)]
    return [
        "1" if set(found) == {1} else next((text for text, values in known if values == list(found)), str(found[0]))
        for found in zip(*shapes, strict=True)
    ]


def _extents(tensor: Tensor, system: System) -> Iterator[tuple[str, Integer]]:
    """What an extent may be, the likeliest first: of the tensor itself, a size, of an index, or two axes in one."""
    own = [axis.extent for axis in tensor.axes]
    sizes = [size_symbol(name) for name in (*system.sizes, *system.derived)]
    others = [index.extent for index in system.indices.values()]
    merged = [one * other for one, other in combinations(dict.fromkeys([*own, *sizes]), 2)]
    for value in dict.fromkeys([*own, *sizes, *others, *merged]):
        yield integer_text(value), value
