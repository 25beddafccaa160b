"""Rules that make a gradient say the same in fewer and better words: named values, powers, like terms, assumptions."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.folding import deviations, named_power
from derive.calculus.guards import common_guard, impossible_guard, is_guarded, known_guard, merge_guards
from derive.calculus.match import same
from derive.calculus.named import element_equal_to, values_of
from derive.calculus.readable import readable
from derive.calculus.sums import count_terms, number_out, out_of_the_sum
from derive.calculus.terms import coefficient_of, factors_of, without_factor
from derive.language.binding import substitute
from derive.language.expr import (
    MINUS_ONE,
    Add,
    Along,
    Bracket,
    Call,
    Expr,
    Mul,
    Num,
    Pow,
    Reduce,
    Size,
    add,
    mul,
    power,
)
from derive.steps.rule import Rewrite, Scope, rule


@rule(
    "named value",
    "tanh(u[i])*x[i] = y[i]*x[i]",
    "`{value}` has a name already: it is `{name}`.",
)
def named_value(node: Expr, scope: Scope) -> Rewrite | None:
    if not isinstance(node, Call | Along | Reduce | Pow):
        return None
    for equation in scope.system.equations:
        if type(equation.right) is type(node):
            named = element_equal_to(node, equation, scope)
            if named is not None:
                return Rewrite(named, {"value": str(node), "name": str(named)})
    return None


def _powers(factor: Expr) -> list[tuple[Expr, Fraction]]:
    """A factor as powers: ``1/(2*v)`` is ``2**-1 * v**-1``."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        exponent = factor.exponent.value
        if isinstance(factor.base, Mul) and exponent.denominator == 1:
            return [(base, times * exponent) for f in factor.base.factors for base, times in _powers(f)]
        return [(factor.base, exponent)]
    return [(factor, Fraction(1))]


@rule("powers", "u[i]*u[i]*v[i]/v[i] = u[i]**2", "Equal factors are gathered, and cancel where one divides the other.")
def gather_powers(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors):
            powers = [p for f in factors for p in _powers(f)]
            gathered: list[tuple[Expr, Fraction]] = []
            for base, exponent in powers:
                for k, (other, total) in enumerate(gathered):
                    if not isinstance(base, Num) and same(base, other):
                        gathered[k] = (other, total + exponent)
                        break
                else:
                    gathered.append((base, exponent))
            if len(gathered) < len(powers):
                return mul(*(power(b, Num(e)) for b, e in gathered))
    return None


@rule("like terms", "3*u[i]*v[i] - 2*u[i]*v[i] = u[i]*v[i]", "Terms that differ by a number are one term.")
def like_terms(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Add(terms):
            gathered: list[tuple[Expr, Fraction]] = []
            for number, rest in map(coefficient_of, terms):
                alike = next((k for k, (other, _) in enumerate(gathered) if same(rest, other)), None)
                if alike is None:
                    gathered.append((rest, number))
                else:
                    gathered[alike] = (gathered[alike][0], gathered[alike][1] + number)
            if len(gathered) < len(terms):
                return add(*(mul(Num(number), rest) for rest, number in gathered))
    return None


@rule("common factor", "u[i]*v[i] - u[i]*w[i] = u[i]*(v[i] - w[i])", "Every term has the factor `{factor}`.")
def common_factor(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Add(terms):
            first = [f for f in factors_of(terms[0]) if not isinstance(f, Num)]
            shared = [f for f in first if all(any(same(f, g) for g in factors_of(t)) for t in terms[1:])]
            if all(is_guarded(t) for t in terms):
                shared = [f for f in shared if readable(f, scope)]
            if shared:
                factor = shared[0]
                return Rewrite(mul(factor, add(*(without_factor(t, factor) for t in terms))), {"factor": str(factor)})
    return None


@rule(
    "multiply out and cancel",
    "u[i]*(v[i] - w[i]/u[i]) = u[i]*v[i] - w[i]",
    "Multiply out: `{factor}` cancels against the same in a denominator.",
)
def multiply_and_cancel(node: Expr, scope: Scope) -> Rewrite | None:
    match node:
        case Mul(factors):
            for k, factor in enumerate(factors):
                if not isinstance(factor, Add):
                    continue
                others = factors[:k] + factors[k + 1 :]
                for other in others:
                    if any(_divides_by(t, other) for t in factor.terms):
                        return Rewrite(add(*(_product(others, t) for t in factor.terms)), {"factor": str(other)})
    return None


def _divides_by(term: Expr, factor: Expr) -> bool:
    return any(isinstance(f, Pow) and f.exponent == MINUS_ONE and same(f.base, factor) for f in factors_of(term))


def _product(factors: tuple[Expr, ...], term: Expr) -> Expr:
    kept = list(factors_of(term))
    rest = []
    for factor in factors:
        inverse = next((f for f in kept if _divides_by(f, factor)), None)
        if inverse is None:
            rest.append(factor)
        else:
            kept.remove(inverse)
    return mul(*rest, *kept)


@rule("numerator first", "1/v[i]*u[i]*w[i] = u[i]*w[i]/v[i]", "What is divided stands before what it is divided by.")
def numerator_first(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Mul(factors) if not isinstance(factors[-1], Add | Reduce):
            below = [f for f in factors if isinstance(f, Pow) and f.exponent == MINUS_ONE]
            above = [f for f in factors if f not in below]
            after = mul(*above, *below)
            return after if not all(isinstance(f, Num) for f in above) and after != node else None
    return None


@rule("plus first", "-u[i] + v[i] = v[i] - u[i]", "A sum reads better when it does not begin with a minus.")
def plus_first(node: Expr, scope: Scope) -> Expr | None:
    match node:
        case Add(terms) if coefficient_of(terms[0])[0] < 0:
            plus = [t for t in terms if coefficient_of(t)[0] >= 0]
            return add(*plus, *(t for t in terms if t not in plus)) if plus else None
    return None


@rule("assumption", "sum(q[k], k)*v[i] = v[i]", "It is assumed that `{assumption}`.")
def assumption(node: Expr, scope: Scope) -> Rewrite | None:
    if isinstance(node, Num | Size):
        return None
    for given in scope.system.assumptions:
        if type(given.left) is type(node):
            found = values_of(given.indices, given.left, node, scope)
            if found is not None:
                says = {"assumption": f"{given.left} = {given.right}"}
                return Rewrite(substitute(given.right, found), says)
    return None


def size_of(expr: Expr) -> int:
    """How long an expression is to read: its nodes, sums counting three, a condition one."""
    if isinstance(expr, Bracket):
        return 1
    own = 3 if isinstance(expr, Reduce | Along) else 0 if isinstance(expr, Num | Mul) else 1
    return own + sum(map(size_of, expr.children))


SIMPLIFY = (
    named_value, named_power, impossible_guard, known_guard, multiply_and_cancel, gather_powers, number_out,
    out_of_the_sum, deviations, count_terms, merge_guards, like_terms, common_factor, common_guard, numerator_first,
    plus_first,
)  # fmt: skip
ASSUME = (assumption,)
