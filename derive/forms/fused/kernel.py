"""Kernels as source, and the lines of the NumPy function that call them.

A kernel is a function ``(first, last, portion, ...)`` of numbers and arrays.  It does the rows from ``first`` to before
``last``; what they give to a sum over all rows becomes part ``portion`` of that, so several may run at a time.  Such a
sum is held apart until the end: parts lie side by side, and processors wait for each other where they write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from derive.forms.fused.functions import SOURCES
from derive.forms.fused.group import Fused, Member
from derive.forms.fused.inline import inlined
from derive.forms.fused.loops import ADD, SET, Run, in_memory_order, nest
from derive.forms.fused.merge import merged
from derive.forms.fused.streaming import free_indices
from derive.forms.numpy_helpers import PORTIONS, RUN_KERNEL, TURN_NAMES
from derive.forms.numpy_places import Place, places_of, slice_of, subscripted
from derive.forms.numpy_reads import fixed
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_text import Names, Piece, integer_piece
from derive.language.expr import Elem, Index, Reduce
from derive.language.integers import Integer, expand


def write_kernel(fused: Fused, scope: Scope, allocate: Callable[[str], None]) -> None:
    """Write a kernel, and in the function its call with what that needs around.

    ``allocate`` writes the line that makes the array of a tensor, unless there is one.
    """
    writer = scope.writer
    fused = inlined(fused)
    for member in fused.members:
        if not member.summed and member.equation.name not in fused.local:
            allocate(member.equation.name)
    kernel = _Kernel(fused, scope)
    body = merged([line for member in fused.members for line in _lines(member, kernel)], kernel.memory)
    name = writer.names.new(f"{fused.members[0].equation.name}_kernel")
    rows = scope.integer(expand(fused.members[0].row.extent)).text
    for total in kernel.totals:
        writer.line(f"{total.parts} = np.zeros(({', '.join((PORTIONS, *total.shape))},), dtype)")
    writer.line(f"{RUN_KERNEL}({', '.join([name, rows, *kernel.arguments.values()])})")
    for total in kernel.totals:
        writer.line(f"{total.target} = {total.parts}.sum(axis=0)")
    head = f"def {name}({', '.join(['first', 'last', 'portion', *kernel.arguments])}):"
    lines = [*kernel.head, "for row in range(first, last):", *(f"    {line}" for line in body), *kernel.tail]
    writer.kernels[name] = "\n".join([head, *(f"    {line}" for line in lines)])


@dataclass(frozen=True)
class _Total:
    """A sum over all rows: the array of its parts, its shape, and the variable that takes it in the end."""

    parts: str
    shape: tuple[str, ...]
    target: str


@dataclass
class _Kernel:
    """A kernel being written: its parameters with the arguments of the call, and lines before and after the rows."""

    fused: Fused
    scope: Scope
    names: Names = field(default_factory=lambda: Names((*TURN_NAMES, "row", *SOURCES)))
    arguments: dict[str, str] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    totals: list[_Total] = field(default_factory=list)
    memory: dict[str, str] = field(default_factory=dict)  # the names of tensors by parameters and variables
    _parameters: dict[str, str] = field(default_factory=dict)
    _variables: dict[tuple[str, str], str] = field(default_factory=dict)

    def argument(self, stem: str, text: str) -> str:
        """The parameter that takes the value of ``text``."""
        if text not in self._parameters:
            self._parameters[text] = self.names.new(stem)
            self.arguments[self._parameters[text]] = text
            self.memory[self._parameters[text]] = stem
        return self._parameters[text]

    def total(self, name: str, shape: Sequence[str], zeros: str) -> str:
        """What holds the sum over the rows of a portion, ``zeros`` at first; asked for once.

        ``shape`` is that of the tensor, in the function around.
        """
        writer = self.scope.writer
        parts = writer.names.new(f"{writer.tensor(name)}_parts")
        self.totals.append(_Total(parts, tuple(shape), writer.tensor(name)))
        own = self.variable(name, zeros)
        parameter, places = self.argument(parts, parts), [self.names.new("place") for _ in shape]
        loops = [f"{'    ' * k}for {p} in range({own}.shape[{k}]):" for k, p in enumerate(places)]
        added = f"{own}[{', '.join(places)}]" if shape else own
        # element by element: a sum of whole arrays takes a second to compile
        self.tail += [*loops, f"{'    ' * len(places)}{parameter}[{', '.join(['portion', *places])}] += {added}"]
        return own

    def local(self, name: str, shape: Sequence[str]) -> str:
        """What holds the values of a tensor within a row."""
        if not shape:
            return self.names.of("row", self.scope.writer.tensor(name))
        return self.variable(name, f"np.empty(({', '.join(shape)},))")

    def variable(self, name: str, text: str) -> str:
        """A variable for a tensor, set at the top of the kernel."""
        if (name, text) not in self._variables:
            self._variables[name, text] = self.names.new(self.scope.writer.tensor(name))
            self.head.append(f"{self._variables[name, text]} = {text}")
            self.memory[self._variables[name, text]] = self.scope.writer.tensor(name)
        return self._variables[name, text]


def _lines(member: Member, kernel: _Kernel) -> list[str]:
    """The loops that evaluate an equation for one row."""
    equation, right = member.equation, member.equation.right
    leaves = _MemberLeaves(kernel, member, member.scope(kernel.scope))
    inner = [i for i in free_indices(equation, kernel.scope) if i != member.row]
    if member.summed and isinstance(right, Reduce) and right.op == "sum":
        loops = in_memory_order([*inner, *right.over], right.body)
        if loops[-1] in inner:  # one sum after the other would read memory in strides
            return nest(loops, equation.left, ADD, right.body, leaves.within(right.over))
    return nest(inner, equation.left, ADD if member.summed or member.added else SET, right, leaves)


@dataclass(frozen=True)
class _MemberLeaves:
    """The leaves of one member's loops; ``scope`` has the indices of arrays that are in scope."""

    kernel: _Kernel
    member: Member
    scope: Scope

    @property
    def names(self) -> Names:
        return self.kernel.names

    def within(self, over: Sequence[Index]) -> _MemberLeaves:
        return replace(self, scope=self.scope.within(over))

    def variable(self, run: Run) -> str:
        if run == (self.member.row,):
            return "row"
        return self.names.of("index" if len(run) == 1 else "run", "_".join(i.name for i in run))

    def integer(self, value: Integer) -> Piece:
        indices = {i.symbol: i for i in self.scope.indices}
        counted = expand(value.xreplace({s: s + i.low for s, i in indices.items()}))
        return integer_piece(counted, lambda s: Piece(self.variable((indices[s],))) if s in indices else self._outer(s))

    def _outer(self, symbol: Integer) -> Piece:
        """A size, or an index of a loop around the kernel."""
        text = self.scope.writer.size(symbol).text
        return Piece(self.kernel.argument(text, text))

    def is_whole(self, element: Elem) -> bool:
        marks = self._marks(element)
        return ":" in marks and set(marks[marks.index(":") :]) == {":"} and not self._is_total(element)

    def element(self, element: Elem, runs: Sequence[Run]) -> str:
        if self._is_total(element):
            return self._total(element)
        if element.name in self.kernel.fused.local:
            return self._element_of_row(element, runs)
        writer = self.scope.writer
        text = subscripted(Piece(writer.tensor(element.name)), self._marks(element))
        axes = [r.index for p in self._places(element) for r in p.runs or ()]
        if not axes:
            kind = "int" if writer.system.tensors[element.name].integer else "float"
            return self.kernel.argument(writer.tensor(element.name), f"{kind}({text})")
        joined = self._joined(axes, runs)
        if len(joined) < len(axes):
            text += f".reshape({', '.join(self._extent(run) for run in joined)})"
        return f"{self.kernel.argument(writer.tensor(element.name), text)}[{', '.join(map(self.variable, joined))}]"

    def _element_of_row(self, element: Elem, runs: Sequence[Run]) -> str:
        """An element of a tensor that is held for one row."""
        row_axis = next(m.axis for m in self.kernel.fused.members if m.equation.name == element.name)
        axes = [r.index for k, p in enumerate(self._places(element)) for r in p.runs or () if k != row_axis]
        base = self.kernel.local(element.name, [self._rows_extent((self.scope.index(a),)) for a in axes])
        joined = self._joined(axes, runs)
        if len(joined) < len(axes):
            shape = ", ".join(map(self._rows_extent, joined))
            base = self.kernel.variable(element.name, f"{base}.reshape(({shape},))")
        return f"{base}[{', '.join(map(self.variable, joined))}]" if joined else base

    def _rows_extent(self, run: Run) -> str:
        return self.integer(expand(prod(i.extent for i in run))).text

    def _extent(self, run: Run) -> str:
        return self.scope.integer(expand(prod(i.extent for i in run))).text

    def _is_total(self, element: Elem) -> bool:
        return self.member.summed and element.name == self.member.equation.name

    def _total(self, element: Elem) -> str:
        """Where an element of a sum over all rows is added to."""
        bounds = self.scope.writer.bounds(element.name)
        extents = [expand(high - low + 1) for low, high in bounds]
        at = [self.integer(expand(i - low)).text for i, (low, _) in zip(element.index, bounds, strict=True)]
        zeros = f"np.zeros(({', '.join(self.integer(e).text for e in extents)},))" if at else "0.0"
        name = self.kernel.total(element.name, [self.scope.integer(e).text for e in extents], zeros)
        return f"{name}[{', '.join(at)}]" if at else name

    def _joined(self, axes: Sequence[str], runs: Sequence[Run]) -> list[Run]:
        """Axes, by the names of their indices, as runs."""
        long = [run for run in runs if len(run) > 1 and run[0].name in axes]
        inside = {i.name for run in long for i in run[1:]}
        first = {run[0].name: run for run in long}
        return [first.get(a, (self.scope.index(a),)) for a in axes if a not in inside]

    def _places(self, element: Elem) -> list[Place]:
        return places_of(self.scope.writer.bounds(element.name), element.index, self.scope)

    def _marks(self, element: Elem) -> list[str]:
        """How each axis of an array is cut, in the call, to what the kernel reads."""
        marks = []
        for place in self._places(element):
            mark = slice_of(place, self.scope) if place.runs else fixed(place, self.scope).text
            if mark is None:
                raise ValueError(f"{element} is not read in a plain way")
            marks.append(mark)
        return marks
