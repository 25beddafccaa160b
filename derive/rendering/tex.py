"""How LaTeX writes text, formulas and pictures: what its templates call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from derive.rendering.document import Code, Emphasis, Figure, Inline, Inlines, Math, Strong, Text
from derive.rendering.formula import Formula
from derive.rendering.latex import TEX, latex

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"'", "–": "--", "—": "---",
    "…": r"\ldots{}",
    "✓": r"\checkmark{}", "✗": r"$\times$", "−": r"$-$", "\n": " ",
}  # fmt: skip
_PLAIN = frozenset(chr(c) for c in range(32, 127))


def text(plain: str) -> str:
    """Text with everything escaped that LaTeX would take for its own; a character it lacks prints as ?."""
    return "".join(_character(c) for c in plain)


def _character(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    return c if c in _PLAIN or 0xA0 <= ord(c) <= 0x17F else "?"


def inline(pieces: Inlines) -> str:
    """Running text."""
    return "".join(map(_inline, pieces))


def _inline(piece: Inline) -> str:
    match piece:
        case Text(plain):
            return text(plain)
        case Strong(plain):
            return rf"\textbf{{{text(plain)}}}"
        case Emphasis(plain):
            return rf"\emph{{{text(plain)}}}"
        case Code(plain):
            return rf"\texttt{{{_breakable(plain)}}}"
        case Math(formula):
            return f"${latex(formula, TEX)}$"
    raise TypeError(f"no LaTeX for {type(piece).__name__}")


def _breakable(plain: str) -> str:
    """Code that may be broken after commas, operators and brackets."""
    return "".join(_character(c) + (r"\allowbreak{}" if c in ",+-*/=()[]._" else "") for c in plain)


def math(formula: Formula) -> str:
    return latex(formula, TEX)


def error(value: float) -> str:
    """A relative error, as a power of ten: 3.1·10⁻¹⁶."""
    if not value:
        return "$0$"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return rf"${mantissa}\cdot 10^{{{int(exponent)}}}$"


def listing(source: str) -> str:
    """Source as it stands; what would end the listing is broken up."""
    return source.replace(r"\end{lstlisting}", r"\ end{lstlisting}").rstrip("\n")


def share(weight: int, weights: Sequence[int]) -> str:
    """The part of the width that a column has."""
    return f"{weight / sum(weights):.4f}"


def tikz(figure: Figure) -> str:
    """A picture in TikZ's language; the nodes of a column stand around its middle."""
    number = {node.name: f"n{k}" for k, node in enumerate(figure.nodes)}
    heights = Counter(node.column for node in figure.nodes)
    lines = []
    for node in figure.nodes:
        down = node.row - (heights[node.column] - 1) / 2
        place = f"({2 * node.column:.1f},{-1.1 * down:.2f})"
        lines.append(rf"\node[{node.role}] ({number[node.name]}) at {place} {{${latex(node.formula)}$}};")
    for edge in figure.edges:
        ends = number[edge.source], number[edge.target]
        if edge.label is None:
            lines.append(rf"\draw[->] ({ends[0]}) to[out=0,in=180] ({ends[1]});")
        else:
            label = rf"node[above,font=\scriptsize] {{${latex(edge.label)}$}}"
            lines.append(rf"\draw[->,dashed] ({ends[0]}) to[out=120,in=60,looseness=1.3] {label} ({ends[1]});")
    return "\n".join(lines)


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {"text": text, "inline": inline, "math": math, "error": error, "listing": listing, "share": share, "tikz": tikz}
)
