"""Rules for the local derivative of one equation, everything else held.

``D(u, w)`` is the derivative of ``u`` by the element ``w``.  The rules push it inwards until only elements are left,
whose derivatives are Kronecker deltas.
"""

from __future__ import annotations

from functools import cache

from derive.calculus.instances import instance
from derive.calculus.reductions import (
    logsumexp_rule,
    max_rule,
    mean_rule,
    prod_rule,
    softmax_rule,
    under_the_sum,
)  # fmt: skip
from derive.language.expr import (
    MINUS_ONE,
    ZERO,
    Add,
    Along,
    Bracket,
    Call,
    Delta,
    Elem,
    Expr,
    Mul,
    Num,
    Partial,
    Pow,
    add,
    mul,
    power,
)
from derive.language.functions import TABLE
from derive.language.parser import parse_expression
from derive.language.scope import Scope as Names
from derive.language.system import Tensor
from derive.language.traverse import (
    names_read,
    transform,
)
from derive.steps.rule import Rewrite, Scope, rule


def depends(expr: Expr, wrt: Elem) -> bool:
    return wrt.name in names_read(expr)


@rule(
    "definition",
    "D(y[i], u[k]) = D(tanh(u[i]), u[k])",
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
    "An element changes with itself alone{where}.",
)
def element(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Elem(name, index) as of, wrt, False) if name == wrt.name:
            deltas = (Delta(a, b) for a, b in zip(index, wrt.index, strict=True) if a != b)
            where = f": `{of}` changes with `{wrt}` only where their indices agree" if of != wrt else ", at rate 1"
            return Rewrite(mul(*deltas), {"where": where})
    return None


@rule(
    "sum rule",
    "D(sin(w[i]) + v[i]*w[i], w[k]) = D(sin(w[i]), w[k]) + D(v[i]*w[i], w[k])",
    "The derivative of a sum is the sum of the derivatives; a term without `{wrt}` has none.",
)
def sum_rule(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Add(terms), wrt):
            return Rewrite(add(*(Partial(t, wrt) for t in terms if depends(t, wrt))), {"wrt": str(wrt)})
    return None


@rule(
    "constant factor",
    "D(2*v[i]*sin(w[i]), w[k]) = 2*v[i]*D(sin(w[i]), w[k])",
    "A factor that does not depend on `{wrt}` stays in front.",
)
def constant_factor(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Partial(Mul(factors), wrt):
            dependent = [f for f in factors if depends(f, wrt)]
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
            varied = [k for k, f in enumerate(factors) if depends(f, wrt)]
            return add(*(mul(*(Partial(f, wrt) if j == k else f for j, f in enumerate(factors))) for k in varied))
    return None


@rule(
    "power rule",
    "D(sin(w[i])**3, w[k]) = 3*sin(w[i])**2*D(sin(w[i]), w[k])",
    "The exponent comes down in front and is lowered by one; then the derivative of the base.",
)
def power_rule(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Partial(Pow(base, exponent), wrt) if not depends(exponent, wrt):
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
        case Partial(Pow(base, exponent), wrt) if depends(exponent, wrt):
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
            pairs = [(d, a) for d, a in zip(outer, arguments, strict=True) if depends(a, wrt)]
            after = add(*(mul(d, Partial(a, wrt)) for d, a in pairs))
            return Rewrite(after, {"outer": ", ".join(str(d) for d, _ in pairs)})
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
