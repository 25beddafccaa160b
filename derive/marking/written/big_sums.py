"""``Σ_t a[t]*b[t]``: a sum that names its index at its sign, up to the end of the term, as ``sum(a[t]*b[t], t)``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from derive.language.errors import Fragment
from derive.marking.written.characters import Token
from derive.marking.written.vocabulary import Vocabulary

_WORD = re.compile(r"(?P<op>sum|prod|mean|max)_(?P<low>[A-Za-z][A-Za-z0-9_]*)")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ENDS_TERM = frozenset({",", "=", "==", "!=", "<", ">", "<=", ">=", ";"})
_OPERATORS = frozenset("+-*/@%^(,[=<>") | {"**", "//", "==", "!=", "<=", ">="}

Ranges = Mapping[str, tuple[tuple[Token, ...], tuple[Token, ...]]]  # of an index with limits of its own: from, to


@dataclass(frozen=True)
class _Limits:
    """What a sum runs over, as written below and above its sign; ``after`` is where its term begins."""

    indices: tuple[Token, ...]
    low: tuple[Token, ...]
    high: tuple[Token, ...]
    after: int


def in_words(line: Sequence[Token], words: Vocabulary, text: Fragment) -> tuple[list[Token], Ranges]:
    """The tokens with every such sum in the language's own words, and the ranges that sums state themselves."""
    out = list(line)
    ranges: dict[str, tuple[tuple[Token, ...], tuple[Token, ...]]] = {}
    for at in range(len(line) - 1, -1, -1):  # the innermost first
        sign = _big(out[at], words)
        if sign is None:
            continue
        if out[at].kind == "big" and at + 1 < len(out) and out[at + 1].text == "(":
            out[at] = sign
            continue
        limits = _limits(out, at, words, text)
        end = _end_of_term(out, limits.after)
        if end == limits.after:
            raise text.error("something is missing after this sum", sign.at, "as in sum(a[t]*b[t], t)")
        term = out[limits.after : end]
        indices = limits.indices
        if limits.low and not any(t.kind == "name" and t.text in words.indices for t in (*limits.low, *limits.high)):
            own = replace(indices[0], text=_own_name(indices[0].text, ranges, words))
            ranges[own.text] = (limits.low, limits.high)
            term = [replace(t, text=own.text) if t.text == indices[0].text else t for t in term]
            indices = (own,)
        if limits.low:
            term = [*_between(limits.low, indices[0], limits.high), *term]
        over = [t for index in indices for t in (_sign(",", index), index)]
        out[at:end] = [sign, _sign("(", sign), *term, *over, _sign(")", out[end - 1])]
    return out, ranges


def _own_name(letter: str, ranges: Ranges, words: Vocabulary) -> str:
    """A new name for an index that runs within limits of its own: ``t_2``."""
    return next(name for k in count(2) if not words.known(name := f"{letter}_{k}") and name not in ranges)


def _between(low: Sequence[Token], index: Token, high: Sequence[Token]) -> list[Token]:
    """The guard ``[low <= s <= high]*`` of a sum within limits."""
    signs = {text: _sign(text, index) for text in "[]*"} | {"<=": _sign("<=", index)}
    return [signs["["], *low, signs["<="], index, signs["<="], *high, signs["]"], signs["*"]]


def _sign(text: str, beside: Token) -> Token:
    return Token("sign", text, beside.at, beside.at)


def _big(token: Token, words: Vocabulary) -> Token | None:
    """The name of the reduction that begins here, or None."""
    if token.kind == "big":
        return replace(token, kind="name", spellings=(token.text,))
    found = _WORD.fullmatch(token.text) if token.kind == "name" and not words.known(token.text) else None
    return replace(token, text=found["op"], spellings=(found["op"],)) if found else None


def _limits(line: Sequence[Token], at: int, words: Vocabulary, text: Fragment) -> _Limits:
    """What stands below and above the sign of a sum."""
    sign, after = line[at], at + 1
    found = _WORD.fullmatch(sign.text) if sign.kind == "name" else None
    below: Sequence[Token]
    if found:
        below = [Token("name", found["low"], sign.at, sign.end)]
    elif after < len(line) and line[after].kind == "name" and line[after].text == "_" and _opens(line, after + 1):
        end = _closing(line, after + 1, text)
        below, after = line[after + 2 : end], end + 1
    elif after < len(line) and line[after].kind == "name" and line[after].low and not line[after].base:
        below, after = [replace(line[after], text=line[after].low)], after + 1
    elif after < len(line) and line[after].kind == "name" and line[after].text.startswith("_"):
        below, after = [replace(line[after], text=line[after].text[1:])], after + 1
    else:
        raise text.error("a sum over what?", sign.at, "as in sum(a[t]*b[t], t), or Σ_t a[t]*b[t]")
    above: Sequence[Token] = ()
    if after < len(line) and line[after].text == "^":
        if _opens(line, after + 1):
            end = _closing(line, after + 1, text)
            above, after = line[after + 2 : end], end + 1
        else:
            above, after = line[after + 1 : after + 2], after + 2
    return _read_limits(below, above, after, sign, words, text)


def _read_limits(
    below: Sequence[Token], above: Sequence[Token], after: int, sign: Token, words: Vocabulary, text: Fragment
) -> _Limits:
    texts = [t.text for t in below]
    if "=" in texts:  # with limits
        start = list(below[texts.index("=") + 1 :])
        if ".." in texts:
            dots = texts.index("..")
            start, above = list(below[texts.index("=") + 1 : dots]), below[dots + 1 :]
        if texts.index("=") != 1 or not start or not above:
            raise text.error(
                "the limits of a sum are not understood", sign.at, "as in Σ_{t=1}^{T} a[t], or sum(a[t], t)"
            )
        if (_text(start), _text(above)) == words.ranges.get(texts[0]):
            return _Limits((below[0],), (), (), after)
        return _Limits((below[0],), tuple(start), tuple(above), after)
    if above:
        raise text.error("the limits of a sum are not understood", sign.at, "as in Σ_{t=1}^{T} a[t], or sum(a[t], t)")
    indices: list[Token] = []
    for token in below:
        if token.kind == "name":
            whole = token.text in words.indices or not all(c in words.indices for c in token.text)
            indices += [token] if whole else [replace(token, text=c) for c in token.text]
        elif token.text != ",":
            raise text.error("a sum runs over indices", token.at, "as in sum(a[t,n], t, n)")
    if not indices:
        raise text.error("a sum over what?", sign.at, "as in sum(a[t]*b[t], t), or Σ_t a[t]*b[t]")
    return _Limits(tuple(indices), (), (), after)


def _text(line: Sequence[Token]) -> str:
    return "".join(token.text for token in line)


def _opens(line: Sequence[Token], at: int) -> bool:
    return at < len(line) and line[at].text in ("{", "(")


def _closing(line: Sequence[Token], at: int, text: Fragment) -> int:
    """Where the bracket that opens at a place is closed."""
    depth = 0
    for k in range(at, len(line)):
        depth += (line[k].text in _CLOSING) - (line[k].text in _CLOSING.values())
        if depth == 0:
            return k
    raise text.error(f"this {line[at].text} is never closed", line[at].at)


def _end_of_term(line: Sequence[Token], start: int) -> int:
    """The end of the term that begins at a place: a plus or minus, a comma, or the end of the bracket around it."""
    depth = 0
    for k in range(start, len(line)):
        token = line[k].text
        signed = token in ("+", "-") and k > start and line[k - 1].text not in _OPERATORS
        if depth == 0 and line[k].kind == "sign" and (signed or token in _ENDS_TERM or token in _CLOSING.values()):
            return k
        depth += (token in _CLOSING) - (token in _CLOSING.values())
    return len(line)
