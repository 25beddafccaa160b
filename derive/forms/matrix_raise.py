"""Index form -> vectors and matrices, node by node.

Which indices become axes is decided before (``matrix_axes``); here every node is said over those axes, or refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.forms import matrix_tree as M
from derive.forms.matrix_build import transposed
from derive.forms.matrix_contract import NotSayable, check_name, product, reduction
from derive.forms.matrix_tree import Axes, MatExpr
from derive.language import expr as E
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    Expr,
    Index,
)
from derive.language.integers import Integer
from derive.language.traverse import (
    free_symbols,
    names_read,
    walk,
)


@dataclass(frozen=True)
class Scope:
    """What is known of the indices of an equation.

    indices   those in scope, by symbol
    named     those that stay written out
    data      those that count samples and the like: no parameter has an axis of their kind
    declared  the names of the axes of each tensor
    """

    indices: Mapping[Integer, Index]
    named: frozenset[Integer]
    data: frozenset[Integer]
    declared: Mapping[str, tuple[str, ...]]

    def within(self, indices: Sequence[Index]) -> Scope:
        return replace(self, indices={**self.indices, **{i.symbol: i for i in indices}})

    def axes_of(self, expr: Expr) -> frozenset[Index]:
        """The indices of an expression that are axes here."""
        return frozenset(self.indices[s] for s in free_symbols(expr) if s in self.indices and s not in self.named)


def raised(expr: Expr, scope: Scope, wanted: Axes | None = None) -> MatExpr:
    """The expression over its axes, in the order ``wanted`` (a convenient one where that is None).

    Raises NotSayable.
    """
    own = scope.axes_of(expr)
    if len(own) > 2:
        names = ", ".join(sorted(i.name for i in own))
        raise NotSayable(f"`{expr}` has {len(own)} axes at once ({names}), and a matrix has two")
    wanted = tuple(a for a in wanted if a in own) if wanted is not None else None
    if not own and not names_read(expr):
        return M.Scalar(expr)
    match expr:
        case E.Elem():
            return _ordered(_tensor(expr, scope), wanted)
        case E.Add(terms):
            return M.Plus(_alike(terms, scope, wanted, f"`{expr}`"))
        case E.Mul(factors):
            return _product(factors, (), scope, wanted)
        case E.Pow(base, exponent):
            return _power(base, exponent, scope, wanted)
        case E.Call(function, arguments):
            return M.Apply(function, _alike(arguments, scope, wanted, f"`{expr}`"))
        case E.Bracket(conditions):
            return _bracket(expr, conditions, scope, wanted)
        case E.Along():
            return _along(expr, scope, wanted)
        case E.Reduce():
            return _reduce(expr, scope, wanted)
        case E.Partial():
            raise NotSayable(f"`{expr}` is not worked out")
    if not own:
        return M.Scalar(expr)
    raise NotSayable(f"`{expr}` has no matrix form")


def _ordered(matrix: MatExpr, wanted: Axes | None) -> MatExpr:
    return matrix if wanted is None or matrix.axes == wanted else transposed(matrix)


def _tensor(elem: E.Elem, scope: Scope) -> MatExpr:
    count = sum(1 for place in elem.index if place in scope.indices and place not in scope.named)
    cut = len(elem.index) - count
    entries = tuple(scope.indices[place] for place in elem.index[cut:])
    return M.Tensor(elem.name, elem.index[:cut], entries, scope.declared[elem.name][cut:])


def _alike(parts: Sequence[Expr], scope: Scope, wanted: Axes | None, what: str) -> tuple[MatExpr, ...]:
    """The parts of an elementwise operation, over common axes; a part that lacks the first of them is spread."""
    every = frozenset(a for part in parts for a in scope.axes_of(part))
    if wanted is None:
        widest = [p for p in parts if scope.axes_of(p) == every]
        if not widest:
            raise NotSayable(f"in {what} no part has all the axes, so two of them would have to be spread")
        wanted = raised(widest[0], scope).axes
    out = tuple(raised(part, scope, wanted) for part in parts)
    if every and not any(m.axes == wanted for m in out):
        raise NotSayable(f"in {what} no part has all the axes, so two of them would have to be spread")
    for matrix in out:
        if matrix.axes and matrix.axes != wanted[-len(matrix.axes) :]:
            raise NotSayable(
                f"`{matrix}` is one number for each {matrix.axes[0].name}, to be spread over {wanted[-1].name}: "
                "matrix notation has no sign for that"
            )
    return out


def _product(factors: Sequence[Expr], summed: Sequence[Index], scope: Scope, wanted: Axes | None) -> MatExpr:
    data = [i for s, i in scope.indices.items() if s in scope.data]
    return product([raised(f, scope) for f in factors], summed, wanted, data)


def _power(base: Expr, exponent: Expr, scope: Scope, wanted: Axes | None) -> MatExpr:
    if scope.axes_of(exponent):
        raise NotSayable(f"`{E.Pow(base, exponent)}` has a vector or matrix in the exponent")
    return M.Power(raised(base, scope, wanted), exponent)


def _bracket(bracket: Expr, conditions: tuple[E.Compare, ...], scope: Scope, wanted: Axes | None) -> MatExpr:
    if not scope.axes_of(bracket) and not any(isinstance(n, E.Elem) for n in walk(bracket)):
        return M.Scalar(bracket)  # a guard on integers
    sides = _alike(bracket.children, scope, wanted, f"`{bracket}`")
    return M.Condition(tuple(c.op for c in conditions), sides)


def _along(along: E.Along, scope: Scope, wanted: Axes | None) -> MatExpr:
    if len(along.over) != 1:
        raise NotSayable(f"`{along}` runs over several axes at once")
    bound, place = along.over[0], along.at[0]
    if bound.symbol in scope.named or place not in scope.indices or place in scope.named:
        raise NotSayable(f"`{along}` is read at one place of its axis")
    axis = scope.indices[place]
    if place != bound.symbol and place in free_symbols(along.body):
        raise NotSayable(f"`{along}` runs along one axis and is read along another")
    body = raised(substitute(along.body, {bound.symbol: place}), scope, wanted)
    if axis not in body.axes:
        raise NotSayable(f"`{along}` does not depend on the axis it runs along")
    check_name(body, axis)
    return M.Whole(along.op, body, axis)


def _reduce(expr: E.Reduce, scope: Scope, wanted: Axes | None) -> MatExpr:
    over, body = expr.over, expr.body
    while expr.op == "sum" and isinstance(body, E.Reduce) and body.op == "sum":
        over, body = over + body.over, body.body
    inner = scope.within(over)
    if expr.op == "sum":
        return _sum(over, body, inner, wanted)
    missing = [i for i in over if i.symbol not in free_symbols(body)]
    if missing:
        raise NotSayable(f"`{expr}` does not depend on {missing[0].name}")
    return _ordered(reduction(expr.op, over, raised(body, inner)), wanted)


def _sum(over: tuple[Index, ...], body: Expr, scope: Scope, wanted: Axes | None) -> MatExpr:
    written = tuple(i for i in over if i.symbol in scope.named)
    summed = tuple(i for i in over if i.symbol not in scope.named)
    if isinstance(body, E.Add) and any(_is_contraction(t, scope) for t in body.terms):
        return _sum_by_terms(over, body, scope, wanted)
    factors = body.factors if isinstance(body, E.Mul) else (body,)
    try:
        return _merged(over, written, _product(factors, summed, scope, wanted))
    except NotSayable:
        if not isinstance(body, E.Add):
            raise
        return _sum_by_terms(over, body, scope, wanted)


def _merged(over: tuple[Index, ...], written: tuple[Index, ...], inner: MatExpr) -> MatExpr:
    """The sum over the written-out indices; one sum, in the order of ``over``, where the rest is a plain sum too."""
    out = reduction("sum", written, inner)
    if isinstance(out, M.Total) and out.op == "sum" and set(out.over) == set(over):
        return M.Total("sum", over, out.of)
    return out


def _is_contraction(term: Expr, scope: Scope) -> bool:
    return isinstance(term, E.Mul) and sum(bool(scope.axes_of(f)) for f in term.factors) > 1


def _sum_by_terms(over: tuple[Index, ...], body: E.Add, scope: Scope, wanted: Axes | None) -> MatExpr:
    return raised(E.add(*(E.sum_(over, t) for t in body.terms)), scope, wanted)
