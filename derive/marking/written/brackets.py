"""Brackets as the language has them: conditions in square ones, whole axes left out of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.marking.written.characters import Token
from derive.marking.written.vocabulary import Vocabulary

_CLOSING: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_KRONECKER = "delta_"


def kronecker(line: Sequence[Token], words: Vocabulary) -> list[Token]:
    """``δ_{ij}``, ``δ_{i,j}`` and ``δ_ij`` as ``[i == j]``, where no name is spelled so."""
    out: list[Token] = []
    at = 0
    while at < len(line):
        token = line[at]
        low, end = _low(line, at) if token.kind == "name" and token.text.startswith(_KRONECKER) else ("", at + 1)
        if len(low) == 2 and low.isalpha() and not words.known(token.text):
            parts = ("[", low[0], "==", low[1], "]")
            out += [Token("name" if part.isalpha() else "sign", part, token.at, token.at) for part in parts]
        else:
            end = at + 1
            out.append(token)
        at = end
    return out


def _low(line: Sequence[Token], at: int) -> tuple[str, int]:
    """The letters below a name, and the place after them."""
    if line[at].text != _KRONECKER:
        return line[at].text.removeprefix(_KRONECKER), at + 1
    inside = [t.text for t in line[at + 1 : at + 6]]
    if inside[:1] != ["{"] or "}" not in inside:
        return "", at + 1
    closing = inside.index("}")
    return "".join(part for part in inside[1:closing] if part != ","), at + closing + 2


def conditions(line: Sequence[Token]) -> list[Token]:
    """``(a > 0)`` and ``1_{a > 0}`` as ``[a > 0]``: a condition stands in square brackets."""
    out = list(line)
    opened: list[int] = []
    compared: list[bool] = []
    for k, token in enumerate(out):
        if token.kind == "sign" and token.text in _CLOSING:
            opened.append(k)
            compared.append(False)
        elif token.kind == "sign" and token.text in _COMPARISONS and compared:
            compared[-1] = True
        elif token.kind == "sign" and token.text == "=" and opened and _holds_condition(out, opened[-1]):
            out[k] = replace(token, text="==")
        elif token.kind == "sign" and token.text in _CLOSING.values() and opened:
            start, holds = opened.pop(), compared.pop()
            before = out[start - 1] if start else None
            indicator = before is not None and before.kind == "one"
            called = before is not None and before.kind == "name"
            if indicator or (holds and out[start].text == "(" and not called):
                out[start], out[k] = replace(out[start], text="["), replace(token, text="]")
    return [
        token
        for k, token in enumerate(out)
        if not (token.text == "1" and token.kind in ("one", "number") and k + 1 < len(out) and out[k + 1].text == "[")
    ]


def _holds_condition(line: Sequence[Token], at: int) -> bool:
    """Whether the bracket at a place can hold a condition only: square, or behind the sign of an indicator."""
    before = line[at - 1] if at else None
    indicator = before is not None and before.kind == "one"
    return indicator or (line[at].text == "[" and (before is None or before.kind == "sign"))


def without_slices(line: Sequence[Token]) -> list[Token]:
    """``h[t,:,:]`` and ``h[t,...]`` as ``h[t]``: axes left out at the end are whole."""
    out: list[Token] = []
    opened: list[int] = []
    for token in line:
        if token.text in _CLOSING:
            opened.append(len(out))
        elif token.text in _CLOSING.values() and opened:
            start = opened.pop()
            whole = False
            while token.text == "]" and len(out) > start + 1 and out[-1].text in (":", "...") and _stands_alone(out):
                del out[-2 if len(out) > start + 2 else -1 :]
                whole = len(out) == start + 1
            if whole:
                out.pop()
                continue
        out.append(token)
    return out


def _stands_alone(line: Sequence[Token]) -> bool:
    return line[-2].text in (",", "[")
