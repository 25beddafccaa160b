"""Matrix form: an equation in index form as textbooks print it, per sample and batched, or why it cannot be.

*Per sample*, the index of the batch stays written out (and is not printed where it is the same throughout), and a
sample is a column vector: ``dh[t] = W_y.T @ dz[t] + [t < T]*W_h.T @ da[t+1]``.  *Batched*, the samples are the rows of
matrices, as in NumPy: ``dh[t] = dz[t] @ W_y + [t < T]*da[t+1] @ W_h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.forms.matrix_axes import Layout, axes_like, is_plain, layout_of, reads, run_by, written_out
from derive.forms.matrix_build import nodes, silenced
from derive.forms.matrix_contract import NotSayable
from derive.forms.matrix_convolution import convolution
from derive.forms.matrix_raise import Scope, raised
from derive.forms.matrix_tree import MatExpr, Power, Scalar, Tensor, Total
from derive.language.expr import Elem, Expr, Index, bound_at, free_symbols, names_read, walk
from derive.language.integers import Integer, symbols_of
from derive.language.system import System


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
        """The right side, batched, or why there is none."""
        return str(self.batched)

    @property
    def batched(self) -> MatExpr | NotMatrix:
        """The right side, samples as rows."""
        return self.batched_reading.right if isinstance(self.batched_reading, Reading) else self.batched_reading

    @property
    def per_sample(self) -> MatExpr | NotMatrix:
        """The right side, for one sample, vectors being columns."""
        reading = self.per_sample_reading
        return reading.right if isinstance(reading, Reading) else reading


def matrix_form(
    system: System, left: Elem, right: Expr, indices: tuple[Index, ...], layout: Layout | None = None
) -> MatrixForm:
    """The equation ``left = right`` (for every value of ``indices``) in matrix form.

    ``system`` is that of the forward pass or the backward one; ``layout`` (see ``layout_of``) saves finding it again.
    """
    layout = layout or layout_of(system)
    slid = convolution(system, left, right, indices)
    if slid is not None:
        whole = Reading(_whole(left, indices), slid) if isinstance(slid, MatExpr) else NotMatrix(slid)
        return MatrixForm(whole, whole)
    samples = _samples(system, layout, left, right)
    batched = _first(system, layout, left, right, indices, frozenset(), keep=samples)
    if not samples:
        return MatrixForm(batched, batched)
    per_sample = _first(system, layout, left, right, indices, samples, keep=frozenset())
    free = next((i for i in indices if i.symbol in samples), None)
    if isinstance(per_sample, Reading) and free is not None and _can_be_silent(per_sample, free):
        silent = frozenset({free.symbol})
        per_sample = Reading(replace(per_sample.left, silent=silent), silenced(per_sample.right, silent))
    bound = next((i for node in walk(right) for i in bound_at(node) if i.symbol in samples), None)
    return MatrixForm(batched, per_sample, free or bound)


def _samples(system: System, layout: Layout, left: Elem, right: Expr) -> frozenset[Integer]:
    """The symbols that count samples in this equation."""
    return run_by(system, layout, (left, *reads(right)), [layout.batch]) if layout.batch else frozenset()


def _first(
    system: System, layout: Layout, left: Elem, right: Expr, indices: tuple[Index, ...],
    forced: frozenset[Integer], keep: frozenset[Integer],
) -> Reading | NotMatrix:  # fmt: skip
    """The first way of saying it; each way writes out one more index of the left side, but never one of ``keep``."""
    refusal: NotMatrix | None = None
    for more in _prefixes(left):
        said = _reading(system, layout, left, right, indices, forced | more, keep)
        if isinstance(said, Reading):
            return said
        refusal = refusal if refusal is not None else said
    assert refusal is not None
    return refusal


def _prefixes(left: Elem) -> Iterator[frozenset[Integer]]:
    for count in range(len(left.index) + 1):
        yield frozenset(p for p in left.index[:count] if p.is_Symbol)


def _reading(
    system: System, layout: Layout, left: Elem, right: Expr, indices: tuple[Index, ...],
    forced: frozenset[Integer], keep: frozenset[Integer],
) -> Reading | NotMatrix:  # fmt: skip
    named = written_out(system, layout, left, right, indices, forced)
    lost = [s for s in named if s in keep]
    if lost:
        return NotMatrix(named[lost[0]] or f"each sample stands by itself: index {lost[0]} has to be written out")
    elems = (left, *reads(right))
    names = {e.name for e in elems}
    declared = {n: tuple(a.name for a in system.tensors[axes_like(system, n)].axes) for n in names}
    data = run_by(system, layout, elems, layout.data)
    scope = Scope({i.symbol: i for i in indices}, frozenset(named), data, declared)
    try:
        target = raised(left, scope)
        assert isinstance(target, Tensor)
        result = raised(right, scope, target.axes)
    except NotSayable as refusal:
        return NotMatrix(str(refusal))
    missing = [a for a in target.axes if a not in result.axes]
    if missing and not isinstance(result, Scalar):
        return NotMatrix(f"the right side is the same for every {missing[0].name}")
    if names_read(right) and not any(n.axes for n in (target, *nodes(result))):
        return NotMatrix(next(filter(None, named.values()), "it is about single numbers: no vector or matrix is in it"))
    return Reading(target, result)


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
