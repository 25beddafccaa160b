"""Conditions in Iverson brackets: which sides stand in which order, and which divisions they make come out even."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.language.expr import Compare, Expr, Num, Size
from derive.language.integers import Mod
from derive.rendering.integers import Divisions

Chain = tuple[Expr | str, ...]  # sides and, between them, relations: (0, "≤", u, "<", K)

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_TURNED = {">": "<", ">=": "<="}


def chains(conditions: Sequence[Compare]) -> list[Chain]:
    """The conditions in order, two that bound one thing joined: ``x >= a`` and ``x < b`` as a ≤ x < b."""
    out: list[Chain] = []
    rest = list(conditions)
    while rest:
        first = rest.pop(0)
        division = divisor(first)
        if division is not None:
            out.append((division[0], "∣", division[1]))
            continue
        chain = _joined(_rising(first), _rising(rest[0])) if rest else None
        if chain is None and rest:
            chain = _joined(_rising(rest[0]), _rising(first))
        if chain is not None:
            rest.pop(0)
        out.append(chain or (first.left, RELATIONS[first.op], first.right))
    return out


def _rising(condition: Compare) -> Compare:
    """An inequality with the smaller side on the left."""
    turned = _TURNED.get(condition.op)
    return Compare(turned, condition.right, condition.left) if turned else condition


def _joined(first: Compare, second: Compare) -> Chain | None:
    if not {first.op, second.op} <= {"<", "<="} or first.right != second.left:
        return None
    return (first.left, RELATIONS[first.op], first.right, RELATIONS[second.op], second.right)


def divisor(condition: Compare) -> tuple[Expr, Expr] | None:
    """(divisor, dividend) where the condition says that a division comes out even: ``x % s == 0``."""
    match condition:
        case Compare("==", Size(value), Num(zero)) if zero == 0 and isinstance(value, Mod):
            return Size(value.args[1]), Size(value.args[0])
    return None


def even_divisions(conditions: Iterable[Compare]) -> Divisions:
    """The divisions that conditions make come out even."""
    return frozenset(
        (c.left.value.args[0], c.left.value.args[1]) for c in conditions if divisor(c) and isinstance(c.left, Size)
    )
