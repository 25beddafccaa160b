"""How large products of Jacobians can be: a bound where a Jacobian is a matrix whose rows a derivative scales.

``J[t] = diag(f'(a[t])) W`` gives ``||J[s] … J[t+1]|| <= (γ ||W||)^(s-t)`` with γ the largest size of ``f'``.
"""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.differentiate import function_derivatives
from derive.calculus.match import match
from derive.calculus.simplify import SIMPLIFY
from derive.calculus.terms import factors_of
from derive.language.binding import substitute
from derive.language.expr import ONE, Bracket, Call, Delta, Expr, mul
from derive.language.functions import TABLE
from derive.language.integers import Integer, is_size
from derive.language.system import Equation, System
from derive.language.traverse import free_symbols, walk
from derive.steps.record import Bound, ClosedForm
from derive.steps.rewrite import rewrite
from derive.steps.rule import scope_of


def norm_bound(backward: System, form: ClosedForm) -> Bound | None:
    """The bound that a closed form's Jacobian has, or None where it is not of this shape."""
    row, column = form.row.symbol, form.column.symbol
    factors = factors_of(form.jacobian)
    matrices = [f for f in factors if column in free_symbols(f)]
    if len(matrices) != 1 or not _is_matrix(matrices[0], {row, column}):
        return None
    scale = mul(*(f for f in factors if f is not matrices[0]))
    if scale == ONE:
        return Bound(form, matrices[0], scale, None, None, Fraction(1))
    for equation in backward.equations:
        argument = _argument(backward, equation, scale)
        if argument is not None:
            assert isinstance(equation.right, Call)
            name = equation.right.function
            return Bound(form, matrices[0], scale, name, argument, steepest(name))
    return Bound(form, matrices[0], scale, None, None, None)


def _is_matrix(expr: Expr, places: set[Integer]) -> bool:
    """Whether an expression stands for the same matrix at every step and for every sample: W, or W V + U."""
    indices = {s for s in free_symbols(expr) if not is_size(s)}
    return indices == places and not any(isinstance(n, Bracket | Delta) for n in walk(expr))


def steepest(function: str) -> Fraction | None:
    """The largest size of a function's derivative, where the table has it."""
    stated = TABLE[function].steepest if function in TABLE else ""
    return Fraction(stated) if stated else None


def _argument(backward: System, equation: Equation, scale: Expr) -> Expr | None:
    """The argument of ``u = f(argument)`` at the place where ``scale`` is the derivative of f; None where it is not."""
    call = equation.right
    if not isinstance(call, Call) or len(call.arguments) != 1:
        return None
    (derivative,) = function_derivatives(call)
    derivative, _ = rewrite(derivative, SIMPLIFY, scope_of(backward, equation.indices, derivative), equation.indices)
    found = match(derivative, scale, frozenset(i.symbol for i in equation.indices), {})
    return None if found is None else substitute(call.arguments[0], found)
