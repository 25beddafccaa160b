"""Where tensors, gradients and the person's own names are defined, and what a line reads beyond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from derive.language.coverage import Box, box_of, boxes
from derive.language.errors import LayerError
from derive.language.expr import Compare, Elem, Expr, Index
from derive.language.integers import Integer, expand
from derive.language.memo import once_per_system
from derive.language.parser import elements_in
from derive.language.ranges import Facts, facts_of, nonnegative
from derive.language.schedule import Loop, schedule
from derive.language.scope import Scope
from derive.language.system import Equation, System, Tensor
from derive.language.text import integer_text
from derive.marking.written.outside import failing, guarded, holding, open_sides, reads_outside, with_complements
from derive.marking.written.spelling import Spelled
from derive.steps.record import gradient_name


@dataclass(frozen=True)
class Found:
    """A right side with its guards; what it reads outside a range, if it does; and what was taken to be zero."""

    right: Expr
    error: LayerError | None = None
    unguarded: Expr | None = None
    remark: str = ""


@dataclass(frozen=True)
class Boundaries:
    """The ranges of everything that a line may read.

    layer      the forward equations, ``backward`` these and the gradients
    own        the equations of the person's own tensors, by name
    vanishing  the person's tensors that are zero where gradients are
    """

    layer: System
    backward: System
    own: Mapping[str, Sequence[Equation]]
    vanishing: frozenset[str]

    def boxes(self, name: str) -> tuple[Box, ...]:
        """Where a tensor is defined; a gradient is where its tensor is."""
        if name in self.own:
            return tuple(dict.fromkeys(map(box_of, self.own[name])))
        of = self._tensor_of(name)
        return boxes(self.layer, of) if of else boxes(self.backward, name)

    def _tensor_of(self, name: str) -> str:
        """The tensor by which a gradient is taken; "" for all else."""
        tensor = self.backward.tensors.get(name)
        gradient = tensor is not None and tensor.kind in ("gradient", "upstream")
        return name[1:] if gradient and name[1:] in self.layer.tensors and gradient_name(name[1:]) == name else ""

    def is_gradient(self, name: str) -> bool:
        tensor = self.backward.tensors.get(name)
        return tensor is not None and tensor.kind in ("gradient", "upstream")

    def hull(self, name: str) -> Box:
        """The smallest box that holds all places where a tensor is defined."""
        found = self.boxes(name)
        facts = facts_of(self.backward)
        hull = list(found[0])
        for box in found[1:]:
            for k, ((low, high), (least, most)) in enumerate(zip(box, hull, strict=True)):
                least = low if nonnegative(expand(least - low), facts) else least
                most = high if nonnegative(expand(high - most), facts) else most
                hull[k] = (least, most)
        return tuple(hull)

    def checked(self, right: Expr, indices: Sequence[Index], line: Spelled, scope: Scope) -> Found:
        """A right side with what counts as zero guarded, and the first read outside a range that does not."""
        facts = facts_of(self.backward, indices)
        if next(self._outside(right, facts), None) is None:
            return Found(right)
        right = with_complements(right)
        taken: list[Elem] = []

        def past_the_end(read: Elem, known: Facts) -> tuple[Compare, ...]:
            conditions = self._ends_of_recurrence(read, known)
            taken.extend([read] if conditions else [])
            return conditions

        right = guarded(right, facts, past_the_end)
        remark = f"`{taken[0]}` past the end is taken to be 0" if taken else ""
        for read, known in self._outside(right, facts):
            at = _offset(line, read, scope)
            if (message := self._of_another_range(read, known)) is not None:
                return Found(right, line.right.error(message, at))
            conditions = open_sides(read, self.hull(read.name), known)
            where = " or ".join(map(failing, conditions))
            message = f"{read} is read outside the range of {read.name}" + (f", where {where}" if where else "")
            hint = f"if nothing is there, say so: {holding(conditions)}*{read}" if conditions else ""
            error = line.right.error(message, at, hint)
            return Found(right, error, guarded(right, facts, self._all_sides) if conditions else None)
        return Found(right, remark=remark)

    def _outside(self, right: Expr, facts: Facts) -> Iterator[tuple[Elem, Facts]]:
        for read, known in reads_outside(right, facts, self.boxes):
            if read.name not in self.layer.outside:
                yield read, known

    def _ends_of_recurrence(self, read: Elem, facts: Facts) -> tuple[Compare, ...]:
        """The conditions under which a gradient's read does not lie past the end of a recurrence."""
        if not (self.is_gradient(read.name) or read.name in self.vanishing):
            return ()
        ranges = recurrent_ranges(self.layer)
        axes = [
            k
            for k, axis in enumerate(self._axes(read.name))
            if (axis.low, axis.high) in ranges and not _is_of_another_axis(read.index[k], axis, facts)
        ]
        return open_sides(read, self.hull(read.name), facts, axes)

    def _axes(self, name: str) -> tuple[Index, ...]:
        if name in self.own:
            whole = max(self.own[name], key=lambda e: len(e.indices))
            ranges = {i.symbol: i for i in whole.indices}
            return tuple(ranges.get(p, Index("", p, p)) for p in whole.left.index)
        return self.backward.tensors[name].axes

    def _all_sides(self, read: Elem, facts: Facts) -> tuple[Compare, ...]:
        if read.name in self.layer.outside or not self.boxes(read.name):
            return ()
        return open_sides(read, self.hull(read.name), facts)

    def _of_another_range(self, read: Elem, facts: Facts) -> str | None:
        """What is wrong where an index stands at an axis that it does not run over."""
        for place, axis in zip(read.index, self._axes(read.name), strict=True):
            own = next(((low, high) for symbol, low, high in facts.ranges if symbol == place), None)
            if own is not None and open_sides(Elem(read.name, (place,)), ((axis.low, axis.high),), facts):
                return (
                    f"{place} = {_range(*own)} does not fit this axis of {read.name}: "
                    f"{axis.name} = {_range(axis.low, axis.high)}"
                )
        return None

    def left_error(self, left: Elem, tensor: Tensor) -> str:
        """What is wrong with a fixed place on the left of a gradient; "" if nothing is."""
        facts = facts_of(self.backward)
        ranges = recurrent_ranges(self.layer)
        for place, axis, (low, high) in zip(left.index, tensor.axes, self.hull(tensor.name), strict=True):
            past = nonnegative(expand(low - place - 1), facts) or nonnegative(expand(place - high - 1), facts)
            if past and (axis.low, axis.high) not in ranges:
                return f"{tensor.name} has no place {integer_text(place)} here: {axis.name} = {_range(low, high)}"
        return ""


@once_per_system
def recurrent_ranges(system: System) -> frozenset[tuple[Integer, Integer]]:
    """The ranges of the indices over which something recurs."""
    loops = (block for block in schedule(system) if isinstance(block, Loop))
    return frozenset((index.low, index.high) for loop in loops for index, _ in loop.over)


def _is_of_another_axis(place: Integer, axis: Index, facts: Facts) -> bool:
    """Whether a place is an index that does not take all values of an axis."""
    own = next(((low, high) for symbol, low, high in facts.ranges if symbol == place), None)
    if own is None:
        return False
    return not (nonnegative(expand(axis.low - own[0]), facts) and nonnegative(expand(own[1] - axis.high), facts))


def _range(low: Integer, high: Integer) -> str:
    return f"{integer_text(low)}..{integer_text(high)}"


def _offset(line: Spelled, read: Elem, scope: Scope) -> int:
    """Where an element stands on the right side, as nearly as can be said."""
    written: list[tuple[str, tuple[Integer, ...], int]] = []
    with suppress(LayerError):
        written += [e for e in elements_in(line.right, scope) if e[0] == read.name]
    exact = [at for _, places, at in written if places == read.index[: len(places)] and places]
    return exact[0] if exact else written[0][2] if written else max(line.right.text.find(read.name), 0)
