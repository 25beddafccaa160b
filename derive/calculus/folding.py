"""Rules that say a thing by the layer's own names, and sums of quotients as one quotient."""

from __future__ import annotations

from functools import reduce

from derive.calculus.match import match
from derive.calculus.named import element_equal_to, element_with
from derive.calculus.terms import coefficient_of, factors_of, has_factor, without_factor
from derive.language.binding import substitute
from derive.language.expr import (
    MINUS_ONE,
    Add,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Reduce,
    Size,
    add,
    divide,
    mul,
    num,
    power,
    sum_,
)
from derive.language.traverse import walk
from derive.steps.rule import Rewrite, Scope, rule


@rule(
    "power of a named value",
    "(v[i]**2 + 1)**(-3/2) = r[i]**3",
    "`{base}` to the power `{exponent}` has a name: it is `{name}`.",
)
def named_power(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Pow(base, Num(wanted)):
            for equation in scope.system.equations:
                right = equation.right
                if isinstance(right, Pow) and isinstance(right.exponent, Num) and right.exponent.value not in (0, 1):
                    times = wanted / right.exponent.value
                    named = element_equal_to(power(base, right.exponent), equation, scope)
                    if named is not None and times.denominator == 1:
                        says = {"base": str(base), "exponent": str(right.exponent), "name": str(named)}
                        return Rewrite(power(named, num(times)), says)
    return None


@rule(
    "deviations from the mean",
    "sum(x[k] - m, k) + v[i] = v[i]",
    "`{mean}` is the mean of `{value}`, so the deviations from it add up to 0.",
)
def deviations(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Reduce("sum", over, body):
            terms = _written_out(body, scope)
            for k, term in enumerate(terms):
                number, value = coefficient_of(term)
                for equation in scope.system.equations:
                    mean = element_equal_to(Reduce("mean", over, value), equation, scope)
                    against = mul(Num(-number), mean) if mean is not None else None
                    if against is not None and against in terms:
                        gone = {k, terms.index(against)}
                        rest = add(*(t for j, t in enumerate(terms) if j not in gone))
                        return Rewrite(sum_(over, rest), {"mean": str(mean), "value": str(value)})
    return None


def _written_out(body: Expr, scope: Scope) -> tuple[Expr, ...]:
    """The terms of a sum, or of the sum that an element is defined as."""
    match body:
        case Add(terms):
            return terms
        case Elem(name):
            for equation in scope.system.definitions(name):
                found = match(equation.left, body, frozenset(i.symbol for i in equation.indices), {})
                if found is not None and isinstance(equation.right, Add):
                    return _written_out(substitute(equation.right, found), scope)
    return ()


@rule(
    "factor of a named product",
    "(x[i] - m)*w[i] = z[i]/r[i]*w[i]",
    "`{name}` is the product of `{factor}` and `{others}`, so `{factor}` is `{quotient}`.",
)
def named_factor(node: Expr, scope: Scope) -> Rewrite | None:
    found = _as_quotient(node, scope)
    if found is None:
        return None
    named, others = found
    if any(_as_quotient(part, scope) for whole in found for part in walk(whole)):
        return None  # they would be rewritten in turn, for ever where two named products hold each other's factors
    quotient = divide(named, others)
    says = {"name": str(named), "factor": str(node), "others": str(others), "quotient": str(quotient)}
    return Rewrite(quotient, says)


def _as_quotient(node: Expr, scope: Scope) -> tuple[Expr, Expr] | None:
    """The element that names a product in which ``node`` is a factor, and the other factors, which are never 0."""
    if isinstance(node, Num | Size | Mul):
        return None
    for equation in scope.system.equations:
        factors = factors_of(equation.right)
        for k, factor in enumerate(factors):
            others = factors[:k] + factors[k + 1 :]
            if not others or type(factor) is not type(node) or not all(_never_zero(f, scope) for f in others):
                continue
            named = element_with(node, factor, equation, scope)
            if named is not None:
                at = match(equation.left, named, frozenset(i.symbol for i in equation.indices), {}) or {}
                return named, substitute(mul(*others), at)
    return None


def _never_zero(factor: Expr, scope: Scope) -> bool:
    """Whether a value is known not to be 0: a negative power, an exponential, or an element that is one of these."""
    match factor:
        case Elem(name):
            definitions = scope.system.definitions(name)
            return bool(definitions) and all(_never_zero(e.right, scope) for e in definitions)
        case Pow(_, Num(exponent)):
            return exponent < 0
    return getattr(factor, "function", "") == "exp"


@rule(
    "common denominator",
    "x[i] - u[i]/v[i] - w[i]/v[i] = (v[i]*x[i] - u[i] - w[i])/v[i]",
    "Most terms are divided by `{divisor}`: write all of them over it.",
)
def common_denominator(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Add(terms):
            divisors = [f for f in dict.fromkeys(f for t in terms for f in factors_of(t)) if _is_divisor(f)]
            most = [d for d in divisors if len(terms) > sum(has_factor(t, d) for t in terms) > len(terms) / 2]
            if most:
                above = (reduce(_times_inverse, reversed(most), t) for t in terms)
                divisor = mul(*(power(d, MINUS_ONE) for d in most))
                return Rewrite(mul(*most, add(*above)), {"divisor": str(divisor)})
    return None


def _times_inverse(term: Expr, divisor: Expr) -> Expr:
    """The term times what it, or another, is divided by."""
    if has_factor(term, divisor):
        return without_factor(term, divisor)
    return mul(power(divisor, MINUS_ONE), term)


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exponent == MINUS_ONE


@rule(
    "sum last",
    "sum(x[k]*w[k], k)*v[i] = v[i]*sum(x[k]*w[k], k)",
    "A sum reads better at the end of its product.",
)
def sum_last(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors):
            sums = [f for f in factors if isinstance(f, Reduce)]
            after = mul(*(f for f in factors if not isinstance(f, Reduce)), *sums)
            return after if after != node else None
    return None
