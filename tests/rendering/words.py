"""Blocks in plain words and LaTeX, for tests of what a section says."""

from __future__ import annotations

from collections.abc import Iterable

from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.latex import latex


def words(inlines: D.Inlines) -> str:
    """Running text with its formulas as LaTeX."""
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)  # type: ignore[attr-defined]


def told(blocks: Iterable[D.Block]) -> str:
    """All running text, one block a line."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case D.Paragraph(inlines) | D.Heading(_, inlines):
                lines.append(words(inlines))
            case D.Items(items):
                lines += map(words, items)
            case D.Plot() | D.Drawing():
                lines.append(words(block.caption))
    return "\n".join(lines)


def shown(blocks: Iterable[D.Block]) -> list[str]:
    """All displayed formulas, a line of several as one each."""
    found = [b.formula for b in blocks if isinstance(b, D.Equation)]
    return [latex(line) for f in found for line in ([F.row(*r) for r in f.rows] if isinstance(f, F.Lines) else [f])]
