"""Formulas as one line of plain text, for the terminal: ``∂L/∂h[t,i] = Σ_o W_y[o,i] ∂L/∂z[t,o]``."""

from __future__ import annotations

from derive.rendering import formula as F
from derive.rendering.metrics import GREEK

_SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_BIG = {"∑": "Σ", "∏": "Π"}


def unicode(formula: F.Formula | None) -> str:
    """The formula in one line of Unicode."""
    match formula:
        case None:
            return ""
        case F.Row(parts):
            return "".join(map(unicode, parts))
        case F.Name(source, stem, primes=primes, style=style):
            if style == "script":
                return stem
            return GREEK.get(source, source if not primes else stem) + "′" * primes
        case F.Indexed(name, places):
            return f"{unicode(name)}[{','.join(map(unicode, places))}]"
        case F.Number(text) | F.Text(text):
            return text
        case F.Sign(text, kind):
            return f" {text} " if kind in ("binary", "relation") else f"{text} " if kind == "punctuation" else text
        case F.Function(name, primes):
            return name + "′" * primes
        case F.Script(base, below, above):
            return unicode(base) + (f"_{_one(below)}" if below else "") + _power(above)
        case F.Big(operator, below, above):
            limits = f"_{_one(below)}" if below else ""
            return f"{_BIG.get(operator, operator)}{limits}{f'^{_one(above)}' if above else ''} "
        case F.Fraction(numerator, denominator):
            return f"{_one(numerator)}/{_one(denominator)}"
        case F.Fenced(left, body, right):
            return f"{left}{unicode(body)}{right}"
        case F.Delimiter(text):
            return text
        case F.Root(body):
            return f"√{_one(body)}"
        case F.Marked(body):
            return f"⟦{unicode(body)}⟧"
        case F.Accent(kind, body):
            return unicode(body) + {"bar": "\u0304", "hat": "\u0302"}[kind]
        case F.Space():
            return " "
        case F.Lines(rows):
            return "\n".join(unicode(left) + unicode(right) for left, right in rows)
    raise TypeError(f"no plain text for {type(formula).__name__}")


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
