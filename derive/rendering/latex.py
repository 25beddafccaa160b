"""Formulas as LaTeX, in two dialects: for LaTeX itself, and for the mathematics in Markdown.

Markdown pages pass formulas through a Markdown parser first and then to MathJax or KaTeX, which know fewer macros.  So
that dialect uses no macro that GitHub refuses (``\\operatorname``, ``\\phantom``), no backslash before punctuation
(Markdown would eat it), none of ``< > | *``, and never an underscore right after a bracket or brace, where Markdown
would see the beginning of emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from derive.rendering import formula as F
from derive.rendering.metrics import GREEK


@dataclass(frozen=True)
class Dialect:
    """What differs between the two: how a line ends, a thin space, a function, a bold letter, and single signs.

    lone_letter  whether the last letter of a word stands alone where a subscript follows, instead of a brace
    """

    newline: str
    thin: str
    function: str
    bold: str
    lone_letter: bool
    signs: Mapping[str, str]


_SIGNS: Mapping[str, str] = {
    "−": "-", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∣": r"\mid", "∈": r"\in", "←": r"\leftarrow",
    "→": r"\to", "·": r"\cdot", "×": r"\times", "∂": r"\partial", "⊙": r"\odot", "⊤": r"\top",
    "∗": r"\ast", "⋆": r"\star", "…": r"\ldots", "⋯": r"\cdots", "∑": r"\sum", "∏": r"\prod", "≈": r"\approx",
    "∞": r"\infty", "mod": r"\bmod",
}  # fmt: skip

TEX = Dialect(r"\\", r"\,", r"\operatorname", r"\boldsymbol", lone_letter=False, signs=_SIGNS)
MARKDOWN = Dialect(
    r"\cr",
    r"\thinspace",
    r"\mathrm",
    r"\pmb",
    lone_letter=True,
    signs={**_SIGNS, "<": r"\lt", ">": r"\gt", "|": r"\vert"},
)

_DELIMITERS: Mapping[str, str] = {"⌊": r"\lfloor", "⌋": r"\rfloor", "|": r"\vert", "‖": r"\Vert"}
_SIZES = ("", r"\big", r"\Big", r"\bigg")
_OPERATORS = frozenset({"log", "exp", "sin", "cos", "tanh", "max", "min"})
_VARIANTS = {"eps": r"\varepsilon", "epsilon": r"\varepsilon", "lam": r"\lambda"}
_STYLES = {"italic": "", "upright": r"\mathrm", "bold": r"\mathbf", "script": r"\mathcal"}
_ESCAPES = {"\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_"}
_UPRIGHT = r"\mathrm"
_WORD_AT_END = re.compile(r"(\\math[a-z]+)\{(\w+)(\w)\}$")
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")


def latex(formula: F.Formula, dialect: Dialect = TEX) -> str:
    """The formula as LaTeX, without dollar signs."""
    return _latex(formula, dialect)


def _glued(pieces: Iterable[str]) -> str:
    """Pieces side by side, with a space where a command would run into a letter."""
    out = ""
    for piece in pieces:
        out += f" {piece}" if piece[:1].isalpha() and _COMMAND_AT_END.search(out) else piece
    return out


def _latex(formula: F.Formula | None, d: Dialect) -> str:
    match formula:
        case None:
            return ""
        case F.Row(parts):
            return _glued(_latex(p, d) for p in parts)
        case F.Name():
            return _scripted(_stem(formula, d), _label(formula), _number(formula), d)
        case F.Indexed(name, places, tight):
            inner = (_latex(p, d) for p in places)
            below = _glued(inner) if tight else ",".join(inner)
            return _scripted(_stem(name, d), f"{_label(name)},{below}" if name.label else below, _number(name), d)
        case F.Number(text):
            return text
        case F.Sign(text):
            return d.signs.get(text, text)
        case F.Function(name, primes):
            return _function(name, d) + "'" * primes
        case F.Text(text):
            return rf"\text{{{''.join(_ESCAPES.get(c, c) for c in text)}}}"
        case F.Script(base, below, above):
            inner_base = _latex(base, d)
            if isinstance(base, F.Row | F.Fraction | F.Script | F.Root):
                inner_base = f"{{{inner_base}}}"
            return _scripted(inner_base, _latex(below, d), _latex(above, d), d)
        case F.Big(operator, below, above):
            symbol = d.signs.get(operator) or _function(operator, d)
            upright = symbol.startswith(_UPRIGHT)  # letters, of which LaTeX does not know that they are an operator
            return _scripted(symbol, _latex(below, d), _latex(above, d), d) + (d.thin if upright else "")
        case F.Fraction(numerator, denominator):
            return rf"\frac{{{_latex(numerator, d)}}}{{{_latex(denominator, d)}}}"
        case F.Fenced(left, body, right, size):
            return _glued((_delimiter(left, size, "l"), _latex(body, d), _delimiter(right, size, "r")))
        case F.Delimiter(text, size, opening):
            return _delimiter(text, size, "l" if opening else "r")
        case F.Root(body):
            return rf"\sqrt{{{_latex(body, d)}}}"
        case F.Marked(body):
            return rf"\boxed{{{_latex(body, d)}}}"
        case F.Gap(width):
            return rf"\underline{{\hskip {width:g}em}}"
        case F.Space(width):
            return "" if width == 0 else d.thin if width < 10 else r"\quad" if width < 30 else r"\qquad"
        case F.Lines(rows):
            lines = f" {d.newline} ".join(f"{_latex(left, d)} & {_latex(right, d)}" for left, right in rows)
            return rf"\begin{{aligned}}{lines}\end{{aligned}}"
    raise TypeError(f"no LaTeX for {type(formula).__name__}")


def _stem(name: F.Name, d: Dialect) -> str:
    style = _STYLES[name.style]
    if name.stem in GREEK:
        letter = _VARIANTS.get(name.stem, f"\\{name.stem}")
        body = rf"{d.bold}{letter}" if name.style == "bold" else letter
    elif len(name.stem) > 1:
        body = f"{style or _UPRIGHT}{{{name.stem}}}"
    else:
        letter = r"\ell" if name.stem == "l" and not style else name.stem
        body = f"{style} {letter}" if style else letter
    return (rf"\{name.accent}{{{body}}}" if name.accent else body) + "'" * name.primes


def _label(name: F.Name) -> str:
    if name.label in GREEK and not name.upright:
        return f"\\{name.label}"
    return rf"\mathrm{{{name.label}}}" if name.label and (name.upright or len(name.label) > 1) else name.label


def _number(name: F.Name) -> str:
    return f"({name.number})" if name.number else ""


def _function(name: str, d: Dialect) -> str:
    if name in _OPERATORS:
        return f"\\{name}"
    greek = [g for g, letter in GREEK.items() if letter == name]
    if greek:
        return f"\\{greek[0]}"
    return name if len(name) == 1 else f"{d.function}{{{name}}}"


def _scripted(base: str, below: str, above: str, d: Dialect) -> str:
    """A base with its scripts."""
    if below and d.lone_letter and not base[-1:].isalnum():
        base, changed = _WORD_AT_END.subn(r"\1{\2}\1 \3", base)
        base += "" if changed else r"\hskip 0pt"
    return base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _delimiter(text: str, size: int, side: str) -> str:
    symbol = _DELIMITERS.get(text, text)
    return f"{_SIZES[size]}{side}{symbol}" if size and symbol else symbol
