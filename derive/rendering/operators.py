"""Sums, products and means with the indices they run over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.language.expr import Index
from derive.rendering import formula as F
from derive.rendering.integers import Divisions, integer_formula
from derive.rendering.notation import Notation


@dataclass(frozen=True)
class Style:
    """How to set an expression.

    limits  whether sums show the limits of every index (else only where the range is not stated in the document)
    even    divisions known to come out even, by the guards around
    """

    notation: Notation
    limits: bool = False
    even: Divisions = frozenset()


def big_operators(operator: str, over: Sequence[Index], style: Style) -> tuple[F.Formula, ...]:
    """One operator for all indices whose range is stated, and one each for those whose limits are shown."""
    stated = style.notation.ranges
    plain = [i for i in over if not style.limits and stated.get(i.name) == (i.low, i.high)]
    out: list[F.Formula] = []
    for index in over:
        if index not in plain:
            low, high = (integer_formula(b, style.notation) for b in (index.low, index.high))
            out.append(F.Big(operator, F.row(style.notation.index(index.name), F.EQUALS, low), high))
        elif index is plain[0]:
            out.append(F.Big(operator, index_names(plain, style)))
    return tuple(out)


def index_names(over: Sequence[Index], style: Style) -> F.Formula:
    """The names of indices with commas between."""
    return F.joined(tuple(style.notation.index(i.name) for i in over), F.COMMA)


def share(over: Sequence[Index], style: Style) -> F.Formula:
    """One over the number of places: 1/(HW), as a mean has it."""
    extents = []
    for index in over:
        extent = integer_formula(index.extent, style.notation)
        extents.append(F.fenced("(", extent, ")") if index.extent.is_Add and len(over) > 1 else extent)
    return F.Fraction(F.Number("1"), F.row(*extents))
