"""Rules for the local derivative of one equation, everything else held.

``D(u, w)`` is the derivative of ``u`` by the element ``w``.  The rules push it inwards until only elements are left,
whose derivatives are Kronecker deltas.
"""

from __future__ import annotations

from functools import cache

from derive.language.expr import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Along,
    Bracket,
    Call,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Partial,
    Pow,
    Reduce,
    add,
    all_index_names,
    mul,
    names_read,
    neg,
    power,
    size,
    substitute,
    sum_,
    transform,
)  # fmt: skip
from derive.language.functions import TABLE
from derive.language.integers import Integer
from derive.language.parser import parse_expression
from derive.language.scope import Scope as Names
from derive.language.system import Equation, Tensor
from derive.steps.rule import Rewrite, Scope, fresh_index, rule


def instance(equation: Equation, element: Elem, scope: Scope, avoid: Expr) -> Expr | None:
    """The right side of an equation at an element of its tensor, its bound indices named apart from ``avoid``."""
    values: dict[Integer, Integer] = {}
    free = {i.symbol for i in equation.indices}
    for place, at in zip(equation.left.index, element.index, strict=True):
        if place in free:
            values[place] = at
        elif place != at:
            return None
    clear = named_apart(equation.right, scope, all_index_names(avoid) | all_index_names(element))
    return substitute(clear, values)


def named_apart(expr: Expr, scope: Scope, taken: frozenset[str]) -> Expr:
    """The expression with bound indices renamed where their names are taken."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Reduce | Along) or taken.isdisjoint(i.name for i in node.over):
            return node
        body, over = node.body, list(node.over)
        used = taken | all_index_names(expr) - {i.name for i in node.over}
        for k, index in enumerate(node.over):
            if index.name in taken:
                over[k] = fresh_index(index, scope.system, used | {i.name for i in over})
                body = substitute(body, {index.symbol: over[k].symbol})
        if isinstance(node, Along):
            return Along(node.op, tuple(over), body, node.at)
        return Reduce(node.op, tuple(over), body)

    return transform(expr, change)


def _depends(expr: Expr, wrt: Elem) -> bool:
    return wrt.name in names_read(expr)


def _free_of(reduction: Reduce, wrt: Elem, scope: Scope) -> tuple[tuple[Index, ...], Expr]:
    """The bound indices and the body, renamed so that the indices of ``wrt`` are not captured."""
    clear = named_apart(reduction, scope, all_index_names(wrt))
    assert isinstance(clear, Reduce)
    return clear.over, clear.body


@rule(
    "definition",
    "D(y[i], w[k]) = D(tanh(u[i]), w[k])",
    "Write out what `{name}` is; everything it reads but `{wrt}` is held fixed.",
)
def definition(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Elem(name) as element, wrt, by_definition) if by_definition or name != wrt.name:
            for equation in sorted(scope.system.definitions(name), key=lambda e: not e.is_base):
                right = instance(equation, element, scope, wrt)
                if right is not None:
                    return Rewrite(Partial(right, wrt), {"name": str(element), "wrt": str(wrt)})
    return None


@rule(
    "element",
    "D(w[k], w[j]) = delta(k, j)",
    "An element changes with itself alone: `{of}` moves with `{wrt}` only where their indices agree.",
)
def element(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Elem(name, index) as of, wrt, False) if name == wrt.name:
            deltas = (Delta(a, b) for a, b in zip(index, wrt.index, strict=True) if a != b)
            return Rewrite(mul(*deltas), {"of": str(of), "wrt": str(wrt)})
    return None


@rule(
    "sum rule",
    "D(sin(w[i]) + v[i]*w[i], w[k]) = D(sin(w[i]), w[k]) + D(v[i]*w[i], w[k])",
    "The derivative of a sum is the sum of the derivatives; a term without `{wrt}` has none.",
)
def sum_rule(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Add(terms), wrt):
            return Rewrite(add(*(Partial(t, wrt) for t in terms if _depends(t, wrt))), {"wrt": str(wrt)})
    return None


@rule(
    "constant factor",
    "D(2*v[i]*sin(w[i]), w[k]) = 2*v[i]*D(sin(w[i]), w[k])",
    "A factor that does not depend on `{wrt}` stays in front.",
)
def constant_factor(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Mul(factors), wrt):
            dependent = [f for f in factors if _depends(f, wrt)]
            if len(dependent) == 1:
                changed = (Partial(f, wrt) if f is dependent[0] else f for f in factors)
                return Rewrite(mul(*changed), {"wrt": str(wrt)})
    return None


@rule(
    "product rule",
    "D(sin(w[i])*w[i], w[k]) = D(sin(w[i]), w[k])*w[i] + sin(w[i])*D(w[i], w[k])",
    "One factor changes at a time; the others are held.",
)
def product_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Mul(factors), wrt):
            varied = [k for k, f in enumerate(factors) if _depends(f, wrt)]
            return add(
                *(mul(*(Partial(f, wrt) if j == k else f for j, f in enumerate(factors))) for k in varied)
            )
    return None


@rule(
    "power rule",
    "D(sin(w[i])**3, w[k]) = 3*sin(w[i])**2*D(sin(w[i]), w[k])",
    "The exponent comes down in front and is lowered by one; then the derivative of the base.",
)
def power_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Pow(base, exponent), wrt) if not _depends(exponent, wrt):
            lowered = Num(exponent.value - 1) if isinstance(exponent, Num) else add(exponent, MINUS_ONE)
            return mul(exponent, power(base, lowered), Partial(base, wrt))
    return None


@rule(
    "exponential rule",
    "D(v[i]**w[i], w[k]) = v[i]**w[i]*D(w[i]*log(v[i]), w[k])",
    "A power with a changing exponent is an exponential: it stays, times the derivative of exponent times logarithm.",
)
def exponential_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Pow(base, exponent), wrt) if _depends(exponent, wrt):
            return mul(node.of, Partial(mul(exponent, Call("log", (base,))), wrt))
    return None


@cache
def derivative_formulas(function: str) -> tuple[Expr, ...]:
    """The partial derivatives of a function of the table, over scalars named as its arguments and ``y``."""
    row = TABLE[function]
    scalars = {name: Tensor(name, (), "input") for name in (*row.arguments, "y")}
    return tuple(parse_expression(d, Names(tensors=scalars)) for d in row.derivatives)


def function_derivatives(call: Call) -> tuple[Expr, ...]:
    """The derivative of an elementwise function by each of its arguments, at these arguments."""
    if call.function not in TABLE:
        return (Call(call.function + "'", call.arguments),)
    values = dict(zip(TABLE[call.function].arguments, call.arguments, strict=True)) | {"y": call}

    def filled(node: Expr) -> Expr:
        return values[node.name] if isinstance(node, Elem) else node

    return tuple(transform(d, filled) for d in derivative_formulas(call.function))


@rule(
    "chain rule for a function",
    "D(tanh(v[i]*w[i]), w[k]) = (1 - tanh(v[i]*w[i])**2)*D(v[i]*w[i], w[k])",
    "The outer derivative `{outer}`, times the derivative of what stands inside.",
)
def function_rule(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Call(_, arguments) as call, wrt):
            outer = function_derivatives(call)
            pairs = [(d, a) for d, a in zip(outer, arguments, strict=True) if _depends(a, wrt)]
            after = add(*(mul(d, Partial(a, wrt)) for d, a in pairs))
            return Rewrite(after, {"outer": ", ".join(str(d) for d, _ in pairs)})
    return None


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


@rule(
    "piecewise constant",
    "D([w[k] > 0], w[j]) = 0",
    "A condition is 1 or 0 and does not change for a small change of `{wrt}`, away from the jump itself.",
)
def piecewise_constant(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Bracket() | Along("argmax"), wrt):
            return Rewrite(ZERO, {"wrt": str(wrt)})
    return None


DIFFERENTIATE = (
    definition, element, sum_rule, constant_factor, product_rule, power_rule, exponential_rule, function_rule,
    under_the_sum, mean_rule, prod_rule, max_rule, logsumexp_rule, softmax_rule, piecewise_constant,
)  # fmt: skip
