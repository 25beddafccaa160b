"""How LaTeX writes text, formulas and pictures: what its templates call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from derive.rendering.document import (
    Code,
    Drawing,
    Edge,
    Emphasis,
    Figure,
    Inline,
    Inlines,
    Link,
    Math,
    Node,
    Reference,
    Strong,
    Text,
)
from derive.rendering.formula import Formula
from derive.rendering.latex import TEX, latex
from derive.rendering.pictures.tikz import pgf

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
        case Link(plain) | Reference(plain):
            return text(plain)
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
    """A picture in TikZ's language."""
    number = {node.name: f"n{k}" for k, node in enumerate(figure.nodes)}
    at = {node.name: node for node in figure.nodes}
    lines = []
    for node in figure.nodes:
        place = f"({2 * node.x:.2f},{0 - 1.1 * node.y:.2f})"
        lines.append(rf"\node[{node.role}] ({number[node.name]}) at {place} {{${latex(node.formula)}$}};")
    for edge in figure.edges:
        source, target = at[edge.source], at[edge.target]
        lines.append(
            rf"\draw[{_arrow(source, target, edge)} ({number[edge.target]});".replace("@", number[edge.source])
        )
    return "\n".join(lines)


def _arrow(source: Node, target: Node, edge: Edge) -> str:
    """How an edge leaves and arrives: along the way it goes, or around what stands between, or where it goes back."""
    if not edge.across:
        if source.y == target.y and target.x - source.x > 1:
            return "->] (@) to[bend left]"
        upwards = source.y - target.y >= 0.9 and target.x - source.x < 0.9
        return "->] (@) to" if upwards else "->] (@) to[out=0,in=180]"
    if target.x > source.x:
        return "->,dashed] (@) to[out=0,in=180]"
    label = rf"node[above,font=\scriptsize] {{${latex(edge.label)}$}}" if edge.label else ""
    return rf"->,dashed] (@) to[out=120,in=60,looseness=1.3] {label}"


def drawing(block: Drawing) -> str:
    """A picture that the program draws, in TikZ's language."""
    return pgf(block.picture, text)


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "text": text,
        "inline": inline,
        "math": math,
        "error": error,
        "listing": listing,
        "share": share,
        "tikz": tikz,
        "drawing": drawing,
    }
)
