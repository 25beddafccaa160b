"""Matrix forms for a page: what can be said of an equation over whole vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.forms.matrix import Reading, matrix_form
from derive.forms.matrix_build import nodes
from derive.forms.matrix_tree import Convolution, Scalar
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
    refusal: str


def readings(page: Page, left: Elem, right: Expr, indices: tuple[Index, ...]) -> Readings:
    """The matrix readings of ``left = right``, not of numbers; the batched one only where it says something else."""
    found = matrix_form(page.derivation.backward, left, right, indices)
    sample, batched = found.per_sample_reading, found.batched_reading
    refusal = "" if isinstance(sample, Reading) else sample.reason
    if isinstance(sample, Reading) and isinstance(sample.right, Scalar):
        return Readings(None, None, None, "")
    per_sample = sample if isinstance(sample, Reading) else None
    together = batched if isinstance(batched, Reading) and str(batched) != str(sample) else None
    return Readings(per_sample, together, found.batch.name if found.batch and _is_silent(per_sample) else None, refusal)


def _is_silent(reading: Reading | None) -> bool:
    return reading is not None and bool(reading.left.silent)


def reading_formula(page: Page, reading: Reading) -> F.Formula:
    """``left = right``, broken into lines where it is too wide."""
    left, right = (matrix_formula(m, page.style) for m in (reading.left, reading.right))
    return aligned(left, F.EQUALS, right, page.width)


def convolutions(reading: Reading) -> tuple[Convolution, ...]:
    return tuple(n for n in nodes(reading.right) if isinstance(n, Convolution))


def matrix_readings(page: Page) -> Iterator[Readings]:
    """The matrix forms of every equation on the page."""
    for equation in page.system.all_equations:
        yield readings(page, equation.left, equation.right, equation.indices)
    for one in page.gradients():
        yield readings(page, one.left, one.right, one.indices)
