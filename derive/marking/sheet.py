"""An answer on its ground: the values of its lines, and of the person's own names, computed from the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from derive.checking.places import Stored
from derive.checking.reference import Interpreter
from derive.language.traverse import names_read
from derive.marking.ground import Ground, Place
from derive.marking.values import Value, Values, declared_part, offsets, valued
from derive.marking.written.answer import Answer, AnswerLine


@dataclass(frozen=True)
class Sheet:
    """An answer on its ground."""

    ground: Ground
    answer: Answer

    @cached_property
    def lines(self) -> tuple[AnswerLine, ...]:
        """The lines that can be evaluated."""
        return tuple(line for line in self.answer.lines if line.right is not None)

    def _reads(self, line: AnswerLine) -> frozenset[str]:
        right = line.unguarded if line.right is None else line.right
        return names_read(right) if right is not None else frozenset()

    def helpers_read(self, line: AnswerLine) -> tuple[str, ...]:
        """The person's own names on which a line rests, directly or by others of them."""
        found: dict[str, None] = {}
        todo = [line]
        while todo:
            for name in sorted(self._reads(todo.pop()) & self.answer.helpers.keys()):
                if name not in found:
                    found[name] = None
                    todo += [other for other in self.lines if other.name == name]
        return tuple(found)

    def gradients_read(self, line: AnswerLine) -> frozenset[str]:
        """The gradients on which a line rests, directly or by the person's own names."""
        helpers = set(self.helpers_read(line))
        lines = [line, *(other for other in self.lines if other.name in helpers)]
        return frozenset[str]().union(*map(self._reads, lines)) & self.ground.parts.keys()

    def readers(self, standing: Mapping[str, Sequence[Stored]] | None = None) -> tuple[Interpreter, ...]:
        """A reader of true values and helpers at each place; ``standing`` has values that stand for helpers."""
        names = frozenset[str]().union(*map(self._reads, self.answer.lines))
        own = tuple(e for e in self.answer.system.equations if e.name in self.answer.helpers)
        system = replace(self.answer.system, equations=own, loss=None)
        return tuple(
            place.reader_of(system, names, {name: values[k] for name, values in (standing or {}).items()})
            for k, place in enumerate(self.ground.places)
        )

    @cached_property
    def about_gradients(self) -> tuple[AnswerLine, ...]:
        """The lines that say what a gradient of the layer is, in its own shape."""
        return tuple(line for line in self.lines if line.name in self.ground.parts and line.left is not None)

    def leaves_out_places(self, name: str) -> bool:
        """Whether a gradient is answered at fixed places only, and not at all of them: by ``dh[T] = …`` alone."""
        lines = [line for line in self.answer.lines if line.name == name]
        if any(line.left is None or line.error is not None or is_whole(line) for line in lines):
            return False
        return not all(_speak_of_all(lines, place) for place in self.ground.places)

    def is_zero(self, line: AnswerLine) -> bool:
        """Whether the right side of a line is zero at every place."""
        assert line.right is not None
        return all(not reader.over(line.right, line.indices).any() for reader in self.plain)

    @cached_property
    def plain(self) -> tuple[Interpreter, ...]:
        return self.readers()

    def values(self, line: AnswerLine, readers: Sequence[Interpreter] | None = None) -> Values:
        """The value of a line about a gradient at each place; once found it is kept, unless by other readers."""
        if readers is not None:
            return self._valued(line, readers)
        if line not in self._known:
            self._known[line] = self._valued(line, self.plain)
        return self._known[line]

    @cached_property
    def _known(self) -> dict[AnswerLine, Values]:
        return {}

    def _valued(self, line: AnswerLine, readers: Sequence[Interpreter]) -> Values:
        assert line.left is not None and line.right is not None
        found = []
        for place, reader in zip(self.ground.places, readers, strict=True):
            value = valued(reader, place, line.left, line.indices, line.right)
            if value is not None and is_whole(line):
                value = self._apart(line, value, reader, place)
            found.append(value)
        return tuple(found)

    def _apart(self, line: AnswerLine, value: Value, reader: Interpreter, place: Place) -> Value:
        """The value of a line, without the places of which another line speaks by itself: ``dh[T] = …``."""
        for other in self.lines:
            if other.name == line.name and other.left is not None and not is_whole(other):
                where = offsets(reader, other.left, other.indices, place.true(line.name))
                value = value.without(where) if where is not None else value
        return value


def _speak_of_all(lines: Sequence[AnswerLine], place: Place) -> bool:
    """Whether lines about one gradient speak, together, of every element in its declared range."""
    name = lines[0].name
    stored = place.true(name)
    spoken = np.zeros(stored.array.shape[:-1], dtype=bool)
    for line in lines:
        where = offsets(place.reader, line.left, line.indices, stored) if line.left is not None else None
        if where is not None:
            spoken[where] = True
    return bool(spoken[declared_part(place, name, stored)].all())


def is_whole(line: AnswerLine) -> bool:
    """Whether a line speaks of its gradient at all places."""
    return line.left is not None and len(line.indices) == len(line.left.index)
