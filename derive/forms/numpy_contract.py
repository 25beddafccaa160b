"""Sums of products of arrays: ``@`` where the axes stand right for it, ``np.einsum`` for all else."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from derive.forms.numpy_arrays import Array, Factor, as_float, masked, product, transposed, union
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_text import Level, Piece


def contract(
    bound: Sequence[str], numerators: Sequence[Array], denominators: Sequence[Array], masks: Sequence[Array], scope: Scope,
    exact: bool,
) -> Array:  # fmt: skip
    """The sum over the indices ``bound`` of a product of arrays over the indices of the scope.

    ``exact`` asks that a value beside a mask that is false counts for nothing even where it is not finite.
    """
    arrays = _merged([as_float(a) for a in numerators], denominators, scope.order)
    arrays = _masked(arrays, masks, scope.order, exact)
    missing = [b for b in bound if not any(b in a.axes for a in arrays)]
    present = [b for b in bound if b not in missing]
    counts = [Factor(Array(scope.extent(b), (), "number")) for b in missing]
    if not arrays:
        return product(counts, scope.order)
    total = _summed(present, arrays, scope)
    return product([*counts, Factor(total)], scope.order) if counts else total


def _merged(arrays: list[Array], denominators: Sequence[Array], order: Sequence[str]) -> list[Array]:
    """Factors over some of the axes of another one multiplied onto it; the others left for the contraction."""
    factors = [Factor(a) for a in arrays] + [Factor(as_float(d), True) for d in denominators]
    groups = [[f] for f in factors]
    small = sorted(factors, key=lambda f: len(f.array.axes))
    for factor in small:
        home = next(g for g in groups if any(f is factor for f in g))
        others = [g for g in groups if g is not home and not any(f.array.view for f in g)]
        if len(home) > 1 or factor.array.view:
            continue
        hosts = [g for g in others if set(factor.array.axes) <= {a for f in g for a in f.array.axes}]
        if hosts:
            host = min(hosts, key=lambda g: len({a for f in g for a in f.array.axes}))
            host += home
            groups = [g for g in groups if g is not home]
    position = {id(f): k for k, f in enumerate(factors)}
    groups = [sorted(g, key=lambda f: position[id(f)]) for g in groups]
    return [product(g, order) for g in groups]


def _masked(arrays: list[Array], masks: Sequence[Array], order: Sequence[str], exact: bool) -> list[Array]:
    if masks and exact and arrays:
        value = product([Factor(a) for a in arrays], order)
        for mask in masks:
            value = masked(mask, value, order)
        return [value]
    for mask in masks:
        hosts = [a for a in arrays if set(mask.axes) <= set(a.axes) and not a.view]
        if hosts:
            host = min(hosts, key=lambda a: len(a.axes))
            arrays = [masked(mask, a, order) if a is host else a for a in arrays]
        else:
            arrays = [*arrays, as_float(mask)]
    return arrays


def _summed(bound: Sequence[str], arrays: list[Array], scope: Scope) -> Array:
    if len(arrays) == 1:
        return _reduced("sum", bound, arrays[0])
    target = tuple(a for a in union(arrays, scope.order) if a not in bound)
    if len(arrays) == 2:
        for left, right in (arrays, arrays[::-1]):
            result = _matmul(bound, left, right, target)
            if result is not None:
                return result
    arrays = [_columns(a, bound, scope) if a.view else a for a in arrays]
    return _einsum(arrays, bound, target)


def _reduced(op: str, bound: Sequence[str], array: Array) -> Array:
    return reduced(op, bound, array) if bound else array


def reduced(op: str, bound: Sequence[str], array: Array) -> Array:
    """A reduction that arrays have as a method, along the axes of some indices."""
    rest = tuple(a for a in array.axes if a not in bound)
    axes = [k for k, a in enumerate(array.axes) if a in bound]
    axis = f"axis={axes[0] if len(axes) == 1 else tuple(axes)}" if rest else ""
    return Array(Piece(f"{array.piece.at(Level.ATOM)}.{op}({axis})"), rest)


def _matmul(bound: Sequence[str], left: Array, right: Array, target: tuple[str, ...]) -> Array | None:
    """``left @ right``, for vectors and matrices with one axis in common, that is summed."""
    common = [a for a in left.axes if a in right.axes]
    if len(common) != 1 or common != list(bound) or max(len(left.axes), len(right.axes)) > 2 or left.view or right.view:
        return None
    k = common[0]
    rows = tuple(a for a in left.axes if a != k)
    columns = tuple(a for a in right.axes if a != k)
    if rows + columns != target:
        return None
    left, right = transposed(left, (*rows, k)), transposed(right, (k, *columns))
    return Array(Piece(f"{left.piece.at(Level.PRODUCT)} @ {right.piece.at(Level.UNARY)}", Level.PRODUCT), target)


def _columns(view: Array, bound: Sequence[str], scope: Scope) -> Array:
    """Windows copied out, the summed axes in front, so that one matrix product does the rest; a copy there is used again."""
    order = [a for a in view.axes if a in bound] + [a for a in view.axes if a not in bound]
    numbers = tuple(view.axes.index(a) for a in order)
    moved = transposed(view, order)
    stem = view.piece.text.split("_windows")[0] if view.piece.text.isidentifier() else "windows"
    call = f"np.ascontiguousarray({moved.piece.text})"
    if scope.inline:
        return Array(Piece(call), tuple(order), copy=True)
    variable, numbers = scope.writer.named(f"{stem}_columns", call, f"columns of {view.piece.text}", numbers)
    return Array(Piece(variable), tuple(view.axes[k] for k in numbers), fresh=False, copy=True)


def _einsum(arrays: list[Array], bound: Sequence[str], target: tuple[str, ...]) -> Array:
    """``np.einsum``, the operands in the order in which it makes the best matrix product of them.

    NumPy multiplies the second of two operands by the first.  So the one that has the last axis goes first, as that axis
    is then innermost in memory; but windows are best multiplied as they lie.
    """
    if len(arrays) == 2 and target:
        copies = [k for k, a in enumerate(arrays) if a.copy]
        if copies:
            first = copies[0] if arrays[copies[0]].axes[0] in bound else 1 - copies[0]
        else:
            first = 0 if target[-1] in arrays[0].axes else 1
        arrays = [arrays[first], arrays[1 - first]]
    letters = _letters(tuple(dict.fromkeys(n for a in arrays for n in a.axes)))
    inputs = ",".join("".join(letters[n] for n in a.axes) for a in arrays)
    spec = f"{inputs}->{''.join(letters[n] for n in target)}"
    operands = ", ".join(a.piece.text for a in arrays)
    return Array(Piece(f'np.einsum("{spec}", {operands}, optimize=True)'), target)


def _letters(names: Sequence[str]) -> dict[str, str]:
    """A letter for each index: its own name where that is one letter."""
    letters = {n: n for n in names if len(n) == 1 and n in ascii_letters}
    free = (c for c in ascii_letters if c not in letters.values())
    for name in names:
        if name not in letters:
            own = [c for c in (name[0], name[0].upper()) if c in ascii_letters and c not in letters.values()]
            letters[name] = own[0] if own else next(c for c in free if c not in letters.values())
    return letters

