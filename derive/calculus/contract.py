"""Rules that carry out the sums over Kronecker deltas, and keep the guards that this leaves.

``sum_k f(k) delta(c*k + r, a)`` has at most one term, ``k = (a - r)/c``.  It is there only if that k is a whole number
in the range of the sum; both conditions stay as guards unless the ranges prove them.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.language.expr import (
    ONE,
    ZERO,
    Add,
    Bracket,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Reduce,
    add,
    all_index_names,
    free_symbols,
    mul,
    size,
    substitute,
    sum_,
    walk,
)  # fmt: skip
from derive.language.integers import FloorDiv, Integer, Mod, expand, linear_in, symbols_of
from derive.language.ranges import Facts, nonnegative, proved, refuted
from derive.language.text import integer_text
from derive.steps.rule import Rewrite, Scope, fresh_index, rule


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def terms_of(expr: Expr) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, Add) else (expr,)


def coefficient_of(term: Expr) -> tuple[Fraction, Expr]:
    """The number in front of a term, and the rest."""
    factors = factors_of(term)
    if isinstance(factors[0], Num):
        return factors[0].value, mul(*factors[1:])
    return Fraction(1), term


@rule("equal indices", "delta(k, k)*x[k] = x[k]", "`{delta}` is 1: both sides are the same.")
def delta_one(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Delta(left, right) if proved(Compare("==", size(left), size(right)), scope.facts):
            return Rewrite(ONE, {"delta": str(node)})
    return None


@rule("different indices", "delta(t-1, t)*x[k] = 0", "`{delta}` is 0: the two can never be equal.")
def delta_zero(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Delta(left, right) if refuted(Compare("==", size(left), size(right)), scope.facts):
            return Rewrite(ZERO, {"delta": str(node)})
    return None


@rule(
    "multiply out",
    "sum(x[k]*(delta(k, l) - w[k]), k) = sum(x[k]*delta(k, l) - x[k]*w[k], k)",
    "Multiply out, so that each delta stands in a product of its own.",
)
def multiply_out(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors):
            for k, factor in enumerate(factors):
                if isinstance(factor, Add) and any(_bare_delta(t) for t in factor.terms):
                    before, after = factors[:k], factors[k + 1 :]
                    return add(*(mul(*before, t, *after) for t in factor.terms))
    return None


def _bare_delta(term: Expr) -> bool:
    return any(isinstance(f, Delta) for f in factors_of(term)) or any(
        isinstance(f, Reduce) and f.op == "sum" and _bare_delta(f.body) for f in factors_of(term)
    )


@rule(
    "sum of a sum",
    "sum(x[k]*delta(k, l) - x[k]*w[k], k) = sum(x[k]*delta(k, l), k) - sum(x[k]*w[k], k)",
    "Sum each term by itself.",
)
def split_sum(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Reduce("sum", over, Add(terms)) if any(_bare_delta(t) for t in terms):
            parts = (coefficient_of(t) for t in terms)
            return add(*(mul(Num(number), sum_(over, rest)) for number, rest in parts))
    return None


@rule(
    "nested sums",
    "sum(x[k]*sum(A[i,l]*delta(k, l), l), k) = sum(x[k]*A[i,l]*delta(k, l), k, l)",
    "A sum inside a sum is one sum over both indices.",
)
def merge_sums(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Reduce("sum", over, body):
            factors = factors_of(body)
            for k, factor in enumerate(factors):
                if isinstance(factor, Reduce) and factor.op == "sum" and _bare_delta(factor.body):
                    others = tuple(f for j, f in enumerate(factors) if j != k)
                    inner = _bound_apart(factor, over, others, scope)
                    merged = (*factors[:k], inner.body, *factors[k + 1 :])
                    return Reduce("sum", over + inner.over, mul(*merged))
    return None


def _bound_apart(inner: Reduce, outer: tuple[Index, ...], others: Iterable[Expr], scope: Scope) -> Reduce:
    """The inner sum with its indices named apart from those of the outer sum and of the other factors."""
    taken = frozenset(i.name for i in outer).union(*(all_index_names(e) for e in others))
    over: list[Index] = []
    body = inner.body
    for index in inner.over:
        new = fresh_index(index, scope.system, taken | {i.name for i in over})
        if new != index:
            body = substitute(body, {index.symbol: new.symbol})
        over.append(new)
    return Reduce("sum", tuple(over), body)


@rule(
    "delta contraction",
    "sum(da[s,i]*delta(s-1, t), s) = [t < T]*da[t+1,i]",
    "`{delta}` leaves one term of the sum, `{index} = {place}`{guard}.",
)
def contract(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Reduce("sum", over, body):
            inside = scope.facts.within(over)
            for index, delta in _candidates(over, factors_of(body), scope, inside):
                solved = _solve(index, delta, inside)
                if solved is None:
                    continue
                place, divisor, numerator = solved
                rest = tuple(i for i in over if i != index)
                facts = scope.facts.within(rest)
                guards = _guards(index, place, divisor, numerator, facts)
                if guards is None:
                    return Rewrite(ZERO, _says(delta, index, place, ()))
                kept = list(factors_of(body))
                kept.remove(delta)
                taken = frozenset().union(*(all_index_names(f) for f in kept)) | scope.taken
                factors = [substitute(f, {index.symbol: place}, taken) for f in kept]
                if guards:
                    factors.insert(sum(isinstance(f, Bracket) for f in factors), Bracket(guards))
                return Rewrite(sum_(rest, mul(*factors)), _says(delta, index, place, guards))
    return None


def _candidates(
    over: tuple[Index, ...], factors: tuple[Expr, ...], scope: Scope, facts: Facts
) -> list[tuple[Index, Delta]]:
    """Pairs of index and delta, those first that need no division; among these, outer indices first."""
    plain, divided = [], []
    bound = {i.symbol for i in over}
    for index in over:
        for delta in factors:
            if not isinstance(delta, Delta) or not scope.held.isdisjoint(free_symbols(delta)):
                continue
            parts = linear_in(delta.left - delta.right, index.symbol)
            if parts is None or parts[0] == 0:
                continue
            if parts[0] in (1, -1):
                crowded = bool(symbols_of(expand(parts[1])) & bound)
                plain.append((crowded, index, delta))
            else:
                divided.append((index, delta))
    plain.sort(key=lambda entry: entry[0])
    return [(i, d) for _, i, d in plain] + divided


def _solve(index: Index, delta: Delta, facts: Facts) -> tuple[Integer, Integer, Integer] | None:
    """(place, divisor, numerator) with ``delta`` = 1 exactly where the index is numerator/divisor, without rest."""
    parts = linear_in(delta.left - delta.right, index.symbol)
    if parts is None:
        return None
    coefficient, rest = parts
    if coefficient.could_extract_minus_sign():
        coefficient, rest = -coefficient, -rest
    numerator = expand(-rest)
    if coefficient == 1:
        return numerator, coefficient, numerator
    if not nonnegative(coefficient - 1, facts):
        return None
    return FloorDiv(numerator, coefficient), coefficient, numerator


def _guards(
    index: Index, place: Integer, divisor: Integer, numerator: Integer, facts: Facts
) -> tuple[Compare, ...] | None:
    """The conditions under which the one term is there, less those that are proved; None if it never is."""
    conditions = [range_condition(">=", place, index.low), range_condition("<=", place, index.high)]
    if divisor != 1:
        conditions.insert(0, Compare("==", size(Mod(numerator, divisor)), ZERO))
    if any(refuted(c, facts) for c in conditions):
        return None
    return tuple(c for c in conditions if not proved(c, facts))


def range_condition(op: str, place: Integer, bound: Integer) -> Compare:
    """``place op bound`` as a person would write it: ``t + 1 <= T`` is ``t < T``."""
    shift = expand(place).as_coeff_Add()[0]
    strict = {(">=", -1): ">", ("<=", 1): "<"}
    if not place.has(FloorDiv) and shift != 0:
        if (op, int(shift)) in strict:
            return Compare(strict[op, int(shift)], size(expand(place - shift)), size(bound))
        return Compare(op, size(expand(place - shift)), size(expand(bound - shift)))
    return Compare(op, size(place), size(bound))


def _says(delta: Delta, index: Index, place: Integer, guards: tuple[Compare, ...]) -> dict[str, str]:
    says = {"delta": str(delta), "index": index.name, "place": integer_text(place), "guard": ""}
    if guards:
        says["guard"] = f", which is there only where `{Bracket(guards)}`"
    return says


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
    "remaining delta",
    "delta(t, T)*x[k] = [t == T]*x[k]",
    "No sum is left to use `{delta}`, so it stays as a guard.",
)
def delta_to_guard(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Delta(left, right):
            return Rewrite(Bracket((Compare("==", size(left), size(right)),)), {"delta": str(node)})
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


def is_integer_guard(bracket: Bracket) -> bool:
    """Whether a bracket speaks of indices and sizes only (and not of the values of tensors)."""
    return all(not isinstance(n, Elem) for c in bracket.conditions for s in (c.left, c.right) for n in walk(s))


@rule(
    "factor out of the sum",
    "sum(v[i]*x[k]*w[k], k) = v[i]*sum(x[k]*w[k], k)",
    "`{factor}` does not depend on the summation index and moves in front of the sum.",
)
def out_of_the_sum(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Reduce("sum", over, body):
            bound = {i.symbol for i in over}
            fixed = [f for f in factors_of(body) if bound.isdisjoint(free_symbols(f))]
            if not fixed or body == ONE:
                return None
            rest = mul(*(f for f in factors_of(body) if f not in fixed))
            factor = mul(*fixed)
            return Rewrite(mul(factor, sum_(over, rest)), {"factor": str(factor)})
    return None


@rule("number of terms", "sum(1, k)*u[i] = N*u[i]", "A sum of ones counts its terms.")
def count_terms(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Reduce("sum", over, body) if body == ONE:
            return mul(*(size(i.extent) for i in over))
    return None


# The order matters: guards that the ranges settle go first, then deltas meet their sums.
CONTRACT = (
    delta_one, delta_zero, impossible_guard, known_guard, multiply_out, split_sum, merge_sums, contract,
    merge_guards, out_of_the_sum, count_terms,
)  # fmt: skip
LEFTOVER = (delta_to_guard, impossible_guard, known_guard, merge_guards, out_of_the_sum)
