"""Long formulas broken into aligned lines, at the signs between the terms of the outermost sum that is too wide."""

from __future__ import annotations

from collections.abc import Sequence

from derive.rendering import formula as F
from derive.rendering.metrics import width

_TIMES = F.Sign("·", "binary")
_INDENT = 2.0  # em by which a continued line stands in from the relation


def aligned(left: F.Formula, relation: F.Sign, right: F.Formula, limit: float) -> F.Formula:
    """``left = right``, on one line where it is at most ``limit`` em wide, else on several aligned at the relation."""
    if width(left) + width(relation) + width(right) <= limit:
        return F.row(left, relation, right)
    room = limit - width(left) - width(relation) - _INDENT
    first, *others = broken(right, max(room, 8.0))
    rows = [(left, F.row(relation, first))]
    rows += [(F.Row(()), F.row(F.QUAD, F.QUAD, line)) for line in others]
    return F.Lines(tuple(rows)) if others else F.row(left, relation, right)


def stacked(formula: F.Formula, limit: float) -> F.Formula:
    """A formula without a relation, on as many lines as it needs."""
    lines = broken(formula, limit)
    return F.Lines(tuple((F.Row(()), line) for line in lines)) if len(lines) > 1 else formula


def broken(formula: F.Formula, limit: float) -> list[F.Formula]:
    """The lines of a formula, each at most ``limit`` em wide where that can be done."""
    lines: list[list[F.Formula]] = [[]]
    for chunk in _chunks(formula, limit):
        if lines[-1] and width(F.row(*lines[-1], chunk)) > limit:
            lines.append([])
            chunk = _continued(chunk)
        lines[-1].append(chunk)
    return [_line(parts) for parts in lines]


def _continued(chunk: F.Formula) -> F.Formula:
    """A piece at the beginning of a line: a factor has a sign of multiplication there instead of a space."""
    first, *rest = F.parts_of(chunk)
    return F.row(_TIMES, *rest) if isinstance(first, F.Space) and rest else chunk


def _line(parts: list[F.Formula]) -> F.Formula:
    """A line without the space it would begin with."""
    flat = [p for part in parts for p in F.parts_of(part)]
    while flat and isinstance(flat[0], F.Space):
        flat.pop(0)
    return F.row(*flat) if flat else F.Row(())


def _chunks(formula: F.Formula, limit: float) -> list[F.Formula]:
    """The pieces between which a line may break, each beginning with its sign; too wide ones are opened up."""
    parts = F.parts_of(formula)
    out: list[F.Formula] = []
    for piece in _at_commas(parts) if F.COMMA in parts else _at_signs(parts):
        out += [F.row(*piece)] if width(F.row(*piece)) <= limit else _opened(piece, limit)
    return out


def _at_commas(parts: Sequence[F.Formula]) -> list[list[F.Formula]]:
    pieces: list[list[F.Formula]] = [[]]
    for part in parts:
        pieces[-1].append(part)
        if part == F.COMMA:
            pieces.append([])
    return [p for p in pieces if p]


def _at_signs(parts: Sequence[F.Formula]) -> list[list[F.Formula]]:
    pieces: list[list[F.Formula]] = [[]]
    for part in parts:
        if isinstance(part, F.Sign) and part.kind in ("binary", "relation") and pieces[-1]:
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _opened(piece: list[F.Formula], limit: float) -> list[F.Formula]:
    """A piece too wide for a line: broken between its factors, and inside those that are too wide themselves."""
    out: list[F.Formula] = []
    for factor in _factors(piece):
        out += [F.row(*factor)] if width(F.row(*factor)) <= limit else _inside(factor, limit)
    return out


def _factors(piece: list[F.Formula]) -> list[list[F.Formula]]:
    """A product in pieces that begin at the spaces between its factors, or at a sum."""
    pieces: list[list[F.Formula]] = [[]]
    for k, part in enumerate(piece):
        following = piece[k + 1] if k + 1 < len(piece) else None
        if pieces[-1] and (part == F.THIN or (part == F.GAP and isinstance(following, F.Big))):
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _inside(piece: list[F.Formula], limit: float) -> list[F.Formula]:
    """A factor broken inside its widest parentheses; a mark around what has to be broken is left out."""
    places = [k for k, p in enumerate(piece) if isinstance(p, F.Fenced | F.Marked)]
    if not places:
        return [F.row(*piece)]
    where = max(places, key=lambda k: width(piece[k]))
    before, part, after = piece[:where], piece[where], piece[where + 1 :]
    if isinstance(part, F.Marked):
        return _chunks(F.row(*before, part.body, *after), limit)
    assert isinstance(part, F.Fenced)
    first, *rest = _chunks(part.body, limit)
    if not rest:
        return [F.row(*piece)]
    head = F.row(*before, F.Delimiter(part.left, part.size, True), first)
    tail = F.row(rest[-1], F.Delimiter(part.right, part.size, False), *after)
    return [head, *rest[:-1], tail]
