"""What a layer's ``assume`` takes as given: equalities of expressions, and conditions on the sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.language.declarations import statements
from derive.language.errors import Fragment
from derive.language.expr import Expr
from derive.language.integers import Integer, symbols_of
from derive.language.integral import as_integer
from derive.language.lexical import check_length
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import Assumption, Constraint
from derive.language.traverse import free_symbols, names_read

_SIGN = re.compile(r"[<>!=]=?")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Assumed:
    """What ``assume`` says.

    equalities   on tensors: ``sum(p[n,k], k) = 1``
    least        least values of sizes: ``K >= 2``
    constraints  other conditions on sizes: ``K >= 2*q``, ``D % 2 == 0``
    """

    equalities: tuple[Assumption, ...]
    least: dict[str, int]
    constraints: tuple[Constraint, ...]


def assumed(texts: Iterable[Fragment], scope: Scope) -> Assumed:
    """Reads the texts of ``assume``.  Raises LayerError."""
    equalities: list[Assumption] = []
    least: dict[str, int] = {}
    constraints: list[Constraint] = []
    for entry in _entries(texts):
        left, sign, right = _sides(entry, scope)
        constraint = _constraint(left, sign, right, scope)
        bound = _least_value(constraint) if constraint else None
        if bound:
            least[bound[0]] = max(bound[1], least.get(bound[0], 0))
        elif constraint:
            constraints.append(constraint)
        elif sign in ("=", "=="):
            _check_given(left, right, entry, scope)
            free = free_symbols(left) | free_symbols(right)
            indices = tuple(i for i in scope.indices.values() if i.symbol in free)
            equalities.append(Assumption(left, right, indices, entry.text))
        else:
            raise entry.error("an inequality is one of sizes, in whole numbers", 0, "as in K >= 2*q")
    return Assumed(tuple(equalities), least, tuple(constraints))


def _check_given(left: Expr, right: Expr, entry: Fragment, scope: Scope) -> None:
    """Refuse an equality of what the layer computes: whether that holds is not for the author to say."""
    for name in sorted(names_read(left) | names_read(right)):
        if scope.tensors[name].kind == "computed":
            raise entry.error(f"{name} is computed: nothing is assumed of it", 0, "assume it of inputs and parameters")


def _entries(texts: Iterable[Fragment]) -> Iterator[Fragment]:
    for text in texts:
        check_length(text)
        yield from statements(text)


def _sides(entry: Fragment, scope: Scope) -> tuple[Expr, str, Expr]:
    """Both sides, and the sign between them that stands in no bracket."""
    for sign in _SIGN.finditer(entry.text):
        before = entry.text[: sign.start()]
        if all(before.count(a) == before.count(b) for a, b in ("[]", "()")):
            left, right = entry.part(0, sign.start()), entry.part(sign.end(), len(entry.text))
            return parse_expression(left, scope), sign.group(), parse_expression(right, scope)
    hint = "as in sum(p[n,k], k) = 1, or K >= 2*q"
    raise entry.error("expected an equality, or a condition on sizes", 0, hint)


def _constraint(left: Expr, sign: str, right: Expr, scope: Scope) -> Constraint | None:
    """The condition, where both sides are whole numbers made of sizes."""
    sides: list[Integer | None] = [as_integer(left), as_integer(right)]
    if any(side is None or not {s.name for s in symbols_of(side)} <= set(scope.sizes) for side in sides):
        return None
    return Constraint("==" if sign == "=" else sign, *sides)


def _least_value(constraint: Constraint) -> tuple[str, int] | None:
    """``(K, 2)`` for ``K >= 2``."""
    left, op, right = constraint.left, constraint.op, constraint.right
    if left.is_Integer and op in _TURNED:
        left, op, right = right, _TURNED[op], left
    if left.is_Symbol and right.is_Integer and op in (">", ">="):
        return left.name, int(right) + (op == ">")
    return None
