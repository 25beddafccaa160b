"""The layout of a product: quotients as fractions, thin spaces and parentheses only where they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.rendering import formula as F


@dataclass(frozen=True)
class Factor:
    """A factor of a product, set.

    formula  fit to stand beside others; ``bare`` fit to stand alone, as a numerator
    inverse  whether it divides
    open     whether what follows it would be read as part of it, as after a sum sign
    """

    formula: F.Formula
    bare: F.Formula
    inverse: bool = False
    open: bool = False

    @property
    def slim(self) -> bool:
        """Whether it can go into a numerator: nothing tall in it, no bracket, no sum."""
        nodes = F.walk(self.formula)
        return not any(isinstance(n, F.Fraction | F.Big) or (isinstance(n, F.Fenced) and n.left == "[") for n in nodes)


def laid_out(factors: Sequence[Factor]) -> F.Formula:
    """The factors side by side, those that divide gathered into fractions."""
    out: list[Factor] = []
    for run in _runs(factors):
        if not run[0].inverse:
            out += run
            continue
        below = _beside(run) if len(run) > 1 else run[0].bare
        above = _numerator(out)
        share = F.Fraction(above, below)
        # A quotient of something tall, such as a sum, reads better as a fraction in front of it.
        out.insert(len(out) - 1 if out and above == F.Number("1") and out[-1].open else len(out), Factor(share, share))
    return _beside(out)


def _runs(factors: Sequence[Factor]) -> list[list[Factor]]:
    """Consecutive factors of one kind, dividing or not."""
    runs: list[list[Factor]] = []
    for factor in factors:
        if runs and runs[-1][0].inverse == factor.inverse:
            runs[-1].append(factor)
        else:
            runs.append([factor])
    return runs


def _numerator(out: list[Factor]) -> F.Formula:
    """The slim factors at the end, taken off; 1 where there are none."""
    taken: list[Factor] = []
    while out and out[-1].slim:
        taken.insert(0, out.pop())
    return F.Number("1") if not taken else taken[0].bare if len(taken) == 1 else _beside(taken)


def _beside(factors: Sequence[Factor]) -> F.Formula:
    parts: list[F.Formula] = []
    for k, factor in enumerate(factors):
        formula = factor.formula
        if factor.open and k + 1 < len(factors):
            formula = F.fenced("(", formula, ")")
        if parts:
            parts += _between(parts[-1], F.parts_of(formula)[0])
        parts += F.parts_of(formula)
    return F.row(*parts)


def _between(left: F.Formula, right: F.Formula) -> list[F.Formula]:
    if isinstance(left, F.Number) and _starts_with_digit(right):
        return [F.Sign("·", "binary")]
    if isinstance(right, F.Big):
        return [F.GAP]
    return [F.THIN] if _airy(left) or _airy(right) else []


def _starts_with_digit(formula: F.Formula) -> bool:
    match formula:
        case F.Number():
            return True
        case F.Script(base):
            return _starts_with_digit(base)
    return False


def _airy(formula: F.Formula) -> bool:
    """Whether it wants a thin space beside it."""
    match formula:
        case F.Fraction() | F.Marked() | F.Root():
            return True
        case F.Fenced(left, _, _, size):
            return left in "[⌊|" or size > 1
        case F.Function(name):
            return len(name) > 1
        case F.Indexed(F.Name(stem=stem)) | F.Name(stem=stem):
            return len(stem) > 1
        case F.Script(base):
            return _airy(base)
    return False
