"""How LaTeX writes text, formulas and pictures: what its templates call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from derive.rendering.document import (
    Code,
    Drawing,
    Emphasis,
    Inline,
    Inlines,
    Link,
    Math,
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
    """Code that may be broken after commas, operators and brackets, but not inside ``()``."""
    pieces = (_character(c) + (r"\allowbreak{}" if c in ",+-*/=()[]._" else "") for c in plain)
    return "".join(pieces).replace(r"(\allowbreak{})", "()")


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
        "drawing": drawing,
    }
)
