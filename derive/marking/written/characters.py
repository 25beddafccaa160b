"""A person's characters as tokens in plain letters: Greek, sub- and superscripts, hats, the many signs for one thing.

A token knows at which character of the person's text it stands, so that whatever is made of it can be traced back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from derive.language.errors import Fragment

Kind = Literal["name", "number", "sign", "super", "partial", "big", "one"]

MAX_TOKENS = 1_000  # of one line
_MAX_SPELLINGS = 8  # of one name


@dataclass(frozen=True)
class Token:
    """A word, number or sign.

    kind       super: superscript digits; partial: ∂ or ∇; big: Σ or ∏; one: the sign of an indicator
    text       in plain letters; ``spellings`` of a name are what else it may be in plain letters, the likeliest first
    at         the place in the person's text, and ``end`` the place after it
    base, low  of a name with Unicode subscripts: what stands before them, and what they say
    """

    kind: Kind
    text: str
    at: int
    end: int
    spellings: tuple[str, ...] = ()
    base: str = ""
    low: str = ""


SIGNS: Mapping[str, str] = {
    "·": "*", "×": "*", "∗": "*", "⋅": "*", "•": "*", "⊙": "*", "∘": "*", "−": "-", "–": "-", "—": "-", "÷": "/",
    "∕": "/", "⁄": "/", "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "′": "'", "’": "'", "←": "=", "≔": "=",
    "…": "...", "⊤": "ᵀ",
}  # fmt: skip
_GREEK: Mapping[str, tuple[str, ...]] = {
    "α": ("alpha",), "β": ("beta",), "γ": ("gamma",), "δ": ("delta",), "ε": ("eps", "epsilon"),
    "ϵ": ("eps", "epsilon"), "ζ": ("zeta",), "η": ("eta",), "θ": ("theta",), "ϑ": ("theta",), "ι": ("iota",),
    "κ": ("kappa",), "λ": ("lam",), "μ": ("mu",), "ν": ("nu",), "ξ": ("xi",), "π": ("pi",), "ρ": ("rho",),
    "σ": ("sigma",), "ς": ("sigma",), "τ": ("tau",), "υ": ("upsilon",), "φ": ("phi",), "ϕ": ("phi",),
    "χ": ("chi",), "ψ": ("psi",), "ω": ("omega",), "Γ": ("Gamma",), "Δ": ("Delta",), "Θ": ("Theta",),
    "Λ": ("Lambda",), "Ξ": ("Xi",), "Φ": ("Phi",), "Ψ": ("Psi",), "Ω": ("Omega",),
}  # fmt: skip
_LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx", strict=True))
_LOW_SIGNS = {"₊": "+", "₋": "-"}
_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_MARKS = {"\u0302": "_hat", "\u0303": "_tilde", "\u0304": "_bar", "\u0305": "_bar", "\u0307": "_dot"}
_BIG = {"Σ": "sum", "∑": "sum", "∏": "prod", "Π": "prod"}
_ONES = "𝟙𝟏𝕀"

_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_])|\d+\.(?![A-Za-z_.])|\d+(?:\.\d+)?")
_INDICATOR = re.compile(r"1_?\s*(?=[\[{])")
_SIGN = re.compile(r"\*\*|//|==|!=|<=|>=|:=|\+=|-=|\*=|->|\.\.\.|\.\.|[^\s]")


def tokens(text: Fragment) -> list[Token]:
    """The tokens of a line.  Raises LayerError where there are too many of them."""
    found: list[Token] = []
    for token in _tokens(text.text):
        if len(found) >= MAX_TOKENS:
            raise text.error(f"line too long: more than {MAX_TOKENS} names, numbers and signs", token.at)
        found.append(token)
    return found


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _one(text, at)
        yield token
        at = token.end


def _one(text: str, at: int) -> Token:
    character = text[at]
    if character in _BIG:
        return Token("big", _BIG[character], at, at + 1)
    if character in "∂∇":
        return Token("partial", character, at, at + 1)
    if character in _ONES:
        end = at + 1 + (text[at + 1 : at + 2] == "_")
        return Token("one", "1", at, end)
    if character in _HIGH:
        end = _end_of(text, at, _HIGH)
        return Token("super", "".join(_HIGH[c] for c in text[at:end]), at, end)
    if character == "ᵀ":
        return Token("sign", character, at, at + 1)
    if (found := _INDICATOR.match(text, at)) is not None:
        return Token("one", "1", at, at + len(found.group().rstrip()))
    if character.isascii() and (found := _NUMBER.match(text, at)) is not None:
        return Token("number", found.group(), at, found.end())
    if _letters(character) or character in _LOW:
        return _name(text, at)
    if character in SIGNS:
        return Token("sign", SIGNS[character], at, at + 1)
    found = _SIGN.match(text, at)
    assert found is not None
    return Token("sign", "=" if found.group() == ":=" else found.group(), at, found.end())


def _end_of(text: str, at: int, among: Iterable[str]) -> int:
    while at < len(text) and text[at] in among:
        at += 1
    return at


def _letters(character: str) -> tuple[str, ...]:
    """What a letter is in plain letters, the likeliest first; nothing if it is none."""
    if character.isascii():
        return (character,) if character.isalpha() or character == "_" else ()
    if character in _GREEK:
        return _GREEK[character]
    plain = unicodedata.normalize("NFKD", character)
    raised = unicodedata.category(character) == "Lm"  # as in Wᵀ
    if plain == character or plain[0] in _BIG or raised:
        return ()
    base = _letters(plain[0])
    marks = "".join(_MARKS.get(mark, "?") for mark in plain[1:])
    return () if "?" in marks else tuple(b + marks for b in base)


def _name(text: str, at: int) -> Token:
    """A name with its digits, subscripts and accents; primes are signs of their own."""
    parts: list[tuple[str, ...]] = []
    end = at
    while end < len(text):
        character = text[end]
        if character in _MARKS:
            parts.append((_MARKS[character],))
        elif character.isascii() and character.isdigit():
            parts.append((character,))
        elif not (letters := _letters(character)) or character in _LOW or character in _HIGH:
            break
        else:
            parts.append(letters)
        end += 1
    base = _spellings(parts)
    stop = _end_of(text, end, {**_LOW, **_LOW_SIGNS})
    low = "".join({**_LOW, **_LOW_SIGNS}[c] for c in text[end:stop])
    if not low:
        return Token("name", base[0], at, end, base)
    joined = tuple(b + between + low for b in base for between in ("_", ""))
    return Token("name", joined[0], at, stop, joined, base[0], low)


def _spellings(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The names that a row of letters may stand for."""
    unsure = [k for k, p in enumerate(parts) if len(p) > 1]
    if len(unsure) > 2:
        return ("".join(p[0] for p in parts),)
    return tuple("".join(letters) for letters, _ in zip(product(*parts), range(_MAX_SPELLINGS), strict=False))
