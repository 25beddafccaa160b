"""Letters as Unicode has them for mathematics: italic, bold, script.  MathML Core knows no other bold."""

from __future__ import annotations

from derive.rendering.metrics import GREEK

_FORMS = {"l": "ℓ", "phi": "ϕ"}  # as TeX prints them
_SCRIPT = {
    "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ", "o": "ℴ",
}  # fmt: skip
_GREEK_OTHERS = "∂ϵϑϰϕϱϖ"  # as they stand after omega in each alphabet


def letter(stem: str) -> str:
    """The letter, or word, that a name is printed as."""
    return _FORMS.get(stem) or GREEK.get(stem, stem)


def italic(text: str) -> str:
    """Letters in italics."""
    return "".join("ℎ" if c == "h" else _moved(c, 0x1D434, 0x1D6E2) for c in text)


def bold(text: str) -> str:
    """Letters in bold: Latin upright, Greek slanted, digits too."""
    return "".join(chr(0x1D7CE + int(c)) if c in "0123456789" else _moved(c, 0x1D400, 0x1D71C) for c in text)


def script(text: str) -> str:
    return "".join(_SCRIPT.get(c) or _moved(c, 0x1D49C, 0) for c in text)


def _moved(c: str, latin: int, greek: int) -> str:
    """A letter of an alphabet that begins at ``latin`` or ``greek``; what has none there stays as it is."""
    if "A" <= c <= "Z":
        return chr(latin + ord(c) - ord("A"))
    if "a" <= c <= "z":
        return chr(latin + 26 + ord(c) - ord("a"))
    if not greek:
        return c
    if "Α" <= c <= "Ω":
        return chr(greek + ord(c) - ord("Α"))
    if "α" <= c <= "ω":
        return chr(greek + 26 + ord(c) - ord("α"))
    return chr(greek + 51 + _GREEK_OTHERS.index(c)) if c in _GREEK_OTHERS else c
