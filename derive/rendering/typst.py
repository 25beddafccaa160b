"""How Typst writes text, formulas and pictures: what its templates call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.rendering import plots
from derive.rendering.deck import deck
from derive.rendering.document import (
    Code,
    Drawing,
    Emphasis,
    Inline,
    Inlines,
    Link,
    Math,
    Plot,
    Reference,
    Strong,
    Text,
)
from derive.rendering.formula import Formula, Lines
from derive.rendering.pictures.typst_shapes import typst_shapes
from derive.rendering.typst_math import IN_LINE, alternative, string, typst_math, visible

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#$@~/=|+]|\.(?=\.)|-(?=[-?\d])|^(?:-|\d+[.)])")


_NEW_LINE = re.compile("[\n\r\v\f\x85\u2028\u2029]")


def text(plain: str) -> str:
    """Text with everything escaped that Typst would take for its own."""
    return _SPECIAL.sub(_escaped, visible(_NEW_LINE.sub(" ", plain)))


def _escaped(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\{match[0][-1]}"


def inline(pieces: Inlines) -> str:
    """Running text."""
    return "".join(map(_inline, pieces))


def _inline(piece: Inline) -> str:
    match piece:
        case Text(plain):
            return text(plain)
        case Strong(plain):
            return f"#strong[{text(plain)}];"
        case Emphasis(plain):
            return f"#emph[{text(plain)}];"
        case Code(plain):
            return f"#code({string(plain)});"
        case Link(plain, target):
            return f"#link({string(target)})[{text(plain)}];"
        case Reference(plain, number):
            return f"#leads-to({string(number)})[{text(plain)}];"
        case Math(formula):
            return f"#{_small(formula)};"
    raise TypeError(f"no Typst for {type(piece).__name__}")


def math(formula: Formula) -> str:
    """A formula as an argument: in display style, with what it says in plain text."""
    return f"dm({string(alternative(formula) or ' ')}, $ {typst_math(formula)} $)"


def error(value: float) -> str:
    """A relative error, as a power of ten: 3.1·10⁻¹⁶."""
    if not value:
        return "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f'#m("{value:.1e}", ${mantissa} dot 10^({int(exponent)})$);'


def lines(formula: Formula) -> str:
    """Whether a formula takes several lines, as a value of Typst."""
    return str(isinstance(formula, Lines)).lower()


def _small(formula: Formula) -> str:
    """A formula in a line."""
    return f"m({string(alternative(formula) or ' ')}, ${typst_math(formula, IN_LINE)}$)"


def svg(plot: Plot) -> str:
    """A plot as a picture inside the source."""
    return string(plots.drawn(plot, "svg").decode("utf-8"))


def shapes(drawing: Drawing) -> str:
    """A drawing, drawn by Typst."""
    return typst_shapes(drawing.picture)


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "text": text,
        "deck": deck,
        "inline": inline,
        "math": math,
        "lines": lines,
        "string": string,
        "error": error,
        "svg": svg,
        "shapes": shapes,
    }
)
