"""Equations as statements: what holds everywhere is assigned, what holds in a part or lands elsewhere is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.forms.numpy_arrays import Array, aligned, as_float, product
from derive.forms.numpy_guards import narrowed, split_conditions
from derive.forms.numpy_lower import factor_of, lower, signed, with_axes
from derive.forms.numpy_scatter import Part, Target, added_at, landed, strided
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_terms import Landing, element_landing, term_of, terms_of, window_landing
from derive.forms.numpy_text import Level, Piece
from derive.language.expr import (
    ZERO,
    Add,
    Bracket,
    Compare,
    Expr,
    Index,
    Mul,
    Reduce,
    add,
    mul,
    sum_,
)
from derive.language.system import Equation
from derive.language.traverse import (
    conditions_of,
    free_symbols,
)


def write(equation: Equation, scope: Scope, exists: bool, part: bool = False, added: Expr | None = None) -> None:
    """Write the statements of an equation.

    exists  the variable is an array already, of which the statements fill the places on the left side
    part    more will be added to the values later, so they must be an array of their own
    added   instead of the right side, what is added to the values that are there
    """
    ranges = tuple(i for i in equation.indices if i.name not in scope.names())
    target = Target(equation, scope, ranges, exists)
    dense, parts = _parts(equation.right if added is None else added, target)
    sign = "+="
    own = part or bool(parts)
    if added is not None:
        if dense != ZERO:
            scope.writer.line(f"{target.at(ranges)} += {_value(dense, target, ranges).text}")
    elif dense != ZERO or not parts:
        _assign(dense, target, own)
    else:
        parts, sign = _start(parts, target)
    for when in dict.fromkeys(p.when for p in parts):
        _add([p for p in parts if p.when == when], when, target, sign)
        sign = "+="


def _start(parts: list[Part], target: Target) -> tuple[list[Part], str]:
    """Write the assignment where no term holds everywhere; gives back what is left, and how the first goes in."""
    for part in parts:
        if part.landing and not part.when and not strided(part, target) and (code := landed(part, target)):
            _put(target, code)
            return [p for p in parts if p is not part], "+="
    _put(target, f"np.zeros({target.shape()}, dtype)", "0")
    return parts, "="


def _assign(expr: Expr, target: Target, own: bool) -> None:
    """``target = expr``; ``own`` asks for an array that nothing else refers to."""
    inside = target.scope.over(target.ranges)
    axes = tuple(i.name for i in target.ranges)
    if not target.exists and (_term_by_term(expr, target) or _factor_by_factor(expr, target)):
        return
    array = as_float(lower(expr, inside))
    if target.exists:
        place = target.at(target.ranges)
        if array.rows and array.axes == axes and "," not in place:  # it lies together in memory, and is filled in place
            left, right = array.rows
            out = f"{place}.reshape(-1, {inside.extent(axes[-1]).text})"
            target.scope.writer.line(f"np.matmul({left}, {right}, out={out})")
        else:
            target.scope.writer.line(f"{place} = {aligned(array, axes).text}")
        return
    if axes and array.kind == "number":
        zero = expr == ZERO
        text = f"np.{'zeros' if zero else 'full'}({target.shape()}, {'' if zero else f'{array.piece.text}, '}dtype)"
    elif array.kind == "number":
        text = f"dtype.type({array.piece.text})"
    else:
        whole = with_axes(array, axes, inside)
        text = aligned(whole, axes).text
        if whole.axes != array.axes or (own and not whole.fresh):
            text = f"np.array({text})"
    target.scope.writer.line(f"{target.name} = {text}")


def _term_by_term(expr: Expr, target: Target) -> bool:
    """Write a sum one term after the other where that needs fewer arrays: its first a contraction, or others smaller.

    NumPy adds to an array that nothing else refers to in place by itself, but not where it must repeat what it adds.
    """
    inside = target.scope.over(target.ranges)
    axes = tuple(i.name for i in target.ranges)
    if not isinstance(expr, Add):
        return False
    terms = [(negative, as_float(lower(t, inside))) for negative, t in map(signed, expr.terms)]
    repeats = len(axes) > 1 and any(set(a.axes) < set(axes) for _, a in terms)
    lead = next((k for k, (negative, a) in enumerate(terms) if not negative and _is_lead(a, axes, repeats)), None)
    if lead is None:
        return False
    writer = target.scope.writer
    writer.line(f"{target.name} = {aligned(terms[lead][1], axes).text}")
    for negative, array in terms[:lead] + terms[lead + 1 :]:
        writer.line(f"{target.name} {'-' if negative else '+'}= {aligned(array, axes).text}")
    return True


def _is_lead(array: Array, axes: tuple[str, ...], repeats: bool) -> bool:
    """Whether a term makes an array that the others can be added to."""
    made = array.fresh and array.kind == "float" and array.piece.level < Level.ATOM and " @ " not in array.piece.text
    return array.axes == axes and (array.piece.text.startswith("np.einsum(") or (repeats and made))


def _factor_by_factor(expr: Expr, target: Target) -> bool:
    """Write the product of a sum and of what is smaller, the sum first."""
    inside = target.scope.over(target.ranges)
    axes = {i.name for i in target.ranges}
    if not isinstance(expr, Mul) or any(conditions_of(f) for f in expr.factors):
        return False
    sums = [f for f in expr.factors if isinstance(f, Add)]
    if len(sums) != 1:
        return False
    rest = product([factor_of(f, inside) for f in expr.factors if f is not sums[0]], inside.order)
    if not rest.axes or set(rest.axes) == axes or not _term_by_term(sums[0], target):
        return False
    target.scope.writer.line(f"{target.name} *= {aligned(rest, tuple(i.name for i in target.ranges)).text}")
    return True


def _put(target: Target, text: str, scalar: str | None = None) -> None:
    if target.exists:
        target.scope.writer.line(f"{target.at(target.ranges)} = {scalar or text}")
    else:
        target.scope.writer.line(f"{target.name} = {text}")


def _value(expr: Expr, target: Target, ranges: Sequence[Index]) -> Piece:
    array = as_float(lower(expr, target.scope.over(ranges)))
    return aligned(array, [i.name for i in ranges])


def _parts(expr: Expr, target: Target) -> tuple[Expr, list[Part]]:
    """(what holds for all indices, what is to be added in statements of its own)."""
    dense: list[Expr] = []
    parts: list[Part] = []
    for whole in expr.terms if isinstance(expr, Add) else (expr,):
        terms = list(terms_of(whole))
        found = [_part(term, target) for term in terms]
        if all(part is None for part in found):
            dense.append(whole)
            continue
        dense += [term for term, part in zip(terms, found, strict=True) if part is None]
        parts += [part for part in found if part is not None]
    return add(*dense), parts


def _part(expr: Expr, target: Target) -> Part | None:
    """How to add a term in a statement of its own, or None if it is as well added with the others."""
    scope, ranges = target.scope, target.ranges
    if not target.equation.left.index:
        return None
    conditions, rest = _pulled(expr)
    inside = scope.over(ranges)
    scalar, vector, _ = split_conditions([Bracket(conditions)] if conditions else [], inside)
    known = scope.given(scalar) if scalar else scope
    landing = _landing(mul(*((Bracket(vector),) if vector else ()), rest), ranges, known)
    if landing is not None:
        return Part(landing.term.expr, scalar, ranges, landing)
    new = {i.name: i for i in ranges}
    symbols = frozenset(i.symbol for i in ranges)
    left = []
    for condition in vector:
        index = next((i for i in new.values() if i.symbol in free_symbols(Bracket((condition,)))), None)
        cut = index and narrowed(index, condition, symbols, known.facts)
        if cut:
            new[cut.name] = cut
        else:
            left.append(condition)
    narrow = tuple(new[i.name] for i in ranges)
    if not scalar and narrow == ranges:
        return None
    return Part(mul(*((Bracket(tuple(left)),) if left else ()), rest), scalar, narrow)


def _pulled(expr: Expr) -> tuple[tuple[Compare, ...], Expr]:
    """The guards of a term, those under its summation signs that hold for all of the sum included, and what is left."""
    if isinstance(expr, Reduce) and expr.op == "sum":
        bound = {i.symbol for i in expr.over}
        conditions, body = _pulled(expr.body)
        out = tuple(c for c in conditions if bound.isdisjoint(free_symbols(Bracket((c,)))))
        inside = tuple(c for c in conditions if c not in out)
        return out, sum_(expr.over, mul(*((Bracket(inside),) if inside else ()), body))
    factors = expr.factors if isinstance(expr, Mul) else (expr,)
    conditions, others = (), []
    for factor in factors:
        if conditions_of(factor):
            conditions += conditions_of(factor)
        elif isinstance(factor, Reduce) and factor.op == "sum":
            more, factor = _pulled(factor)
            conditions += more
            others.append(factor)
        else:
            others.append(factor)
    return tuple(dict.fromkeys(conditions)), mul(*others)


def _landing(expr: Expr, free: tuple[Index, ...], scope: Scope) -> Landing | None:
    system = scope.writer.system
    term = term_of(expr, scope.names() | {i.name for i in free}, system, scope.facts.within(free))
    landing = element_landing(term, free)
    if landing is not None:
        return landing
    return window_landing(term, free, system, scope.facts)


def _add(parts: Sequence[Part], when: tuple[Compare, ...], target: Target, sign: str) -> None:
    """Add parts to the values that are there, where conditions hold; the first is put there if ``sign`` is ``=``."""
    writer, scope = target.scope.writer, target.scope
    if when:
        tests = " and ".join(_test(c, scope) for c in when)
        with writer.block(f"if {tests}:"):
            _add(parts, (), replace(target, scope=scope.in_block(when)), sign)
        return
    for part in parts:
        left = target.at(part.ranges)
        left += "[:]" if sign == "=" and left == target.name else ""
        if part.landing is None:
            writer.line(f"{left} {sign} {_value(part.expr, target, part.ranges).text}")
        elif (sides := strided(part, target)) is not None:
            writer.line(f" {sign} ".join(sides))
        elif code := landed(part, target):
            writer.line(f"{left} {sign} {code}")
        else:
            writer.line(added_at(part, target))
        sign = "+="


def _test(condition: Compare, scope: Scope) -> str:
    return lower(Bracket((condition,)), scope.over(())).piece.at(Level.COMPARE)
