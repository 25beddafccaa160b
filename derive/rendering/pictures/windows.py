"""Windows that slide over a tensor, read off the index expressions of the equations: ``x[s*p + d*u - q]``.

A window is what one output reads; seen from the other side it is which outputs read one input, and by which place of
the window: that is the gradient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations, product

from derive.language.expr import Along, Bracket, Elem, Expr, Index, Reduce, Size
from derive.language.integers import Integer, evaluate, is_size, linear_in, size_symbol, symbols_of
from derive.language.system import Equation, System
from derive.language.traverse import bound_at, walk

_KERNEL, _STRIDE, _PADDING, _DILATION = 3, 2, 1, 1  # of the picture
_OUTPUTS = 3  # so many at least along an axis
_LONGEST = 12


@dataclass(frozen=True)
class Axis:
    """One axis of a window: ``place`` of the input is read by the output's ``output`` at the window's ``inside``.

    Where the window goes ``outwards`` from the input, as a condition such as ``[s*i+d*u-q == p]`` has it, ``place`` is
    that of the output.
    """

    input: Index
    output: Index
    inside: Index
    place: Integer
    outwards: bool = False

    @property
    def moving(self) -> Index:
        """The index that moves the window on by a stride."""
        return self.input if self.outwards else self.output


@dataclass(frozen=True)
class Window:
    """An equation whose left side reads a window of ``read``; ``weight`` is the tensor with the window's indices."""

    equation: Equation
    read: Elem
    axes: tuple[Axis, ...]
    weight: str


Cell = tuple[int, ...]


@dataclass(frozen=True)
class Sizes:
    """A window with numbers: the cells of input and output, and which output reads which input at which place.

    inputs, outputs, inside  how many cells there are along each axis; reads: (output, place inside, input)
    """

    window: Window
    inputs: Cell
    outputs: Cell
    inside: Cell
    reads: tuple[tuple[Cell, Cell, Cell], ...]
    values: Mapping[str, int]  # of the sizes that the window depends on

    @property
    def stride(self) -> int:
        """How far the window moves from one output to the next, along the first axis."""
        outwards = self.window.axes[0].outwards
        at_first = [(cell[0], p[0]) if outwards else (p[0], cell[0]) for p, u, cell in self.reads if u[0] == 0]
        (one, here), (other, there), *_ = sorted(set(at_first))
        return (there - here) // (other - one)

    def read_by(self, output: Cell) -> dict[Cell, Cell]:
        """The inputs that an output reads, those outside the range too, with their places in the window."""
        return {cell: u for p, u, cell in self.reads if p == output}

    def readers_of(self, cell: Cell) -> dict[Cell, Cell]:
        """The outputs that read an input, with the places in the window at which they do."""
        return {p: u for p, u, there in self.reads if there == cell}


def windows(system: System) -> Iterator[Window]:
    """Every read of a window of one or two axes, the first of each tensor."""
    seen = set()
    for equation in system.all_equations:
        for scope, node in _scoped(equation.right, ()):
            if isinstance(node, Elem) and node.name in system.tensors and node.name not in seen:
                axes = tuple(_axes(system, equation, node, scope)) or tuple(_outwards(system, equation, node, scope))
                if 1 <= len(axes) <= 2:
                    seen.add(node.name)
                    yield Window(equation, node, axes, _weight(system, equation, axes))


def _scoped(expr: Expr, scope: tuple[Index, ...]) -> Iterator[tuple[tuple[Index, ...], Expr]]:
    """Every node with the indices that are bound around it."""
    yield scope, expr
    inner = (*scope, *bound_at(expr)) if isinstance(expr, Reduce | Along) else scope
    for child in expr.children:
        yield from _scoped(child, inner)


def _axes(system: System, equation: Equation, read: Elem, scope: tuple[Index, ...]) -> Iterator[Axis]:
    """The places of a read that depend on an index of the output and on a bound one."""
    for axis, place in zip(system.tensors[read.name].axes, read.index, strict=True):
        outputs = [i for i in equation.indices if linear_in(place, i.symbol) and _has(place, i)]
        inside = [i for i in scope if linear_in(place, i.symbol) and _has(place, i)]
        if len(outputs) == len(inside) == 1 and outputs[0].symbol != inside[0].symbol:
            yield Axis(axis, outputs[0], inside[0], place)


def _outwards(system: System, equation: Equation, read: Elem, scope: tuple[Index, ...]) -> Iterator[Axis]:
    """The summed indices of a read that a condition ties to an index of the output and to another summed one."""
    if system.tensors[read.name].kind == "param":
        return
    ties = [tie for node in walk(equation.right) if isinstance(node, Bracket) for tie in _ties(node, equation)]
    for axis, here in zip(system.tensors[read.name].axes, read.index, strict=True):
        for place, output in ties:
            inside = [i for i in scope if i.symbol != here and linear_in(place, i.symbol) and _has(place, i)]
            own = [i for i in scope if i.symbol == here and linear_in(place, here) and _has(place, i)]
            if len(inside) == len(own) == 1:
                yield Axis(replace(axis, name=own[0].name), output, inside[0], place, outwards=True)


def _ties(bracket: Bracket, equation: Equation) -> Iterator[tuple[Integer, Index]]:
    """The expressions that conditions set equal to an index of the output."""
    for condition in bracket.conditions:
        if condition.op == "==" and isinstance(condition.left, Size) and isinstance(condition.right, Size):
            for place, other in permutations((condition.left.value, condition.right.value)):
                yield from ((place, i) for i in equation.indices if i.symbol == other)


def _has(place: Integer, index: Index) -> bool:
    return index.symbol in place.free_symbols


def _weight(system: System, equation: Equation, axes: tuple[Axis, ...]) -> str:
    """The parameter that has an entry for each place of the window."""
    inside = {a.inside.symbol for a in axes}
    for node in walk(equation.right):
        if isinstance(node, Elem) and inside <= set(node.index) and node.name in {p.name for p in system.params}:
            return node.name
    return ""


# Numbers


def sized(system: System, window: Window, stride: int = _STRIDE) -> Sizes | None:
    """The window with a kernel of 3, a stride of 2, a padding of 1, and as few outputs as show how it slides."""
    for length in range(3, _LONGEST):
        values = _values(system, window, stride, length)
        counts = [_count(a.output, values) for a in window.axes]
        if values and min(counts) >= _OUTPUTS:
            inputs = tuple(_count(a.input, values) for a in window.axes)
            inside = tuple(_count(a.inside, values) for a in window.axes)
            names = {s.name: v for s, v in values.items() if s in _sizes_of(window)}
            return Sizes(window, inputs, tuple(counts), inside, tuple(_reads(window, values)), names)
    return None


def _values(system: System, window: Window, stride: int, length: int) -> dict[Integer, int]:
    """A value of each size: those of the window by what they do in its places, all others ``length``."""
    values = {size_symbol(name): length if system.lower.get(name, 1) else 0 for name in system.sizes}
    for axis in window.axes:
        for factor, value in ((axis.moving, stride), (axis.inside, _DILATION)):
            values |= dict.fromkeys(symbols_of(_factor(axis.place, factor)), value)
        rest = axis.place.subs({axis.moving.symbol: 0, axis.inside.symbol: 0})
        values |= dict.fromkeys(filter(is_size, symbols_of(rest)), _PADDING)
        values |= dict.fromkeys(filter(is_size, symbols_of(axis.inside.extent)), _KERNEL)
    for name, definition in system.derived.items():
        values[size_symbol(name)] = int(evaluate(definition, values, {}))
    return values


def _sizes_of(window: Window) -> set[Integer]:
    """The sizes that the places of a window and the extents of its axes depend on."""
    found: set[Integer] = set()
    for axis in window.axes:
        for expression in (axis.place, axis.input.extent, axis.inside.extent):
            found |= {s for s in symbols_of(expression) if is_size(s)}
    return found


def _factor(place: Integer, index: Index) -> Integer:
    linear = linear_in(place, index.symbol)
    return linear[0] if linear else place


def _count(index: Index, values: Mapping[Integer, int]) -> int:
    return int(evaluate(index.extent, values, {}))


def _reads(window: Window, values: Mapping[Integer, int]) -> Iterator[tuple[Cell, Cell, Cell]]:
    """Which output reads which input, counted from the first of each."""
    along = [list(_along(axis, values)) for axis in window.axes]
    for reads in product(*along):
        output, inside, cell = (tuple(read[k] for read in reads) for k in range(3))
        yield output, inside, cell


def _along(axis: Axis, values: Mapping[Integer, int]) -> Iterator[tuple[int, int, int]]:
    """Output, place inside and input along one axis, each counted from its first."""
    lows = {i.name: int(evaluate(i.low, values, {})) for i in (axis.output, axis.inside, axis.input)}
    outputs = _count(axis.output, values)
    for k in range(_count(axis.moving, values)):
        for u in range(_count(axis.inside, values)):
            at = {axis.moving.symbol: k + lows[axis.moving.name], axis.inside.symbol: u + lows[axis.inside.name]}
            place = int(evaluate(axis.place, {**values, **at}, {}))
            if not axis.outwards:
                yield k, u, place - lows[axis.input.name]
            elif 0 <= place - lows[axis.output.name] < outputs:
                yield place - lows[axis.output.name], u, k
