"""A layer as data: tensors, indices, equations, outputs; frozen, and nothing of gradients in it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import sympy

from derive.language.expr import (
    Compare,
    Elem,
    Expr,
    Index,
    Num,
    Pow,
    size,
)
from derive.language.integers import Integer, evaluate, symbols_of
from derive.language.study import Study
from derive.language.text import integer_text
from derive.language.traverse import (
    names_read,
)

Kind = Literal["input", "param", "computed", "upstream", "gradient"]

LOSS = "loss"  # the tensor of rank 0 that a layer file's ``loss`` defines


@dataclass(frozen=True)
class Tensor:
    """A tensor: name, one declared index an axis, what it is, and in words what it means."""

    name: str
    axes: tuple[Index, ...]
    kind: Kind
    integer: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Equation:
    """``left = right`` for every value of ``indices``; a base case has a fixed index on the left (``h[0,n,i]``)."""

    left: Elem
    right: Expr
    indices: tuple[Index, ...]  # the free indices of the left side, in the order of its axes
    line: str = ""  # as the author wrote it

    @property
    def name(self) -> str:
        return self.left.name

    @property
    def is_base(self) -> bool:
        return len(self.indices) < len(self.left.index)


@dataclass(frozen=True)
class Assumption:
    """``left = right`` (for every value of ``indices``), taken as given by the author."""

    left: Expr
    right: Expr
    indices: tuple[Index, ...]
    line: str = ""

    @property
    def zero_or_one(self) -> str:
        """The tensor every element of which is 0 or 1 by this, as ``m[n]**2 = m[n]`` says; "" where it says another."""
        match self.left:
            case Pow(Elem(name, index), Num(exponent)) if exponent == 2 and self.left.base == self.right:
                return name if set(index) == {i.symbol for i in self.indices} else ""
        return ""


_RELATIONS: Mapping[str, Callable[[int, int], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Constraint:
    """A condition on sizes, ``left op right``: ``K >= 2*q``; ``op`` as in Compare."""

    op: str
    left: Integer
    right: Integer

    def __str__(self) -> str:
        return f"{integer_text(self.left)} {self.op} {integer_text(self.right)}"

    @property
    def condition(self) -> Compare:
        return Compare(self.op, size(self.left), size(self.right))

    @property
    def sizes(self) -> frozenset[str]:
        """The names of the sizes in it."""
        return frozenset(s.name for s in symbols_of(self.left) | symbols_of(self.right))

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether it holds for these sizes, by name."""
        values = {s: sizes[s.name] for s in symbols_of(self.left) | symbols_of(self.right)}
        return _RELATIONS[self.op](evaluate(self.left, values, {}), evaluate(self.right, values, {}))


@dataclass(frozen=True)
class PyTorch:
    """How PyTorch says the same, as source over the layer's names of tensors and sizes.

    build   an expression that makes the module: ``torch.nn.Linear(I, O)``; empty for a function
    run     statements that compute the outputs, or the loss, from the inputs; the module is ``layer``
    state   what each parameter and buffer of the module holds, by PyTorch's names: weight -> ``W``
    notes   prose: where PyTorch's names or conventions differ
    inputs  what an example draws for an input, where plain random numbers do not fit: target -> ``torch.rand(N, O)``
    """

    build: str = ""
    run: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class System:
    """The forward equations of a layer.

    indices   every declared index by name; ``siblings`` of an index are those with the same range
    sizes     names of the free sizes, in order of first mention: T, N, H, s, …
    derived   sizes defined from others, in order: P -> (L + 2*q - d*(K-1) - 1)//s + 1
    lower     what is known of each free size: its least value (1 for an extent or a stride, 0 for a padding)
    tensors   inputs, params and computed tensors by name, in order
    equations in the order written; several for one tensor where there are base cases
    loss      the equation of the loss (a rank-0 tensor named LOSS), or None
    outputs   names of the outputs; empty where there is a loss
    constraints what must hold among the sizes: ``K >= 2*q``
    outside   what is read outside a tensor's range, by name: 0 or minus infinity
    prose     the author's words, by key; ``meanings`` what tensors, sizes and indices mean, by name
    group     of layers of its kind in the catalogue: recurrent, convolution, …
    constants inputs that nobody trains or sends a gradient back to, such as ε: documents keep their gradients short
    example   sizes for a worked example of the shapes; ``numbers`` the usual values of inputs that are single numbers
    pytorch   the same layer in PyTorch
    study     what the document measures and derives besides: gradient norms over a recurrence, its truncation
    """

    name: str
    title: str
    indices: Mapping[str, Index]
    sizes: tuple[str, ...]
    derived: Mapping[str, Integer]
    lower: Mapping[str, int]
    tensors: Mapping[str, Tensor]
    equations: tuple[Equation, ...]
    loss: Equation | None
    outputs: tuple[str, ...]
    outside: Mapping[str, float] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    torch: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    prose: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    constants: tuple[str, ...] = ()
    example: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    pytorch: PyTorch = PyTorch()
    study: Study = Study()

    def __repr__(self) -> str:
        """The layer in a few lines: name, title, options as chosen, and the equations."""
        chosen = "".join(f", {option}={value}" for option, value in self.chosen.items())
        lines = (f"  {e.left} = {e.right}" for e in self.all_equations)
        return "\n".join([f"{self.name}: {self.title}{chosen}", *lines])

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return tuple(t for t in self.tensors.values() if t.kind == "input")

    @property
    def params(self) -> tuple[Tensor, ...]:
        return tuple(t for t in self.tensors.values() if t.kind == "param")

    @property
    def all_equations(self) -> tuple[Equation, ...]:
        """The equations, and that of the loss last."""
        return (*self.equations, self.loss) if self.loss else self.equations

    def definitions(self, name: str) -> tuple[Equation, ...]:
        """The equations that define a tensor, base cases included."""
        return tuple(e for e in self.all_equations if e.name == name)

    def readers(self, name: str) -> tuple[Equation, ...]:
        """The equations that read a tensor."""
        return tuple(e for e in self.all_equations if name in names_read(e.right))

    def storage(self, name: str) -> tuple[tuple[Integer, Integer], ...]:
        """Bounds (low, high) of each axis, base cases included: ``h`` of t = 1..T with ``h[0]`` has 0..T."""
        axes = self.tensors[name].axes
        bounds = [[a.low, a.high] for a in axes]
        for equation in self.definitions(name):
            for axis, place in enumerate(equation.left.index):
                if equation.is_base and place not in {i.symbol for i in equation.indices}:
                    bounds[axis] = _widened(bounds[axis], place)
        return tuple((low, high) for low, high in bounds)

    def siblings(self, index: Index) -> tuple[Index, ...]:
        """The declared indices with the same range as ``index``, itself included."""
        return tuple(i for i in self.indices.values() if (i.low, i.high) == (index.low, index.high))


def _widened(bounds: list[Integer], place: Integer) -> list[Integer]:
    """Bounds stretched to hold a fixed place just before the low or just after the high end."""
    low, high = bounds
    below, above = sympy.expand(low - place), sympy.expand(place - high)
    if below.is_Integer and below > 0:
        return [place, high]
    if above.is_Integer and above > 0:
        return [low, place]
    return [low, high]
