"""Formulas as one line of plain text, for the terminal: ``∂L/∂h[t,i] = Σ_o W_y[o,i] ∂L/∂z[t,o]``."""

from __future__ import annotations

import re

from derive.rendering import formula as F
from derive.rendering.metrics import GREEK

_SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304"}  # set over the letter before
_SPACED = re.compile(r" ?([−+=<>≤≥,]) ")
_BIG = {"∑": "Σ", "∏": "Π"}


def unicode(formula: F.Formula | None) -> str:
    """The formula in one line of Unicode; aligned lines stay lines."""
    match formula:
        case None:
            return ""
        case F.Row(parts):
            return _apart([unicode(p) for p in parts])
        case F.Name():
            return _name(formula)
        case F.Indexed(name, places):
            return f"{_name(name)}[{','.join(map(_close, places))}]"
        case F.Number(text) | F.Text(text) | F.Delimiter(text):
            return text
        case F.Sign(text, kind):
            return f" {text} " if kind in ("binary", "relation") else f"{text} " if kind == "punctuation" else text
        case F.Function(name, primes):
            return name + "′" * primes
        case F.Script(F.Delimiter(text), below):
            return f"{text}{unicode(below)}"
        case F.Script(base, below, above):
            return unicode(base) + (f"_{_one(below)}" if below else "") + _power(above)
        case F.Big(operator, below, above):
            return f"{_BIG.get(operator, operator)}{_limits(below, above)} "
        case F.Fraction(numerator, denominator):
            return f"{_one(numerator)}/{_one(denominator)}"
        case F.Fenced(left, body, right):
            return f"{left}{unicode(body)}{right}"
        case F.Root(body):
            return f"√{_one(body)}"
        case F.Marked(body):
            return f"⟦{unicode(body)}⟧"
        case F.Gap(width):
            return "_" * round(2 * width)
        case F.Space():
            return " "
        case F.Lines(rows):
            cells = [(unicode(left), unicode(right)) for left, right in rows]
            widest = max(len(left) for left, _ in cells)
            return "\n".join(left.rjust(widest) + right for left, right in cells)
    raise TypeError(f"no plain text for {type(formula).__name__}")


def _name(name: F.Name) -> str:
    if name.style == "script":
        return name.stem
    if name.accent and len(letter := GREEK.get(name.stem, name.stem)) == 1:
        return letter + _ACCENTS[name.accent] + (f"_{name.label}" if name.label else "")
    if name.accent == "bar":
        return name.source + _ACCENTS["bar"]
    return GREEK.get(name.source, name.stem if name.primes else name.source) + "′" * name.primes


def _apart(pieces: list[str]) -> str:
    """Pieces side by side, a space between names that would run into each other."""
    out = ""
    for piece in filter(None, pieces):
        touching = bool(out) and (out[-1].isalpha() or out[-1] in "]′)") and piece[:1].isalpha()
        out += f" {piece}" if touching else piece.lstrip() if out.endswith(" ") else piece
    return out


def _close(formula: F.Formula) -> str:
    """A formula without the spaces around its signs."""
    return _SPACED.sub(r"\1", unicode(formula))


def _limits(below: F.Formula | None, above: F.Formula | None) -> str:
    """``_k``, ``_{s,o}`` or ``_{t=1..T}``."""
    if below is None:
        return ""
    limits = _close(below) + (f"..{_close(above)}" if above else "")
    return f"_{limits}" if len(limits) == 1 else f"_{{{limits}}}"


def _one(formula: F.Formula | None) -> str:
    """A formula as a unit: in parentheses unless it is one already."""
    text = unicode(formula)
    single = not isinstance(formula, F.Row) or not any(c in text for c in " +−/·") or text.startswith("∂")
    return text if single else f"({text})"


def _power(above: F.Formula | None) -> str:
    if above is None:
        return ""
    text = unicode(above)
    if all(c in "0123456789−" for c in text):
        return text.translate(_SUPERSCRIPTS)
    return "ᵀ" if text == "⊤" else f"^{_one(above)}"
