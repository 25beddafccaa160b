"""Labels of pictures as outlines, set by Matplotlib's mathematics, which is imported here and only when one is set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from derive.rendering.formula import Formula
from derive.rendering.latex import TEX, latex

_LONE = re.compile(r"\\(mathcal|mathbf|mathrm|boldsymbol) ?(\\?[A-Za-z]+)")
_SIZED = re.compile(r"\\[bB]igg?[lr]?(?![A-Za-z])")
_DOLLAR = re.compile(r"([\\$])")


@dataclass(frozen=True)
class Outline:
    """A label of size 1: its commands (M, L, Q, Z and their places, y up), where its ink begins and ends."""

    commands: tuple[tuple[str, tuple[float, ...]], ...]
    left: float
    right: float
    bottom: float
    top: float


@cache
def outline(content: Formula | str) -> Outline:
    """The outline of a formula or of words."""
    if isinstance(content, str) and not content.strip():
        return Outline((), 0.0, 0.0, 0.0, 0.0)
    import matplotlib
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    source = f"${_mathtext(content)}$" if isinstance(content, Formula) else _DOLLAR.sub(r"\\\1", content)
    with matplotlib.rc_context({"mathtext.fontset": "stix"}):
        family = "STIXGeneral" if isinstance(content, Formula) else "DejaVu Sans"
        path = TextPath((0, 0), source, size=100, prop=FontProperties(family=family), usetex=False)
    commands = []
    for points, code in path.iter_segments(simplify=False, curves=True):
        letter = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}[int(code)]
        commands.append((letter, () if letter == "Z" else tuple(float(p) / 100 for p in points)))
    box = path.get_extents()
    return Outline(tuple(commands), *(float(v) / 100 for v in (box.x0, box.x1, box.y0, box.y1)))


def _mathtext(formula: Formula) -> str:
    """The formula in the dialect that Matplotlib reads: braces around single letters, delimiters of one size."""
    return _SIZED.sub("", _LONE.sub(r"\\\1{\2}", latex(formula, TEX)))
