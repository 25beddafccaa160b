"""What an exercise leaves out of a derivation: lines, the part of a line that is new, and whatever repeats a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from derive.language.expr import Call, Delta, Elem, Expr, Num, Partial, Size
from derive.language.traverse import walk
from derive.rendering import formula as F
from derive.rendering.compose_gradient import as_one
from derive.rendering.compose_matrix import readings
from derive.rendering.marks import marked
from derive.rendering.page import Page
from derive.rendering.typeset import typeset
from derive.rendering.typeset_matrix import matrix_formula
from derive.steps.record import Gradient, Step

Blank = Literal["results", "steps", "all"]
BLANKS: tuple[Blank, ...] = ("results", "steps", "all")

GAP = F.Gap(4.0)  # of one width, so that it does not tell how long the answer is
LINE = F.Gap(16.0)

Secret = tuple[F.Formula, ...]


@dataclass(frozen=True)
class Row:
    """A line of an exercise: its formula, and whether the reason may stand below it."""

    steps: tuple[Step, ...]
    formula: F.Formula
    reason: bool


def rows(page: Page, one: Gradient, blank: Blank, random: Random, secrets: Sequence[Secret]) -> Iterator[Row]:
    """The lines of a gradient's derivation.

    A line that a reader could copy as the answer is blank.  Of the others ``results`` shows all, ``steps`` the first,
    the rest with a gap for what is new or wholly blank, as it falls; ``all`` shows none.
    """
    if blank == "all":
        return
    hidden = list(secrets)
    told = False
    for k, steps in enumerate(page.lines(one)):
        told = told or _is_told(page, one, steps)
        if told or is_answer(steps[-1].after):
            yield Row(steps, LINE, False)
        elif blank == "results" or k == 0:
            yield Row(steps, redacted(_line(page, steps[-1].after), hidden), True)
        else:
            line, found = _with_gaps(page, steps)
            hidden += found
            whole = not found or random.random() < 0.35
            yield Row(steps, LINE if whole else redacted(line, hidden), False)


def is_answer(line: Expr) -> bool:
    """Whether nothing is left to work out in a line, no derivative and no delta: it is the result in some form."""
    return not any(isinstance(node, Partial | Delta) for node in walk(line))


def _is_told(page: Page, one: Gradient, steps: Sequence[Step]) -> bool:
    """Whether a gradient found before is put in: what it is could be read off."""
    changed = [s.changed for s in steps if isinstance(s.changed, Elem) and s.changed != one.left]
    return any(c.name in page.style.notation.gradients for c in changed)


def _line(page: Page, line: Expr) -> F.Formula:
    return typeset(page.short(line)[0], page.style)


def _with_gaps(page: Page, steps: Sequence[Step]) -> tuple[F.Formula, list[Secret]]:
    """The line with a gap in place of each part that is new, and what stood there."""
    found: list[Secret] = []

    def gap(node: F.Formula) -> F.Formula | None:
        if not isinstance(node, F.Marked):
            return None
        found.append(F.parts_of(node.body))
        return GAP

    line = F.replaced(typeset(page.short(marked(as_one(tuple(steps))))[0], page.style), gap)
    return line, found


# What would give an answer away


def secrets(page: Page) -> list[Secret]:
    """The right sides of all results, in every form in which a page prints them, if they say anything by themselves."""
    found: dict[Secret, None] = {}
    for one in page.gradients():
        for left, right, indices in (
            (one.left, one.right, one.indices),
            *((case.left, case.right, case.indices) for case in one.cases),
        ):
            if not telling(right):
                continue
            for line in dict.fromkeys((right, page.short(right)[0])):
                found.setdefault(F.parts_of(typeset(line, page.style)))
            matrix = readings(page, left, right, indices)
            for reading in filter(None, (matrix.per_sample, matrix.batched)):
                found.setdefault(F.parts_of(matrix_formula(reading.right, page.style)))
    return list(found)


def telling(right: Expr) -> bool:
    """Whether a result is more than an element or a number, which stand everywhere."""
    return any(not isinstance(node, Elem | Num | Size | Partial) for node in walk(right)) and not (
        isinstance(right, Call) and right.function == "linear"
    )


def redacted(formula: F.Formula, secrets: Iterable[Secret]) -> F.Formula:
    """The formula with a gap in place of every secret that stands in it."""
    ordered = sorted(secrets, key=len, reverse=True)

    def hide(node: F.Formula) -> F.Formula | None:
        parts = list(F.parts_of(node))
        changed = False
        for secret in ordered:
            for start in range(len(parts) - len(secret), -1, -1):
                end = start + len(secret)
                if tuple(parts[start:end]) == secret and _is_whole(secret, parts[end : end + 1]):
                    parts[start : start + len(secret)] = [GAP]
                    changed = True
        return F.row(*(F.replaced(p, hide) for p in parts)) if changed else None

    return F.replaced(formula, hide)


def _is_whole(secret: Secret, following: Sequence[F.Formula]) -> bool:
    """Whether a sum ends where the secret does, rather than going on with a factor, which makes it another sum."""
    ends = not following or (isinstance(following[0], F.Sign) and following[0].kind in ("binary", "relation"))
    return ends or not any(isinstance(part, F.Big) for part in secret)
