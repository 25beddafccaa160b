"""Formulas as MathML Core, which browsers set by themselves; pages bring the font.

An element of a tensor bears the tensor's name as ``data-of``, so that a page can point out all its places.  Spaces
around signs are those of MathML's dictionary, which are TeX's; in scripts, where MathML keeps them and TeX does not,
they are left out here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from derive.rendering import formula as F
from derive.rendering.mathml_letters import bold, italic, letter, script
from derive.rendering.metrics import STACKED

_SIZES = ("", "1.2em", "1.8em", "2.4em")
_ACCENTS = {"hat": "^", "tilde": "~", "bar": "¯"}
_CLOSE, _INFIX = ' lspace="0" rspace="0"', ' form="infix"'
_COMMA = '<mo rspace="0">,</mo>'  # in a script
_THIN = '<mspace width="0.167em"/>'


@dataclass(frozen=True)
class Setting:
    """Where a formula stands: whether in a script; ``known`` are the tensors whose places are marked."""

    known: Collection[str] = ()
    script: bool = False

    @property
    def inside(self) -> Setting:
        return replace(self, script=True)


def mathml(formula: F.Formula, known: Collection[str] = (), display: bool = False) -> str:
    """The formula as a ``math`` element, displayed or in a line."""
    attribute = ' display="block"' if display else ""
    return f"<math{attribute}>{_ml(formula, Setting(known))}</math>"


def phantom(formula: F.Formula) -> str:
    """The room that a formula takes."""
    return f"<mphantom>{_one(formula, Setting())}</mphantom>"


def _ml(formula: F.Formula | None, c: Setting) -> str:
    """A formula as elements side by side."""
    match formula:
        case None:
            return ""
        case F.Row(parts):
            return "".join(_row(parts, c))
        case F.Name():
            return _element(formula, (), c)
        case F.Indexed(name, places, tight):
            return _element(name, _with_commas(places, tight, c), c)
        case F.Number(text):
            return f"<mn>{escape(text)}</mn>"
        case F.Sign(text, kind):
            return _sign(text, kind, c)
        case F.Function(name, primes):
            return f"<mi{_normal(name) if not primes else ''}>{escape(name)}{'′' * primes}</mi>"
        case F.Text(text):
            return f"<mtext>{_words(text)}</mtext>"
        case F.Script(F.Delimiter(text, size, opening), below, above):
            base = f"<mrow>{_strut(size)}{_delimiter(text, size, 'prefix' if opening else 'postfix')}</mrow>"
            return _scripts(base, _ml(below, c.inside), _ml(above, c.inside))
        case F.Script(F.Name(number="") as name, None, above):
            return _element(name, (), c, _ml(above, c.inside))
        case F.Script(F.Indexed(F.Name(number="") as name, places, tight), None, above):
            return _element(name, _with_commas(places, tight, c), c, _ml(above, c.inside))
        case F.Script(base, below, above):
            return _scripts(_one(base, c), _ml(below, c.inside), _ml(above, c.inside))
        case F.Big():
            return _big(formula, c)
        case F.Fraction(numerator, denominator):
            return f"<mfrac>{_one(numerator, c)}{_one(denominator, c)}</mfrac>"
        case F.Fenced(left, body, right, size):
            inner = f"{_delimiter(left, size, 'prefix')}{_ml(body, c)}{_delimiter(right, size, 'postfix')}"
            return f"<mrow>{inner}</mrow>"
        case F.Delimiter(text, size, opening):
            return _delimiter(text, size, "prefix" if opening else "postfix")
        case F.Root(body):
            return f"<msqrt>{_ml(body, c)}</msqrt>"
        case F.Marked(body):
            return f'<mrow class="new">{_ml(body, c)}</mrow>'
        case F.Space(width):
            return "" if c.script or not width else f'<mspace width="{width / 18:.3g}em"/>'
        case F.Gap(width):
            return f'<mspace class="gap" width="{width:.3g}em"/>'
        case F.Lines(rows):
            return _lines(rows, c)
    raise TypeError(f"no MathML for {type(formula).__name__}")


def _one(formula: F.Formula, c: Setting) -> str:
    """A formula as a single element."""
    inner = _ml(formula, c)
    many = isinstance(formula, F.Row | F.Space)
    return f"<mrow>{inner}</mrow>" if many else inner


# Rows


def _row(parts: Sequence[F.Formula], c: Setting) -> Iterator[str]:
    """Parts side by side, with a thin space where a function stands before what is no parenthesis, or after a factor.

    MathML sees a letter where TeX sees an operator.
    """
    shown = [p for p in parts if p != F.GAP]
    for part, before in zip(shown, (None, *shown), strict=False):
        if not c.script and _meet(before, part):
            yield _THIN
        yield _ml(part, c)


def _meet(before: F.Formula | None, part: F.Formula) -> bool:
    if _is_operator(before):
        return not isinstance(part, F.Fenced | F.Delimiter | F.Space | F.Sign | F.Big)
    return _is_operator(part) and isinstance(before, F.Name | F.Indexed | F.Number | F.Fenced | F.Fraction | F.Function)


def _is_operator(part: F.Formula | None) -> bool:
    base = part.base if isinstance(part, F.Script) else part
    return isinstance(base, F.Function) and len(base.name) > 1


def _with_commas(places: Sequence[F.Formula], tight: bool, c: Setting) -> tuple[str, ...]:
    inner = (_ml(p, c.inside) for p in places)
    return ("".join(inner),) if tight else tuple(inner)


def _sign(text: str, kind: F.Kind, c: Setting) -> str:
    match kind:
        case "binary" | "relation":
            return f"<mo{_CLOSE if c.script else _INFIX}>{escape(text)}</mo>"
        case "punctuation":
            return _COMMA if c.script and text == "," else f"<mo>{escape(text)}</mo>"
    if text in "−/|∣":
        return f'<mo stretchy="false"{_CLOSE}>{escape(text)}</mo>'
    return f"<mi{_normal(text)}>{escape(text)}</mi>"


def _big(big: F.Big, c: Setting) -> str:
    """A big operator; its limits stand beside it within a line."""
    spaces = "" if big.operator in "∑∏" and not c.script else f' lspace="0" rspace="{0 if c.script else "0.167em"}"'
    below, above = _ml(big.below, c.inside), _ml(big.above, c.inside)
    if big.operator in STACKED:
        movable = "" if big.operator in "∑∏" else ' movablelimits="true"'
        return _scripts(f"<mo{movable}{spaces}>{big.operator}</mo>", below, above, ("munder", "mover", "munderover"))
    return _scripts(f"<mo{spaces}>{escape(big.operator)}</mo>", below, above)


def _delimiter(text: str, size: int, form: str) -> str:
    if not text:
        return ""
    tall = f'minsize="{_SIZES[size]}" maxsize="{_SIZES[size]}"' if size else 'stretchy="false"'
    return f'<mo form="{form}" {tall}>{escape(text)}</mo>'


def _strut(size: int) -> str:
    """What a delimiter grows beside where nothing else stands there."""
    half = float(_SIZES[size][:-2] or 1) / 2
    return f'<mspace height="{half + 0.25:.3g}em" depth="{half - 0.25:.3g}em"/>'


def _lines(rows: Sequence[tuple[F.Formula, F.Formula]], c: Setting) -> str:
    """Lines aligned where their second cell begins."""
    lines = []
    for left, right in rows:
        lines.append(f"<mtr><mtd>{_ml(left, c)}</mtd><mtd>{_ml(right, c)}</mtd></mtr>")
    return f'<mtable class="lines" displaystyle="true">{"".join(lines)}</mtable>'


# Names


def _element(name: F.Name, places: Sequence[str], c: Setting, above: str = "") -> str:
    """A name, the indices below it and what stands above."""
    pieces = [_label(name, c), *places] if name.label else places
    below = _COMMA.join(pieces)
    if name.number:
        above = f'<mo stretchy="false">(</mo><mn>{escape(name.number)}</mn><mo stretchy="false">)</mo>'
    of = f' data-of="{escape(name.source)}"' if name.source in c.known else ""
    return _scripts(_stem(name), below, above, attributes=of)


def _stem(name: F.Name) -> str:
    """The letters of a name: a single one is italic by itself, and a word upright."""
    one = letter(name.stem)
    primes = "′" * name.primes
    styled = {"bold": bold, "script": script}.get(name.style)
    if styled:
        body = f"<mi{_normal(one)}>{escape(styled(one))}{primes}</mi>"
    elif name.style == "upright" or one.isupper() and not one.isascii():
        body = f"<mi{_normal(one)}>{escape(one)}{primes}</mi>"
    else:
        body = f"<mi>{escape(italic(one) if primes else one)}{primes}</mi>"
    if not name.accent:
        return body
    return f'<mover accent="true">{body}<mo stretchy="false">{_ACCENTS[name.accent]}</mo></mover>'


def _label(name: F.Name, c: Setting) -> str:
    label = name.label if name.upright else letter(name.label)  # the xi of W_xi may be two letters
    upright = name.upright or len(label) > 1
    return f"<mi{_normal(label) if upright else ''}>{escape(label)}</mi>"


def _normal(text: str) -> str:
    """The attribute that keeps a single letter upright."""
    return ' mathvariant="normal"' if len(text) == 1 else ""


def _words(text: str) -> str:
    """Words with the spaces at their ends, which MathML would drop."""
    start, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return "\u00a0" * len(start) + escape(text.strip()) + "\u00a0" * len(end)


_SINGLE = re.compile(r"<(m[ino])[^<]*</\1>")
_SUBSUP = ("msub", "msup", "msubsup")


def _scripts(base: str, below: str, above: str, tags: tuple[str, str, str] = _SUBSUP, attributes: str = "") -> str:
    """A base with what stands below and above it."""
    kind = bool(below) + 2 * bool(above)
    if not kind:
        return base.replace(">", f"{attributes}>", 1) if attributes else base
    scripts = "".join(s if _SINGLE.fullmatch(s) else f"<mrow>{s}</mrow>" for s in (below, above) if s)
    tag = tags[kind - 1]
    return f"<{tag}{attributes}>{base}{scripts}</{tag}>"
