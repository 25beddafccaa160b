"""Formulas as Typst's mathematics.

Signs and Greek letters are written as the characters that they are: the names that Typst has for them change from one
version to the next.  Words stand between quotes, so that no name can be taken for a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.rendering import formula as F
from derive.rendering.metrics import GREEK
from derive.rendering.unicode import unicode

_ESCAPED: Mapping[str, str] = {c: f"\\{c}" for c in "/()[]{}|,;:!*#$&~_^\"'`\\⌊⌋⌈⌉‖⟨⟩⟦⟧"} | {
    "·": "⋅"
}  # "·" may be part of a name
_CLASSED = frozenset("+−-±")  # signs that Typst takes for an operation or for a part of a number by where they stand
_WORDS = frozenset({"log", "exp", "sin", "cos", "tanh", "max", "min"})  # functions that Typst has by name
_STYLES = {"upright": "upright", "bold": "bold", "script": "cal"}
_ACCENTS = {"hat": "hat", "tilde": "tilde", "bar": "macron"}
Sizes = tuple[str, str, str, str]
DISPLAYED: Sizes = ("", "1.2em", "1.8em", "2.4em")  # how tall delimiters are, as ``Fenced`` counts
IN_LINE: Sizes = ("", "1.1em", "1.4em", "1.7em")
_HIDDEN = frozenset(map(chr, (*range(32), 127, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def typst_math(formula: F.Formula, sizes: Sizes = DISPLAYED) -> str:
    """The formula in Typst's mathematics, without dollar signs."""
    return _math(formula, sizes)


def alternative(formula: F.Formula) -> str:
    """The formula in words and signs of plain text, for who cannot see it."""
    plain = unicode(formula).replace("⟦", "").replace("⟧", "")
    return " ".join(plain.split())


def string(text: str) -> str:
    """A text as a string of Typst, in which nothing is a command; what would not be seen is left out."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "    ")
    return f'"{visible(escaped)}"'


def visible(text: str) -> str:
    """A text without control characters, and without those that turn the direction of writing."""
    return "".join(c for c in text if c not in _HIDDEN)


def _glued(pieces: Iterable[str]) -> str:
    """Pieces side by side, with a space where two would be taken for one name, or for a call."""
    out = ""
    for piece in filter(None, pieces):
        name_goes_on = out[-1:].isalnum() and piece[:1].isalnum()
        call = piece[:1] in "(." and out[-2:].isalnum() and out[-1:].isalpha()
        out += f" {piece}" if name_goes_on or call else piece
    return out


def _math(formula: F.Formula | None, sizes: Sizes) -> str:
    match formula:
        case None:
            return ""
        case F.Row(parts):
            starts = (k == 0 or isinstance(parts[k - 1], F.Space) for k in range(len(parts)))
            return _glued(_part(p, sizes, first) for p, first in zip(parts, starts, strict=True))
        case F.Name():
            return _scripted(_stem(formula), _label(formula), _number(formula))
        case F.Indexed(name, places, tight):
            inner = [_math(p, sizes) for p in places]
            below = _glued(inner) if tight else "\\,".join(inner)
            return _scripted(_stem(name), f"{_label(name)}\\,{below}" if name.label else below, _number(name))
        case F.Number(text):
            return _numeral(text)
        case F.Sign():
            return _sign(formula)
        case F.Function(name, primes):
            return _function(name) + "'" * primes
        case F.Text(text):
            return string(text)
        case F.Script(base, below, above):
            return _script(_math(base, sizes), _is_whole(base), _math(below, sizes), _math(above, sizes))
        case F.Big(operator, below, above):
            return _scripted(
                operator if operator in "∑∏" else _function(operator), _math(below, sizes), _math(above, sizes)
            )
        case F.Fraction(numerator, denominator):
            return f"frac({_math(numerator, sizes)}, {_math(denominator, sizes)})"
        case F.Fenced(left, body, right, size):
            return _glued(
                (
                    _delimiter(left, sizes[size], "opening"),
                    _math(body, sizes),
                    _delimiter(right, sizes[size], "closing"),
                )
            )
        case F.Delimiter(text, size, opening):
            return _delimiter(text, sizes[size], "opening" if opening else "closing")
        case F.Root(body):
            return f"sqrt({_math(body, sizes)})"
        case F.Marked(body):
            return f"marked({_math(body, sizes)})"
        case F.Gap(width):
            return f"gap(#{width:g}em)"
        case F.Space(width):
            return "" if not width else "thin" if width == 3 else "quad" if width == 18 else f"#h({width / 18:.3f}em);"
        case F.Lines(rows):
            return " \\\n".join(f"{_math(left, sizes)} &{_line(right, sizes)}" for left, right in rows)
    raise TypeError(f"no Typst for {type(formula).__name__}")


def _line(formula: F.Formula, sizes: Sizes) -> str:
    """The right side of a line; one that begins with an operation keeps the space after it."""
    return _part(formula, sizes, first=True) if isinstance(formula, F.Sign) else _math(formula, sizes)


def _part(part: F.Formula, sizes: Sizes, first: bool) -> str:
    """A part of a row: a sign of operation at its beginning, or after a space, is still one."""
    if isinstance(part, F.Sign) and part.text in _CLASSED and first and part.kind == "binary":
        return f'class("binary", {part.text})'
    return _math(part, sizes)


def _sign(sign: F.Sign) -> str:
    if len(sign.text) > 1:
        kind = "relation" if sign.kind == "relation" else "normal"
        return f'class("{kind}", {string(sign.text)})'
    symbol = _ESCAPED.get(sign.text, sign.text)
    return f'class("normal", {symbol})' if sign.text in _CLASSED and sign.kind == "ordinary" else symbol


def _stem(name: F.Name) -> str:
    if name.stem in GREEK:
        body = GREEK[name.stem]
    elif len(name.stem) == 1 and name.stem.isascii() and name.stem.isalpha():
        body = "ℓ" if name.stem == "l" and name.style == "italic" else name.stem
    else:
        body = string(name.stem)
    if name.style in _STYLES:
        body = f"{_STYLES[name.style]}({body})"
    return (f"{_ACCENTS[name.accent]}({body})" if name.accent else body) + "'" * name.primes


def _label(name: F.Name) -> str:
    if name.label in GREEK and not name.upright:
        return GREEK[name.label]
    plain = len(name.label) == 1 and name.label.isascii() and name.label.isalnum()
    if plain:
        return f"upright({name.label})" if name.upright else name.label
    return string(name.label) if name.label else ""


def _number(name: F.Name) -> str:
    return f"({_numeral(name.number)})" if name.number else ""


def _function(name: str) -> str:
    if name in _WORDS:
        return name
    if len(name) == 1 and name.isalpha():
        return name
    return f"op({string(name)})"


def _numeral(text: str) -> str:
    return text if text.replace(".", "", 1).isdecimal() and text.isascii() else string(text)


def _is_whole(base: F.Formula) -> bool:
    """Whether a script after it belongs to all of it."""
    return not isinstance(base, F.Row | F.Fraction | F.Script | F.Root)


def _script(base: str, whole: bool, below: str, above: str) -> str:
    if whole:
        return _scripted(base, below, above)
    scripts = [f"{side}: {script}" for side, script in (("b", below), ("t", above)) if script]
    return f"attach({', '.join([base, *scripts])})"


def _scripted(base: str, below: str, above: str) -> str:
    return base + (f"_({below})" if below else "") + (f"^({above})" if above else "")


def _delimiter(text: str, size: str, side: str) -> str:
    if not text:
        return ""
    symbol = _ESCAPED.get(text, text)
    if size:
        return f"{side}(#{size}, {symbol})"
    return f'class("{side}", {symbol})' if text in "|‖" else symbol
