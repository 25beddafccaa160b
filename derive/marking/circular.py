"""Finds lines that are computed from themselves: ``dW = dW`` holds for the truth, and says nothing.

Lines determine what they define if the truth comes out of them whatever their gradients are taken to be at first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from derive.checking.places import Stored
from derive.checking.reference import Interpreter
from derive.language.traverse import names_read
from derive.marking.values import close, offsets
from derive.marking.written.answer import AnswerLine

_AT_FIRST = 1e6  # what unknown values are taken to be at first, times something random
_FOUND = 1e-3  # relative difference from the truth below which it came out: a recurrence may magnify rounding


def circular_lines(reader: Interpreter, lines: Sequence[AnswerLine]) -> frozenset[AnswerLine]:
    """The lines that close a circle: the last of each that says a gradient, or the last where none does.

    ``lines`` hold for the truth, which the reader knows, with the value of every name that they define or read.
    """
    closing: set[AnswerLine] = set()
    for group in _groups(lines):
        kept = list(group)
        while kept and not _settle(reader, kept):
            gradients = [line for line in kept if reader.system.tensors[line.name].kind == "gradient"]
            last = (gradients or kept)[-1]
            closing.add(last)
            kept.remove(last)
    return frozenset(closing)


def _groups(lines: Sequence[AnswerLine]) -> list[list[AnswerLine]]:
    """The lines whose names need each other, in the order of the answer."""
    reads = {line.name: frozenset[str]() for line in lines}
    for line in lines:
        assert line.right is not None
        reads[line.name] |= names_read(line.right) & reads.keys()
    reach = {name: _reached(name, reads) for name in reads}
    groups = {frozenset(n for n in reach[name] if name in reach[n]) for name in reads if name in reach[name]}
    return [[line for line in lines if line.name in group] for group in groups]


def _reached(name: str, reads: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The names that a name needs, directly or not."""
    found: set[str] = set()
    todo = [name]
    while todo:
        for other in reads[todo.pop()]:
            if other not in found:
                found.add(other)
                todo.append(other)
    return frozenset(found)


def _settle(true: Interpreter, lines: Sequence[AnswerLine]) -> bool:
    """Whether the truth comes out of the lines, from anything at first."""
    names = {line.name for line in lines}
    tensors = {**true.tensors, **{n: Stored(true.tensors[n].array.copy(), true.tensors[n].lows) for n in names}}
    rng = np.random.default_rng(0)
    where = [offsets(true, line.left, line.indices, tensors[line.name]) if line.left else None for line in lines]
    for line, at in zip(lines, where, strict=True):
        if at is not None:
            tensors[line.name].array[at] = _AT_FIRST * rng.standard_normal(tensors[line.name].array[at].shape)
    whole_first = sorted(zip(lines, where, strict=True), key=lambda found: -len(found[0].indices))
    for _ in range(_rounds(tensors, names)):
        for line, at in whole_first:
            if at is not None and line.right is not None:
                reader = Interpreter(true.sizes, tensors, true.system, true.forest, remember=False)
                tensors[line.name].array[at] = reader.over(line.right, line.indices)[..., None]
        if all(close(tensors[n].array, true.tensors[n].array, 0.0, _FOUND) for n in names):
            return True
    return False


def _rounds(tensors: Mapping[str, Stored], names: Iterable[str]) -> int:
    """How often lines have to be gone through until what is known at one end of a recurrence is so at the other.

    It may recur in several indices, and in one after the other.
    """
    return sum(sum(tensors[n].array.shape) + 1 for n in names)
