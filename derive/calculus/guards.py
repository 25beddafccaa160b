"""Rules for guards: those that the ranges settle go, those on one product join, and division without rest is undone."""

from __future__ import annotations

from derive.language.binding import (
    map_integers,
)
from derive.language.expr import (
    ONE,
    ZERO,
    Add,
    Bracket,
    Compare,
    Elem,
    Expr,
    Mul,
    Num,
    Size,
    add,
    mul,
    size,
)
from derive.language.integers import FloorDiv, Integer, Mod, expand
from derive.language.ranges import proved, refuted
from derive.language.traverse import (
    walk,
)
from derive.steps.rule import Rewrite, Scope, rule


@rule(
    "known guard",
    "[t >= 1]*x[k] = x[k]",
    "`{condition}` holds for every value in range and need not be written.",
)
def known_guard(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Bracket(conditions):
            kept = tuple(c for c in conditions if not proved(c, scope.facts))
            if len(kept) < len(conditions):
                dropped = Bracket(tuple(c for c in conditions if c not in kept))
                return Rewrite(Bracket(kept) if kept else ONE, {"condition": str(dropped)})
    return None


@rule("impossible guard", "[t < 1]*x[k] = 0", "`{condition}` never holds, so the term is 0.")
def impossible_guard(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Bracket(conditions) if any(refuted(c, scope.facts) for c in conditions):
            return Rewrite(ZERO, {"condition": str(node)})
    return None


@rule(
    "one guard",
    "[t < T]*x[k]*[t > 1] = [t < T, t > 1]*x[k]",
    "Two guards on one product are one guard, and it stands in front.",
)
def merge_guards(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors):
            brackets = [f for f in factors if isinstance(f, Bracket) and is_integer_guard(f)]
            numbers = [f for f in factors if isinstance(f, Num)]
            others = [f for f in factors if f not in brackets and f not in numbers]
            merged = tuple(dict.fromkeys(c for b in brackets for c in b.conditions))
            after = mul(*numbers, *((Bracket(merged),) if merged else ()), *others)
            return after if brackets and after != node else None
    return None


def guard_first(node: Expr) -> Expr:
    """A product with its one guard in front, where it is printed."""
    if not isinstance(node, Mul):
        return node
    guards = [f for f in node.factors if isinstance(f, Bracket) and is_integer_guard(f)]
    return mul(*guards, *(f for f in node.factors if f not in guards)) if len(guards) == 1 else node


@rule(
    "common guard",
    "x[i] + [t < T]*v[i] + [t < T]*w[i] = x[i] + [t < T]*(v[i] + w[i])",
    "Terms with the same guard `{guard}` share it.",
)
def common_guard(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Add(terms):
            guards = [guard for t in terms if (guard := _leading_guard(t)) is not None]
            for guard in dict.fromkeys(guards):
                sharing = [k for k, t in enumerate(terms) if _leading_guard(t) == guard]
                if 1 < len(sharing) < len(terms):
                    first, *others = sharing
                    shared = mul(guard, add(*(_unguarded(terms[k]) for k in sharing)))
                    kept = (shared if k == first else t for k, t in enumerate(terms) if k not in others)
                    return Rewrite(add(*kept), {"guard": str(guard)})
    return None


def _leading_guard(term: Expr) -> Bracket | None:
    """The guard in front of a product of elements and sums; what is behind a number stays as it is."""
    match term:
        case Mul((Bracket() as guard, *_)) if is_integer_guard(guard):
            return guard
    return None


def _unguarded(term: Expr) -> Expr:
    assert isinstance(term, Mul)
    return mul(*term.factors[1:])


def is_integer_guard(bracket: Bracket) -> bool:
    """Whether a bracket speaks of indices and sizes only (and not of the values of tensors)."""
    return all(not isinstance(n, Elem) for c in bracket.conditions for s in (c.left, c.right) for n in walk(s))


def is_guarded(term: Expr) -> bool:
    """Whether a guard stands in a product, so that its other factors may read what does not exist elsewhere."""
    return isinstance(term, Mul) and any(isinstance(f, Bracket) and is_integer_guard(f) for f in term.factors)


def _exact(bracket: Expr) -> dict[Integer, Integer]:
    """``s*(a//s) -> a`` for every condition ``a % s == 0`` of a bracket."""
    if not isinstance(bracket, Bracket):
        return {}
    found = {}
    for condition in bracket.conditions:
        left, right = condition.left, condition.right
        if condition.op == "==" and isinstance(left, Size) and isinstance(left.value, Mod) and right == ZERO:
            value, divisor = left.value.args
            found[divisor * FloorDiv(value, divisor)] = value
    return found


@rule(
    "division without rest",
    "[t % N == 0]*B[N*(t//N)] = [t % N == 0]*B[t]",
    "The guard allows only places where the division leaves no rest, so multiplying undoes it.",
)
def exact_division(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors):
            for bracket in factors:
                exact = _exact(bracket)
                after = mul(*(f if f is bracket else _undone(f, exact) for f in factors))
                if after != node:
                    return after
    return None


def range_condition(op: str, place: Integer, bound: Integer) -> Compare:
    """``place op bound`` as a person would write it: ``t + 1 <= T`` is ``t < T``."""
    shift = expand(place).as_coeff_Add()[0]
    strict = {(">=", -1): ">", ("<=", 1): "<"}
    if not place.has(FloorDiv) and shift != 0:
        if (op, int(shift)) in strict:
            return Compare(strict[op, int(shift)], size(expand(place - shift)), size(bound))
        return Compare(op, size(expand(place - shift)), size(expand(bound - shift)))
    return Compare(op, size(place), size(bound))


def _undone(expr: Expr, exact: dict[Integer, Integer]) -> Expr:
    return map_integers(expr, lambda integer: integer.xreplace(exact))
