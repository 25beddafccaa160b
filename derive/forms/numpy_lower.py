"""Expressions of the language as source of NumPy expressions: one array operation a node."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.forms.numpy_arrays import Array, Factor, aligned, as_float, masked, natural_order, product, union
from derive.forms.numpy_conditions import is_log_of_condition, reads_tensors
from derive.forms.numpy_contract import Operand, contract, reduced
from derive.forms.numpy_equalities import settled
from derive.forms.numpy_guards import has_axes, named_apart, narrowed_over, split_conditions
from derive.forms.numpy_helpers import plain_call
from derive.forms.numpy_masks import by_axes, mask
from derive.forms.numpy_padding import padded
from derive.forms.numpy_reads import Stored, integers, read, tensor
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_text import Level, Piece, join_power, join_sum
from derive.language.expr import (
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
    Pow,
    Reduce,
    Size,
    divide,
    mul,
    power,
    size,
)
from derive.language.functions import TABLE
from derive.language.traverse import (
    conditions_of,
    free_symbols,
    walk,
)


def lower(expr: Expr, scope: Scope) -> Array:
    """The source of an expression, for all values of the indices in scope at once."""
    match expr:
        case Num(value):
            return Array(numeral(value), (), "number")
        case Size(value):
            return integers(value, scope)
        case Elem(name, index):
            return read(tensor(name, scope), index, scope)
        case Add(terms):
            return _sum(terms, scope)
        case Mul(factors):
            return _product(factors, scope)
        case Pow(base, exponent):
            return _power(base, exponent, scope)
        case Call(function, arguments):
            return _call(function, arguments, scope)
        case Reduce("sum", over, body):
            return _sum_over(over, body, scope)
        case Reduce(op, over, body):
            return _reduction(op, over, body, scope)
        case Along():
            return _along(expr, scope)
        case Bracket(conditions):
            return _conditions(conditions, scope)
        case Delta(left, right):
            return _conditions((Compare("==", size(left), size(right)),), scope)
    raise TypeError(f"no array code for {type(expr).__name__}")


def numeral(value: Fraction) -> Piece:
    if value.denominator == 1 and abs(value.numerator) < 2**31:
        return Piece(str(value.numerator), Level.ATOM if value >= 0 else Level.SUM)
    text = repr(float(value))
    if value.denominator == 1 or Fraction(text) == value or value < 0:
        return Piece(text, Level.ATOM if value >= 0 else Level.SUM)
    return Piece(f"{value.numerator} / {value.denominator}", Level.PRODUCT)


# Sums and products, element by element


def _sum(terms: Sequence[Expr], scope: Scope) -> Array:
    allowed = [t.arguments[0] for t in terms if isinstance(t, Call) and is_log_of_condition(t)]
    others = [t for t in terms if not is_log_of_condition(t)]
    conditions = [c for bracket in allowed for c in conditions_of(bracket)]
    if others and conditions and has_axes(Bracket(tuple(conditions)), scope):  # log of 0 is minus infinity
        return masked(_conditions(conditions, scope), _sum(others, scope), scope.order, "-np.inf")
    pairs = [signed(t) for t in terms]
    arrays = [as_float(lower(t, scope)) for _, t in pairs]
    axes = union(arrays, natural_order(arrays, scope.order))
    piece = join_sum((negative, aligned(a, axes)) for (negative, _), a in zip(pairs, arrays, strict=True))
    return Array(piece, axes, "number" if all(a.kind == "number" for a in arrays) else "float")


def signed(term: Expr) -> tuple[bool, Expr]:
    """(negative, the term without its sign)."""
    first = term.factors[0] if isinstance(term, Mul) else term
    return (True, mul(Num(Fraction(-1)), term)) if isinstance(first, Num) and first.value < 0 else (False, term)


def _product(factors: Sequence[Expr], scope: Scope) -> Array:
    scalar, vector, others = split_conditions(factors, scope)
    inside = scope.given(scalar)
    value = product([factor_of(f, inside) for f in others], scope.order)
    return _guarded(scalar, vector, value, scope)


def _guarded(scalar: tuple[Compare, ...], vector: tuple[Compare, ...], value: Array, scope: Scope) -> Array:
    if vector:
        value = masked(_conditions(vector, scope), value, scope.order)
    if not scalar:
        return value
    value = as_float(value)  # evaluated only where the conditions hold, since elsewhere it may read what is not there
    shape = ", ".join(scope.extent(a).text for a in value.axes) + "," * (len(value.axes) == 1)
    zero = f"np.zeros(({shape}), dtype)" if value.axes else "dtype.type(0)"
    text = f"{value.piece.at(Level.COMPARE)} if {_conditions(scalar, scope).piece.text} else {zero}"
    return Array(Piece(text, Level.CONDITIONAL), value.axes, value.kind)


def factor_of(expr: Expr, scope: Scope) -> Factor:
    """A factor of a product; a power with a negative exponent is divided by."""
    if isinstance(expr, Pow) and isinstance(expr.exponent, Num) and expr.exponent.value < 0:
        base = as_float(lower(power(expr.base, Num(-expr.exponent.value)), scope))
        return Factor(_divisor(base, power(expr.base, Num(-expr.exponent.value)), scope), True)
    return Factor(lower(expr, scope))


def _divisor(array: Array, expr: Expr, scope: Scope) -> Array:
    """A divisor; one that is a Python number which may be 0 is made a NumPy number, since those divide by 0 quietly."""
    if array.kind != "number" or _positive(expr, scope):
        return array
    return Array(Piece(f"dtype.type({array.piece.text})"))


def _positive(expr: Expr, scope: Scope) -> bool:
    """Whether a number is known to be positive."""
    match expr:
        case Num(value):
            return value > 0
        case Size(value):
            return scope.proved(value - 1)
        case Mul() | Call("sqrt" | "exp" | "pi", _) | Pow(_, Num()):
            return all(_positive(c, scope) for c in expr.children[: 1 if isinstance(expr, Pow) else None])
    return False


def _power(base: Expr, exponent: Expr, scope: Scope) -> Array:
    if isinstance(exponent, Num) and exponent.value < 0:
        return product([factor_of(Pow(base, exponent), scope)], scope.order)
    array, by = as_float(lower(base, scope)), as_float(lower(exponent, scope))
    if array.kind == "number" and not (isinstance(base, Size) and scope.proved(base.value)):
        array = Array(Piece(f"dtype.type({array.piece.text})"))  # a Python number may turn complex or raise
    if isinstance(exponent, Num) and exponent.value == Fraction(1, 2) and array.kind == "float":
        return Array(Piece(f"np.sqrt({array.piece.text})"), array.axes)
    axes = union((array, by), natural_order((array, by), scope.order))
    piece = join_power(aligned(array, axes), aligned(by, axes))
    return Array(piece, axes, "number" if array.kind == by.kind == "number" else "float")


def _call(function: str, arguments: Sequence[Expr], scope: Scope) -> Array:
    if not arguments:
        return Array(Piece(TABLE[function].numpy), (), "number")
    arrays = [as_float(lower(a, scope)) for a in arguments]
    axes = union(arrays, natural_order(arrays, scope.order))
    inside = ", ".join(aligned(a, axes).text for a in arrays)
    if function not in TABLE:
        return Array(Piece(f"{scope.writer.function(function)}({inside})"), axes)
    name = plain_call(function)
    if name == "":
        return arrays[0]
    text = f"{name or scope.writer.helper(function)}({inside})"
    if all(a.kind == "number" for a in arrays):
        if function == "sqrt" and _positive(arguments[0], scope):
            return Array(join_power(arrays[0].piece, Piece("0.5")), (), "number")
        return Array(Piece(f"float({text})"), (), "number")
    return Array(Piece(text), axes)


# Conditions


def _conditions(conditions: Sequence[Compare], scope: Scope) -> Array:
    sides = [(c.op, lower(c.left, scope), lower(c.right, scope)) for c in conditions]
    return mask(sides, scope, scope.at_top and not any(reads_tensors(c) for c in conditions))


# Reductions


def _sum_over(over: Sequence[Index], body: Expr, scope: Scope) -> Array:
    over, body = named_apart(over, body, scope)
    if isinstance(body, Add) and not _fits_one_array(body, over, scope):
        return _sum([Reduce("sum", tuple(over), t) for t in body.terms], scope)
    return sum_of_products(over, body.factors if isinstance(body, Mul) else (body,), scope)


def _fits_one_array(body: Add, over: Sequence[Index], scope: Scope) -> bool:
    """Whether the terms are best added first: none is a product of arrays that has more axes than each of these."""
    inside = scope.within(over)
    symbols = {i.symbol: i.name for i in inside.indices}
    for term in body.terms:
        factors = term.factors if isinstance(term, Mul) else (term,)
        axes = [{symbols[s] for s in free_symbols(f) if s in symbols} for f in factors]
        if set().union(*axes) not in axes:
            return False
    return True


def sum_of_products(over: Sequence[Index], factors: Sequence[Expr], scope: Scope) -> Array:
    """The sum over some indices, whose names are not in scope, of a product of factors."""
    over, factors = settled(over, factors, scope.writer.system, scope.facts)
    over, factors = narrowed_over(over, factors, scope)
    inside = scope.within(over)
    scalar, vector, others = split_conditions(factors, inside)
    if scope.indices:
        others = [f for factor in others for f in _twice(factor)]
    bound = {i.symbol for i in over}
    outer = tuple(c for c in vector if bound.isdisjoint(free_symbols(Bracket((c,)))))
    inner = tuple(c for c in vector if c not in outer)
    inside = inside.given(scalar)
    finite = not any(may_be_infinite(f, scope) for f in others)
    windows, inner = padded(others, inner, inside) if finite else ({}, inner)
    operands, pulled = [], []
    for k, factor in enumerate(others):
        if isinstance(factor, Elem) and k in windows:
            lowered = Factor(read(windows[k], factor.index, inside))
        else:
            lowered = factor_of(factor, inside)
        if any(i.name in lowered.array.axes for i in over):
            operands.append(Operand(Factor(as_float(lowered.array), lowered.inverse), may_be_infinite(factor, scope)))
        else:
            pulled.append(lowered)
    masks = [_conditions(group, inside) for group in by_axes(inner, inside)]
    total = contract([i.name for i in over], operands, masks, inside)
    value = product([*pulled, Factor(total)], scope.order) if pulled else total
    return _guarded(scalar, outer, value, scope)


def _twice(factor: Expr) -> tuple[Expr, ...]:
    """The square of an element as two factors."""
    match factor:
        case Pow(Elem() as element, Num(value)) if value == 2:
            return element, element
    return (factor,)


def may_be_infinite(expr: Expr, scope: Scope) -> bool:
    """Whether a value may fail to be finite where a guard beside it is false."""
    for node in walk(expr):
        match node:
            case Pow(_, Num(value)) if value > 0 and value.denominator == 1:
                continue
            case Pow():
                return True
            case Call(function, _) if function not in TABLE or TABLE[function].domain or function == "exp":
                return True
            case Elem(name, _) if scope.writer.system.outside.get(name, 0) not in (0, None):
                return True
    return False


def _reduction(op: str, over: Sequence[Index], body: Expr, scope: Scope) -> Array:
    over, body = named_apart(over, body, scope)
    if op == "mean" and isinstance(body, Mul | Add | Pow):
        return lower(divide(Reduce("sum", tuple(over), body), mul(*(size(i.extent) for i in over))), scope)
    inside = scope.within(over)
    array = as_float(lower(body, inside))
    bound = [i.name for i in over if i.name in array.axes]
    missing = [Factor(Array(inside.extent(i.name), (), "number")) for i in over if i.name not in array.axes]
    value = (
        array if not bound else _along_axes(op, bound, array, scope) if op == "logsumexp" else reduced(op, bound, array)
    )
    if not missing or op in ("mean", "max"):
        return value
    count = product(missing, scope.order)
    if op == "prod":
        return Array(join_power(value.piece, count.piece), value.axes)
    return Array(join_sum([(False, value.piece), (False, Piece(f"float(np.log({count.piece.text}))"))]), value.axes)


def _along_axes(helper: str, bound: Sequence[str], array: Array, scope: Scope) -> Array:
    """A helper function along some axes; ``logsumexp`` leaves them out, the others keep them."""
    axes = [array.axes.index(b) for b in bound]
    axis = (
        str(axes[0])
        if len(axes) == 1 and helper != "first_max"
        else f"({', '.join(map(str, axes))}{',' * (len(axes) == 1)})"
    )
    rest = tuple(a for a in array.axes if a not in bound) if helper == "logsumexp" else array.axes
    return Array(Piece(f"{scope.writer.helper(helper)}({array.piece.text}, {axis})"), rest)


def _along(expr: Along, scope: Scope) -> Array:
    """A function of whole axes, read at a place."""
    over, body = named_apart(expr.over, expr.body, scope)
    inside = scope.within(over)
    array = with_axes(as_float(lower(body, inside)), [i.name for i in over], inside)
    helper = "first_max" if expr.op == "argmax" else expr.op
    whole = _along_axes(helper, [i.name for i in over], array, scope)
    bounds = tuple((inside.index(a).low, inside.index(a).high) for a in whole.axes)
    at = dict(zip([i.name for i in over], expr.at, strict=True))
    return read(Stored(whole.piece, bounds), [at.get(a, inside.index(a).symbol) for a in whole.axes], scope)


def with_axes(array: Array, names: Sequence[str], scope: Scope) -> Array:
    """The array, repeated along those of the named axes that it does not have."""
    if set(names) <= set(array.axes):
        return array
    axes = tuple(a for a in scope.order if a in array.axes or a in names)
    shape = ", ".join(scope.extent(a).text for a in axes) + "," * (len(axes) == 1)
    filled = array.piece.text if array.kind == "number" else aligned(array, axes).text
    text = f"np.full(({shape}), {filled}, dtype)" if array.kind == "number" else f"np.broadcast_to({filled}, ({shape}))"
    return Array(Piece(text), axes, "float", array.kind == "number")
