"""Matrix forms for a page: what can be said of an equation over whole vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.forms.matrix import Reading, matrix_form
from derive.forms.matrix_build import nodes
from derive.forms.matrix_tree import Convolution, MatMul, Scalar
from derive.language.expr import Elem, Expr, Index
from derive.rendering import formula as F
from derive.rendering.breaking import aligned
from derive.rendering.page import Page
from derive.rendering.typeset_matrix import matrix_formula


@dataclass(frozen=True)
class Readings:
    """The matrix readings of an equation, those that there are.

    batch  name of the index that counts samples, where the per-sample reading leaves it out
    """

    per_sample: Reading | None
    batched: Reading | None
    batch: str | None

    @property
    def matrices(self) -> tuple[Reading, ...]:
        """Those that say more than the index form."""
        return tuple(r for r in (self.per_sample, self.batched) if r is not None and is_matrix(r))


def readings(page: Page, left: Elem, right: Expr, indices: tuple[Index, ...]) -> Readings:
    """The matrix readings of ``left = right``, not of numbers; the batched one only where it says something else."""
    found = matrix_form(page.derivation.backward, left, right, indices)
    sample, batched = found.per_sample_reading, found.batched_reading
    if isinstance(sample, Reading) and isinstance(sample.right, Scalar):
        return Readings(None, None, None)
    per_sample = sample if isinstance(sample, Reading) else None
    together = batched if isinstance(batched, Reading) and str(batched) != str(sample) else None
    return Readings(per_sample, together, found.batch.name if found.batch and _is_silent(per_sample) else None)


def _is_silent(reading: Reading | None) -> bool:
    return reading is not None and bool(reading.left.silent)


def reading_formula(page: Page, reading: Reading) -> F.Formula:
    """``left = right``, broken into lines where it is too wide."""
    left, right = (matrix_formula(m, page.style) for m in (reading.left, reading.right))
    return aligned(left, F.EQUALS, right, page.width)


def convolutions(reading: Reading) -> tuple[Convolution, ...]:
    return tuple(n for n in nodes(reading.right) if isinstance(n, Convolution))


def is_matrix(reading: Reading) -> bool:
    """Whether it is of a vector or a matrix, or a product of such: of single numbers it would repeat the index form."""
    return bool(reading.left.axes) or any(isinstance(n, MatMul) for n in nodes(reading.right))


def matrix_readings(page: Page) -> Iterator[tuple[Reading, bool]]:
    """The matrix forms on the page, and whether each is batched: equations have that for one sample, gradients both."""
    for equation in page.system.all_equations:
        found = readings(page, equation.left, equation.right, equation.indices)
        if found.per_sample is not None:
            yield found.per_sample, False
    for one in page.gradients():
        found = readings(page, one.left, one.right, one.indices)
        yield from ((reading, reading is found.batched) for reading in found.matrices)
