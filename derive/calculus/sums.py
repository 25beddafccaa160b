"""Rules for sums: what may be taken apart, put together and moved in front."""

from __future__ import annotations

from collections.abc import Iterable

from derive.calculus.guards import is_guarded
from derive.calculus.readable import readable
from derive.calculus.terms import coefficient_of, factors_of
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    ONE,
    Add,
    Delta,
    Expr,
    Index,
    Mul,
    Num,
    Reduce,
    add,
    mul,
    size,
    sum_,
)
from derive.language.traverse import (
    all_index_names,
    free_symbols,
)
from derive.steps.rule import Rewrite, Scope, fresh_index, rule


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
    own = all_index_names(inner)  # a new name must not capture what stands free in the sum itself
    over: list[Index] = []
    body = inner.body
    for index in inner.over:
        new = index
        if index.name in taken:
            new = fresh_index(index, scope.system, taken | own | {i.name for i in over})
            body = substitute(body, {index.symbol: new.symbol})
        over.append(new)
    return Reduce("sum", tuple(over), body)


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
            if is_guarded(body):
                fixed = [f for f in fixed if readable(f, scope)]
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


@rule(
    "sign out of the sum",
    "v[i] - sum(-2*x[k]*w[k], k) = v[i] + 2*sum(x[k]*w[k], k)",
    "A number moves in front of the sum.",
)
def number_out(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Reduce("sum", over, body):
            number, rest = coefficient_of(body)
            if number != 1 and rest != ONE:
                return mul(Num(number), sum_(over, rest))
    return None
