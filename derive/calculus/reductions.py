"""Rules for the derivative of a sum, mean, product, maximum, log-sum-exp and softmax over an index."""

from __future__ import annotations

from derive.calculus.instances import named_apart
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    MINUS_ONE,
    ONE,
    Along,
    Bracket,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Partial,
    Reduce,
    add,
    mul,
    neg,
    power,
    size,
    sum_,
)
from derive.language.traverse import (
    all_index_names,
)
from derive.steps.rule import Scope, fresh_index, rule


def _free_of(reduction: Reduce, wrt: Elem, scope: Scope) -> tuple[tuple[Index, ...], Expr]:
    """The bound indices and the body, renamed so that the indices of ``wrt`` are not captured."""
    clear = named_apart(reduction, scope, all_index_names(wrt))
    assert isinstance(clear, Reduce)
    return clear.over, clear.body


@rule(
    "derivative under the sum",
    "D(sum(A[i,k]*w[k], k), w[j]) = sum(D(A[i,k]*w[k], w[j]), k)",
    "A finite sum may be differentiated term by term.",
)
def under_the_sum(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Reduce("sum", _, _) as reduction, wrt):
            over, body = _free_of(reduction, wrt, scope)
            return sum_(over, Partial(body, wrt))
    return None


@rule(
    "mean",
    "D(mean(w[k]**2, k), w[j]) = D(sum(w[k]**2, k)/N, w[j])",
    "A mean is a sum divided by the number of its terms.",
)
def mean_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Reduce("mean", over, body), wrt):
            return Partial(mul(sum_(over, body), *(power(size(i.extent), MINUS_ONE) for i in over)), wrt)
    return None


@rule(
    "product over an index",
    "D(prod(x[k]*w[k], k), w[j]) = sum(prod((x[l]*w[l])**[l != k], l)*D(x[k]*w[k], w[j]), k)",
    "One factor changes at a time; the product of the others is held.",
)
def prod_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Reduce("prod", _, _) as reduction, wrt):
            over, body = _free_of(reduction, wrt, scope)
            others, held = _second_names(over, body, wrt, scope)
            differs = tuple(Compare("!=", size(b.symbol), size(a.symbol)) for a, b in zip(over, others, strict=True))
            exponent = Bracket(differs) if len(differs) == 1 else add(ONE, neg(Bracket(_equal(differs))))
            return sum_(over, mul(Reduce("prod", others, power(held, exponent)), Partial(body, wrt)))
    return None


def _equal(conditions: tuple[Compare, ...]) -> tuple[Compare, ...]:
    return tuple(Compare("==", c.left, c.right) for c in conditions)


def _second_names(over: tuple[Index, ...], body: Expr, wrt: Elem, scope: Scope) -> tuple[tuple[Index, ...], Expr]:
    """A second set of names for bound indices, and the body over them."""
    taken = all_index_names(body) | all_index_names(wrt) | {i.name for i in over} | scope.taken
    others: list[Index] = []
    for index in over:
        other = fresh_index(index, scope.system, taken)
        taken |= {other.name}
        others.append(other)
    renaming = {i.symbol: o.symbol for i, o in zip(over, others, strict=True)}
    return tuple(others), substitute(body, renaming)


@rule(
    "largest element",
    "D(max(x[k]*w[k], k), w[j]) = sum(argmax(x[k]*w[k], k)*D(x[k]*w[k], w[j]), k)",
    "A maximum moves with its largest element only (with the first one, where several are equal).",
)
def max_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Reduce("max", _, _) as reduction, wrt):
            over, body = _free_of(reduction, wrt, scope)
            return sum_(over, mul(_along("argmax", over, body), Partial(body, wrt)))
    return None


def _along(op: str, over: tuple[Index, ...], body: Expr) -> Along:
    """A function of the axes ``over``, read at the place that the same indices name outside."""
    return Along(op, over, body, tuple(i.symbol for i in over))


@rule(
    "log-sum-exp",
    "D(logsumexp(x[k]*w[k], k), w[j]) = sum(softmax(x[k]*w[k], k)*D(x[k]*w[k], w[j]), k)",
    "The derivative of log-sum-exp is the softmax.",
)
def logsumexp_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Reduce("logsumexp", _, _) as reduction, wrt):
            over, body = _free_of(reduction, wrt, scope)
            return sum_(over, mul(_along("softmax", over, body), Partial(body, wrt)))
    return None


@rule(
    "softmax",
    "D(softmax(x[k]*w[k], k), w[j]) = "
    "sum(softmax(x[k]*w[k], k)*(delta(k, l) - softmax(x[l]*w[l], l))*D(x[l]*w[l], w[j]), l)",
    "Raising one logit raises its own probability and lowers all of them in proportion.",
)
def softmax_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Along("softmax", over, body, at) as along, wrt):
            taken = all_index_names(wrt) | all_index_names(along) - {i.name for i in over} | scope.taken
            others: list[Index] = []
            for index in over:
                others.append(fresh_index(index, scope.system, taken | {i.name for i in others}))
            inner = substitute(body, {i.symbol: o.symbol for i, o in zip(over, others, strict=True)})
            here = tuple(o.symbol for o in others)
            deltas = mul(*(Delta(a, o) for a, o in zip(at, here, strict=True)))
            jacobian = mul(along, add(deltas, neg(Along("softmax", over, body, here))))
            return sum_(tuple(others), mul(jacobian, Partial(inner, wrt)))
    return None
