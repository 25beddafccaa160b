"""Matrix form: an equation in index form as textbooks print it, per sample and batched, or why it cannot be.

*Per sample*, the index of the batch stays written out (and is not printed where it is the same throughout), and a
sample is a column vector: ``dh[t] = W_y.T @ dz[t] + [t < T]*W_h.T @ da[t+1]``.  *Batched*, the samples are the rows of
matrices, as in NumPy: ``dh[t] = dz[t] @ W_y + [t < T]*da[t+1] @ W_h``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.forms.matrix_axes import Layout, axes_like, is_plain, layout_of, reads, run_by, written_out
from derive.forms.matrix_build import nodes, silenced
from derive.forms.matrix_contract import NotSayable
from derive.forms.matrix_convolution import convolution
from derive.forms.matrix_raise import Scope, raised
from derive.forms.matrix_tree import MatExpr, Power, Scalar, Tensor, Total
from derive.language.expr import (
    Elem,
    Expr,
    Index,
)
from derive.language.integers import Integer, symbols_of
from derive.language.parser import parse_in
from derive.language.system import System
from derive.language.system import Tensor as tensor_of_system
from derive.language.traverse import (
    bound_at,
    free_symbols,
    names_read,
    walk,
)


@dataclass(frozen=True)
class NotMatrix:
    """What cannot be said in matrix form; ``reason`` says why, formulas in it between backquotes."""

    reason: str

    def __str__(self) -> str:
        return f"no matrix form: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """``left = right`` over vectors and matrices."""

    left: Tensor
    right: MatExpr

    @property
    def spoken(self) -> Reading:
        """The reading with every index printed: text that elaborates back, with the sample's index in it."""
        left = silenced(self.left, frozenset())
        assert isinstance(left, Tensor)
        return Reading(left, silenced(self.right, frozenset()))

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


@dataclass(frozen=True)
class MatrixForm:
    """An equation in matrix form, in two readings.

    batch  the index of the equation that counts samples, or None; where it is None the two readings are the same
    """

    batched_reading: Reading | NotMatrix
    per_sample_reading: Reading | NotMatrix
    batch: Index | None = None

    def __str__(self) -> str:
        """The right side, batched, or where that cannot be said per sample; or why there is none."""
        return str(self.per_sample if isinstance(self.batched, NotMatrix) else self.batched)

    @property
    def batched(self) -> MatExpr | NotMatrix:
        """The right side, samples as rows."""
        return self.batched_reading.right if isinstance(self.batched_reading, Reading) else self.batched_reading

    @property
    def per_sample(self) -> MatExpr | NotMatrix:
        """The right side, for one sample, vectors being columns."""
        reading = self.per_sample_reading
        return reading.right if isinstance(reading, Reading) else reading


@dataclass(frozen=True)
class _Line:
    """An equation and what is known around it."""

    system: System
    layout: Layout
    left: Elem
    right: Expr
    indices: tuple[Index, ...]

    @property
    def elements(self) -> tuple[Elem, ...]:
        return (self.left, *reads(self.right))

    @property
    def samples(self) -> frozenset[Integer]:
        """The indices that count samples here."""
        if self.layout.batch is None:
            return frozenset()
        return run_by(self.system, self.layout, self.elements, [self.layout.batch])

    def scope(self, named: Iterable[Integer]) -> Scope:
        axes = {e.name: self.system.tensors[axes_like(self.system, e.name)].axes for e in self.elements}
        declared = {name: tuple(a.name for a in found) for name, found in axes.items()}
        data = run_by(self.system, self.layout, self.elements, self.layout.data)
        return Scope({i.symbol: i for i in self.indices}, frozenset(named), data, declared)


def matrix_form(
    system: System, left: Elem, right: Expr, indices: tuple[Index, ...], layout: Layout | None = None
) -> MatrixForm:
    """The equation ``left = right`` (for every value of ``indices``) in matrix form.

    ``system`` is that of the forward pass or the backward one; ``layout`` (see ``layout_of``) saves finding it again.
    """
    slid = convolution(system, left, right, indices)
    if slid is not None:
        whole = Reading(_whole(left, indices), slid) if isinstance(slid, MatExpr) else NotMatrix(slid)
        return MatrixForm(whole, whole)
    line = _Line(system, layout or layout_of(system), left, right, indices)
    batched = _first_said(line, forced=frozenset(), kept=line.samples)
    if not line.samples:
        return MatrixForm(batched, batched)
    per_sample = _quiet(line, _first_said(line, forced=line.samples, kept=frozenset()))
    bound = (i for node in walk(right) for i in bound_at(node))
    batch = next((i for i in (*indices, *bound) if i.symbol in line.samples), None)
    return MatrixForm(batched, per_sample, batch)


def matrix_of(
    system: System, expr: Expr, axes: tuple[Index, ...], indices: tuple[Index, ...] = (), layout: Layout | None = None
) -> MatExpr | NotMatrix:
    """A vector or matrix whose entries are an expression over ``axes``, such as a Jacobian, for one sample.

    ``indices`` are the other free indices of the expression; they stay written out (that of the sample is not printed).
    """
    unnamed = tensor_of_system("", axes, "computed")
    system = replace(system, tensors={**system.tensors, "": unnamed})
    left = Elem("", tuple(a.symbol for a in axes))
    others = tuple(i for i in indices if i not in axes)
    line = _Line(system, layout or layout_of(system), left, expr, (*others, *axes))
    said = _quiet(line, _said(line, frozenset(i.symbol for i in others) | line.samples, frozenset()))
    return said.right if isinstance(said, Reading) else said


def elaborated(system: System, reading: Reading, indices: tuple[Index, ...]) -> Expr | None:
    """A reading's right side read back into index form, by which it is checked; None where its text is only words.

    ``indices`` are those of the equation that the reading was made from.
    """
    return parse_in(system, str(reading.spoken.right), indices) if reading.right.parseable else None


def _first_said(line: _Line, forced: frozenset[Integer], kept: frozenset[Integer]) -> Reading | NotMatrix:
    """The first way of saying it: each writes out one more index of the left side, but never one that is ``kept``."""
    places = [p for p in line.left.index if is_plain(p)]
    ways = (_said(line, forced | set(places[:count]), kept) for count in range(len(places) + 1))
    first = next(ways)
    return first if isinstance(first, Reading) else next((w for w in ways if isinstance(w, Reading)), first)


def _said(line: _Line, forced: frozenset[Integer], kept: frozenset[Integer]) -> Reading | NotMatrix:
    """The equation with the indices that are ``forced`` written out, and those that must be."""
    named = written_out(line.system, line.layout, line.left, line.right, line.indices, forced)
    lost = [s for s in named if s in kept]
    if lost:
        return NotMatrix(named[lost[0]] or f"each sample stands by itself: index {lost[0]} has to be written out")
    scope = line.scope(named)
    try:
        target = raised(line.left, scope)
        assert isinstance(target, Tensor)
        result = raised(line.right, scope, target.axes)
    except NotSayable as refusal:
        return NotMatrix(str(refusal))
    missing = [a for a in target.axes if a not in result.axes]
    if missing and not isinstance(result, Scalar):
        return NotMatrix(f"the right side is the same for every {missing[0].name}")
    if names_read(line.right) and not any(n.axes for n in (target, *nodes(result))):
        return NotMatrix(next(filter(None, named.values()), "it is about single numbers: no vector or matrix is in it"))
    return Reading(target, result)


def _quiet(line: _Line, said: Reading | NotMatrix) -> Reading | NotMatrix:
    """The reading with the sample's index not printed, where it is the same throughout."""
    free = next((i for i in line.indices if i.symbol in line.samples), None)
    if isinstance(said, NotMatrix) or free is None or not _can_be_silent(said, free):
        return said
    silent = frozenset({free.symbol})
    return Reading(replace(said.left, silent=silent & set(said.left.index)), silenced(said.right, silent))


def _whole(left: Elem, indices: tuple[Index, ...]) -> Tensor:
    """The left side of a convolution: the tensor as a whole."""
    if any(not is_plain(p) for p in left.index):
        return Tensor(left.name, left.index, ())
    return Tensor(left.name, (), tuple(i for p in left.index for i in indices if i.symbol == p))


def _can_be_silent(reading: Reading, index: Index) -> bool:
    """Whether an index only ever stands as it is in the brackets of tensors, and is summed nowhere."""
    for node in (reading.left, *nodes(reading.right)):
        match node:
            case Tensor(_, places):
                if any(p != index.symbol and index.symbol in symbols_of(p) for p in places):
                    return False
            case Total(_, over):
                if index in over:
                    return False
            case Scalar(value) | Power(_, value):
                if index.symbol in free_symbols(value):
                    return False
    return True
