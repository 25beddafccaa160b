"""``dy.sum(axis=0)`` and ``np.sum(dy, axis=0)`` as ``sum(dy, n)``: an axis by its number becomes the index of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from derive.marking.written.characters import Token

_REDUCTIONS = frozenset({"sum", "mean", "max", "prod"})
_NUMBER = re.compile(r"-?\d{1,2}", re.ASCII)  # of an axis

Axes = Mapping[str, Sequence[str]]  # the indices of each tensor


def by_name(line: Sequence[Token], axes: Axes) -> list[Token]:
    """The tokens with every such sum of an element of a tensor by the names of its axes; others are left."""
    out: list[Token] = []
    at = 0
    while at < len(line):
        found = _method(line, at, axes) or _function(line, at, axes)
        tokens, at = found if found is not None else ([line[at]], at + 1)
        out += tokens
    return out


def _method(line: Sequence[Token], at: int, axes: Axes) -> tuple[list[Token], int] | None:
    """``da[t].sum(axis=0)``."""
    element = _element(line, at, axes)
    if element is None:
        return None
    end, left = element
    head = [t.text for t in line[end : end + 3]]
    if len(head) < 3 or head[0] != "." or head[1] not in _REDUCTIONS or head[2] != "(":
        return None
    return _called(line, end + 1, line[at:end], left, end + 3)


def _function(line: Sequence[Token], at: int, axes: Axes) -> tuple[list[Token], int] | None:
    """``sum(da[t], axis=0)``."""
    if line[at].text not in _REDUCTIONS or [t.text for t in line[at + 1 : at + 2]] != ["("]:
        return None
    element = _element(line, at + 2, axes)
    if element is None or [t.text for t in line[element[0] : element[0] + 2]] not in ([",", "axis"], [",", "dim"]):
        return None
    end, left = element
    return _called(line, at, line[at + 2 : end], left, end + 1)


def _called(
    line: Sequence[Token], name: int, body: Sequence[Token], left: Sequence[str], start: int
) -> tuple[list[Token], int] | None:
    """The call of a reduction over the axes whose numbers stand from ``start`` to the closing bracket."""
    end = next((k for k in range(start, len(line)) if _ends(line, k, start)), None)
    if end is None:
        return None
    texts = [t.text for t in line[start:end]]
    texts = texts[2:] if texts[:2] == ["axis", "="] or texts[:2] == ["dim", "="] else texts
    numbers = _numbers(texts)
    if numbers is None or not all(-len(left) <= n < len(left) for n in numbers):
        return None
    sign = line[name]
    named = [t for n in numbers for t in (_sign(",", sign), Token("name", left[n], sign.at, sign.at))]
    return [sign, _sign("(", sign), *body, *named, _sign(")", line[end])], end + 1


def _ends(line: Sequence[Token], at: int, start: int) -> bool:
    inside = [t.text for t in line[start:at]]
    return line[at].text == ")" and inside.count("(") == inside.count(")")


def _numbers(texts: Sequence[str]) -> list[int] | None:
    """``0``, ``-1`` or ``(0, 1)``; nothing for all axes."""
    inner = list(texts[1:-1] if texts[:1] == ["("] else texts)
    joined = "".join(inner).strip(",")
    if not joined:
        return []
    parts = joined.split(",")
    return [int(p) for p in parts] if all(_NUMBER.fullmatch(p) for p in parts) else None


def _element(line: Sequence[Token], at: int, axes: Axes) -> tuple[int, Sequence[str]] | None:
    """Where an element of a tensor ends that begins at a place, and the indices of the axes that are left."""
    if at >= len(line) or line[at].text not in axes:
        return None
    names = axes[line[at].text]
    if at + 1 == len(line) or line[at + 1].text != "[":
        return at + 1, names
    depth = commas = 0
    for k in range(at + 1, len(line)):
        depth += (line[k].text in ("(", "[")) - (line[k].text in (")", "]"))
        commas += depth == 1 and line[k].text == ","
        if depth == 0:
            return k + 1, names[commas + 1 :]
    return None


def _sign(text: str, beside: Token) -> Token:
    return Token("sign", text, beside.at, beside.at)
