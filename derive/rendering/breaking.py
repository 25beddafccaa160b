"""Long formulas broken into aligned lines, at the signs between the terms of the outermost sum that is too wide."""

from __future__ import annotations

from derive.rendering import formula as F
from derive.rendering.metrics import width

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
        lines[-1].append(chunk)
    return [_line(parts) for parts in lines]


def _line(parts: list[F.Formula]) -> F.Formula:
    """A line without the space it would begin with."""
    flat = [p for part in parts for p in F.parts_of(part)]
    while flat and isinstance(flat[0], F.Space):
        flat.pop(0)
    return F.row(*flat) if flat else F.Row(())


def _chunks(formula: F.Formula, limit: float) -> list[F.Formula]:
    """The pieces between which a line may break, each beginning with its sign; too wide ones are opened up."""
    pieces: list[list[F.Formula]] = [[]]
    for part in F.parts_of(formula):
        if isinstance(part, F.Sign) and part.kind in ("binary", "relation") and pieces[-1]:
            pieces.append([])
        pieces[-1].append(part)
        if part == F.COMMA:
            pieces.append([])
    out: list[F.Formula] = []
    for piece in pieces:
        whole = F.row(*piece) if piece else F.Row(())
        out += [whole] if width(whole) <= limit else _opened(piece, limit)
    return out


def _opened(piece: list[F.Formula], limit: float) -> list[F.Formula]:
    """A piece that is too wide for a line: broken inside its widest parentheses, or else between its factors."""
    inside = [k for k, p in enumerate(piece) if isinstance(p, F.Fenced | F.Marked)]
    if inside:
        where = max(inside, key=lambda k: width(piece[k]))
        part = piece[where]
        if isinstance(part, F.Marked):
            return _chunks(F.row(*piece[:where], part.body, *piece[where + 1 :]), limit)
        assert isinstance(part, F.Fenced)
        chunks = _chunks(part.body, limit)
        if len(chunks) > 1:
            head = F.row(*piece[:where], F.Delimiter(part.left, part.size, True), chunks[0])
            tail = F.row(chunks[-1], F.Delimiter(part.right, part.size, False), *piece[where + 1 :])
            return _flat([[head], chunks[1:-1], [tail]], limit)
    return _between_factors(piece)


def _flat(groups: list[list[F.Formula]], limit: float) -> list[F.Formula]:
    return [
        c
        for group in groups
        for chunk in group
        for c in ([chunk] if width(chunk) <= limit else _between_factors(list(F.parts_of(chunk))))
    ]


def _between_factors(piece: list[F.Formula]) -> list[F.Formula]:
    """A product in pieces that begin at the spaces between its factors."""
    pieces: list[list[F.Formula]] = [[]]
    for part in piece:
        if part == F.THIN and pieces[-1]:
            pieces.append([])
        pieces[-1].append(part)
    return [F.row(*p) for p in pieces]
