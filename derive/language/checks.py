"""Whether a system is well formed: no place defined twice, none read that is not defined, nothing circular."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.binding import (
    replaced,
)
from derive.language.build import Built
from derive.language.coverage import Box, box_of, boxes, pinned, uncovered
from derive.language.equations import Line
from derive.language.errors import LayerError
from derive.language.expr import (
    Along,
    Elem,
    Expr,
    add,
    sum_,
)
from derive.language.integers import Integer, expand
from derive.language.parser import elements_in
from derive.language.ranges import Facts, facts_of, nonnegative
from derive.language.schedule import CircularError, reads, reads_in, schedule
from derive.language.scope import Scope
from derive.language.system import Equation, System
from derive.language.text import integer_text, text
from derive.language.traverse import (
    transform,
)


def check(built: Built) -> None:
    """Raise LayerError at the first thing that is wrong."""
    system = built.system
    pairs = list(zip(system.all_equations, built.lines, strict=True))
    for index in system.indices.values():
        if (extent := expand(index.extent)).is_Integer and extent < 1:
            low, high = integer_text(index.low), integer_text(index.high)
            raise built.names[index.name].error(f"index {index.name} takes no value: {low}..{high}")
    for number, (equation, line) in enumerate(pairs):
        _check_axes(system, equation, line)
        for other, before in pairs[:number]:
            if other.name == equation.name and not _apart(system, box_of(other), box_of(equation)):
                raise _twice(equation, line, before)
    for equation, line in pairs:
        _check_reads(system, equation, line, built.scope)
        _check_places(equation, line, facts_of(system, equation.indices))
    try:
        schedule(system)
    except CircularError as error:
        line = next(line for equation, line in pairs if equation is error.equation)
        raise _circular(error, line) from None


def _check_axes(system: System, equation: Equation, line: Line) -> None:
    """An index on the left runs over the whole of its axis."""
    indices = {i.symbol: i for i in equation.indices}
    for place, axis in zip(equation.left.index, system.tensors[equation.name].axes, strict=True):
        index = indices.get(place)
        if index and (index.low, index.high) != (axis.low, axis.high):
            raise line.left.error(
                f"{index.name} runs over {_range(index.low, index.high)}, "
                f"but this axis of {equation.name} has {axis.name} = {_range(axis.low, axis.high)}"
            )


def _apart(system: System, one: Box, other: Box) -> bool:
    """Whether two boxes are proved to have no place in common."""
    facts = facts_of(system)
    return any(
        nonnegative(low_1 - high_2 - 1, facts) or nonnegative(low_2 - high_1 - 1, facts)
        for (low_1, high_1), (low_2, high_2) in zip(one, other, strict=True)
    )


def _twice(equation: Equation, line: Line, before: Line) -> LayerError:
    first = before.text.places[0][0]
    where = f"already on line {first}" if first != line.text.places[0][0] else "already before"
    if equation.is_base or len(before.indices) < len(before.places):
        hint = "a base case lies outside the declared range: with t=1..T it is h[0] or h[T+1], h[1] needs t=2..T"
        return line.left.error(f"{text(equation.left)} may be defined {where} too", 0, hint)
    return line.left.error(f"{equation.name} is defined {where}")


def _check_reads(system: System, equation: Equation, line: Line, scope: Scope) -> None:
    for read, facts in reads(system, equation):
        if read.name in system.outside:
            continue
        defined = boxes(system, read.name)
        failing = uncovered(read, defined, facts)
        if failing is not None:
            message, hint = _undefined(system, read, facts, failing)
            raise line.right.error(message, _offset(line, read, scope), hint)


def _check_places(equation: Equation, line: Line, facts: Facts) -> None:
    """A function of an axis is read at a place of that axis: ``softmax(z[k], k)[T]``."""
    functions: dict[str, Along] = {}

    def read(node: Expr) -> Expr:
        if not isinstance(node, Along):
            return node
        name = f"{node.op}~{len(functions)}"
        functions[name] = node
        return add(Elem(name, node.at), sum_(node.over, node.body))  # its place, and what is read inside

    for element, known in reads_in(transform(equation.right, read), facts):
        function = functions.get(element.name)
        if function and uncovered(element, [tuple((i.low, i.high) for i in function.over)], known) is not None:
            ranges = ", ".join(f"{i.name} = {_range(i.low, i.high)}" for i in function.over)
            places = ", ".join(map(integer_text, function.at))
            at = max(line.right.text.find(function.op), 0)
            raise line.right.error(f"{function.op} over {ranges} may be read outside, at {places}", at)


def _undefined(system: System, read: Elem, facts: Facts, failing: Facts) -> tuple[str, str]:
    """Message and hint for a read of a place that nothing defines."""
    tensor, base = system.tensors[read.name], facts_of(system)
    values = pinned(read, failing)
    if values:
        at = Elem(read.name, tuple(expand(replaced(place, values)) for place in read.index))
        where = ", ".join(f"{symbol} = {integer_text(value)}" for symbol, value in values.items())
        if system.definitions(read.name):
            return f"{text(at)} is read at {where} and nothing defines it: add a base case", _guard_hint(
                read, values, facts
            )
        return f"{text(at)} is read at {where}, outside the range of {read.name}", _guard_hint(read, values, facts)
    for place, axis in zip(read.index, tensor.axes, strict=True):
        box: Box = ((axis.low, axis.high),)
        if uncovered(Elem(read.name, (place,)), (box,), facts) is not None:
            over = "; ".join(_ranges(place, facts))
            return (
                f"{text(read)} may be read outside its range{f' ({over})' if over else ''}: "
                f"this axis of {read.name} has {axis.name} = {_range(axis.low, axis.high)}"
                + (", and the conditions around do not exclude the rest" if facts.known != base.known else ""),
                f'say what is read there, as in outside = "{read.name} = 0", or guard it with a condition',
            )
    return f"{text(read)} is read where nothing defines it: add a base case", ""


def _guard_hint(read: Elem, values: dict[Integer, Integer], facts: Facts) -> str:
    conditions = []
    for symbol, low, high in facts.ranges:
        if symbol in values:
            conditions.append(
                f"{symbol} > {integer_text(low)}" if values[symbol] == low else f"{symbol} < {integer_text(high)}"
            )
    return f"or guard what is multiplied: [{', '.join(conditions)}]*{text(read)}"


def _ranges(place: Integer, facts: Facts) -> Iterator[str]:
    for symbol, low, high in facts.ranges:
        if symbol in place.free_symbols:
            yield f"{symbol} = {_range(low, high)}"


def _range(low: Integer, high: Integer) -> str:
    return f"{integer_text(low)}..{integer_text(high)}"


def _offset(line: Line, read: Elem, scope: Scope) -> int:
    """Where an element stands on the right side, as nearly as can be said."""
    written = [e for e in elements_in(line.right, scope) if e[0] == read.name]
    exact = [at for _, places, at in written if places == read.index[: len(places)]]
    return exact[0] if exact else written[0][2] if written else 0


def _circular(error: CircularError, line: Line) -> LayerError:
    names = error.names
    if len(names) == 1:
        hint = "a recurrence reads places before it only, or after it only, as in h[t-1,n]"
        return line.left.error(f"{names[0]} needs itself at the same place", 0, hint)
    return line.left.error(f"circular definition: {', '.join(names)} need each other at the same place")
