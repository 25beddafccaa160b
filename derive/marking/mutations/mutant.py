"""A line of a derivation with a mistake in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.language.expr import Elem, Expr, Index
from derive.marking.record import Mistake


@dataclass(frozen=True)
class Mutant:
    """What a gradient becomes with one mistake in its derivation.

    left, indices, right  the line: ``right`` is over the tensors of the backward system, which evaluates it
    term                  which of the terms that add up to ``line`` the mistake touches; None where it is several
    line                  in which line it is made: 0 the result, others the lines before.  Two mistakes that touch
                          different terms of one line can be made together: their differences from the truth add up
    """

    mistake: Mistake
    left: Elem
    indices: tuple[Index, ...]
    right: Expr
    term: int | None
    line: int = 0


def told_of(mistake: Mistake, name: str) -> Mistake:
    """A mistake as it is told where it shows in another gradient than the one in which it is made."""
    if mistake.gradient == name or f"your {mistake.gradient} " in mistake.sentence:
        return mistake
    return replace(mistake, sentence=f"the mistake is in {mistake.gradient}: {mistake.sentence}")
