"""Sums of products of arrays: ``@`` where the axes stand right for it, ``np.einsum`` for all else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_letters

from derive.forms.numpy_arrays import Array, Factor, as_float, masked, product, transposed, union
from derive.forms.numpy_helpers import CONTIGUOUS, MULTIPLY_STACKS, OPERAND
from derive.forms.numpy_scope import Scope
from derive.forms.numpy_text import Level, Piece


@dataclass(frozen=True)
class Operand:
    """A factor under a sum; ``unsafe`` if it may fail to be finite where a guard beside it is false."""

    factor: Factor
    unsafe: bool


def contract(bound: Sequence[str], operands: Sequence[Operand], masks: Sequence[Array], scope: Scope) -> Array:
    """The sum over the indices ``bound`` of a product of arrays, where masks hold."""
    groups = _merged(operands)
    if len(groups) == 1 and not masks and (total := _dotted(bound, groups[0], scope)):
        return total
    arrays = _masked(groups, masks, scope.order)
    missing = [b for b in bound if not any(b in a.axes for a in arrays)]
    present = [b for b in bound if b not in missing]
    counts = [Factor(Array(scope.extent(b), (), "number")) for b in missing]
    if not arrays:
        return product(counts, scope.order)
    total = _summed(present, arrays, scope)
    return product([*counts, Factor(total)], scope.order) if counts else total


def _merged(operands: Sequence[Operand]) -> list[list[Operand]]:
    """Groups to be multiplied element by element: a factor goes with one that has all its axes."""
    groups = [[o] for o in operands]
    if len(groups) == 2 and _axes(groups[0]) != _axes(groups[1]) and not any(o.factor.inverse for o in operands):
        return groups
    for operand in sorted(operands, key=lambda o: len(o.factor.array.axes)):
        home = next(g for g in groups if any(o is operand for o in g))
        if len(home) > 1 or operand.factor.array.view:
            continue
        axes = set(operand.factor.array.axes)
        hosts = [g for g in groups if g is not home and axes <= _axes(g) and not any(o.factor.array.view for o in g)]
        if hosts:
            host = min(hosts, key=lambda g: len(_axes(g)))
            host += home
            groups = [g for g in groups if g is not home]
    position = {id(o): k for k, o in enumerate(operands)}
    return [sorted(g, key=lambda o: position[id(o)]) for g in groups]


def _axes(group: Sequence[Operand]) -> set[str]:
    return {a for o in group for a in o.factor.array.axes}


def _masked(groups: Sequence[Sequence[Operand]], masks: Sequence[Array], order: Sequence[str]) -> list[Array]:
    """The product of each group, set to zero by the masks: all groups that may be unsafe, or else one, the smallest."""
    arrays = [product([o.factor for o in g], order) for g in groups]
    unsafe = [any(o.unsafe or o.factor.inverse for o in g) for g in groups]
    for mask in masks:
        hosts = [k for k, a in enumerate(arrays[: len(groups)]) if set(mask.axes) <= set(a.axes) and not a.view]
        chosen = [k for k in hosts if unsafe[k]] or sorted(hosts, key=lambda k: len(arrays[k].axes))[:1]
        for k in chosen:
            arrays[k] = masked(mask, arrays[k], order)
        if not chosen:
            arrays.append(as_float(mask))
    return arrays


def _summed(bound: Sequence[str], arrays: list[Array], scope: Scope) -> Array:
    if len(arrays) == 1:
        return _reduced("sum", bound, arrays[0])
    target = tuple(a for a in union(arrays, scope.order) if a not in bound)
    if len(arrays) == 2:
        for left, right in (arrays, arrays[::-1]):
            result = _matmul(bound, left, right, target, scope)
            if result is not None:
                return result
    copied = _copied_by(arrays, target, scope)
    arrays = [_columns(a, bound, scope, copied) if a.view else a for a in arrays]
    if len(arrays) == 2 and scope.at_top and (scope.windows or any(a.copy for a in arrays)):
        arrays = [_turned(a, bound, scope, copied) for a in arrays]
    return replace(_einsum(arrays, bound, target), rows=_rows(bound, arrays, target, scope))


def _dotted(bound: Sequence[str], group: Sequence[Operand], scope: Scope) -> Array | None:
    """The sum of a product of factors over the same axes, without an array of their products."""
    factors = [o.factor for o in group]
    axes = {a for f in factors for a in f.array.axes}
    if len(factors) < 2 or any(f.inverse for f in factors) or not set(bound) <= axes or set(bound) == axes:
        return None
    whole = [f for f in factors if set(f.array.axes) == axes and not f.array.view]
    if len(whole) < 2:
        return None
    last = whole[-1]
    first = product([f for f in factors if f is not last], scope.order)
    return _einsum_of((first, last.array), tuple(a for a in scope.order if a in axes and a not in bound))


def _reduced(op: str, bound: Sequence[str], array: Array) -> Array:
    return reduced(op, bound, array) if bound else array


def reduced(op: str, bound: Sequence[str], array: Array) -> Array:
    """A reduction that arrays have as a method, along the axes of some indices."""
    rest = tuple(a for a in array.axes if a not in bound)
    axes = [k for k, a in enumerate(array.axes) if a in bound]
    axis = f"axis={axes[0] if len(axes) == 1 else tuple(axes)}" if rest else ""
    return Array(Piece(f"{array.piece.at(Level.ATOM)}.{op}({axis})"), rest)


def _matmul(bound: Sequence[str], left: Array, right: Array, target: tuple[str, ...], scope: Scope) -> Array | None:
    """``left @ right``, for vectors and matrices, or stacks of as many matrices, with one axis that is summed."""
    common = [a for a in left.axes if a in right.axes]
    if len(bound) != 1 or bound[0] not in common or left.view or right.view:
        return None
    k = bound[0]
    stack = tuple(a for a in target if a in common)
    rows = tuple(a for a in left.axes if a not in common)
    columns = tuple(a for a in right.axes if a not in common)
    if (*stack, *rows, *columns) != target or max(len(rows), len(columns)) > 1 or (stack and not (rows and columns)):
        return None
    left, right = transposed(left, (*stack, *rows, k)), _lasting(transposed(right, (*stack, k, *columns)), scope)
    if stack and scope.writer.fused:
        return Array(Piece(f"{MULTIPLY_STACKS}({left.piece.text}, {right.piece.text})"), target)
    return Array(Piece(f"{left.piece.at(Level.PRODUCT)} @ {right.piece.at(Level.UNARY)}", Level.PRODUCT), target)


def _lasting(array: Array, scope: Scope) -> Array:
    """A matrix that a loop reads transposed at every step is turned round once, before the loop."""
    name = array.piece.text.removesuffix(".T")
    if not scope.loops or scope.inline or array.piece.text == name or not name.isidentifier():
        return array
    return replace(array, piece=Piece(scope.writer.before_loop(f"{name}_T", f"np.ascontiguousarray({name}.T)")))


def _rows(
    bound: Sequence[str], arrays: Sequence[Array], target: tuple[str, ...], scope: Scope
) -> tuple[str, str] | None:
    """The contraction as one product of matrices, where the first is an array whose last axis is summed."""
    for left, right in (arrays, arrays[::-1]) if len(arrays) == 2 and len(bound) == 1 else ():
        k = bound[0]
        if left.axes == (*target[:-1], k) and set(right.axes) == {k, target[-1]}:
            matrix = transposed(right, (k, target[-1]))
            return f"{left.piece.at(Level.ATOM)}.reshape(-1, {scope.extent(k).text})", matrix.piece.text
    return None


def _copied_by(arrays: Sequence[Array], target: Sequence[str], scope: Scope) -> str:
    """The function by which operands are copied so that they lie in memory in the order of their axes."""
    if not scope.writer.fused:
        return "np.ascontiguousarray"
    return OPERAND if len(arrays) == 2 and not any(all(t in a.axes for a in arrays) for t in target) else CONTIGUOUS


def _columns(view: Array, bound: Sequence[str], scope: Scope, copied: str) -> Array:
    """Windows copied out, the summed axes in front, for one matrix product; a copy that is there is used again."""
    order = [a for a in view.axes if a in bound] + [a for a in view.axes if a not in bound]
    numbers = tuple(view.axes.index(a) for a in order)
    moved = transposed(view, order)
    stem = view.piece.text.split("_windows")[0] if view.piece.text.isidentifier() else "windows"
    call = f"{copied}({moved.piece.text})"
    if scope.inline:
        return Array(Piece(call), tuple(order), copy=True)
    variable, numbers = scope.writer.named(f"{stem}_columns", call, f"columns of {view.piece.text}", numbers)
    return Array(Piece(variable), tuple(view.axes[k] for k in numbers), fresh=False, copy=True)


def _turned(array: Array, bound: Sequence[str], scope: Scope, copied: str) -> Array:
    """A tensor copied so that the summed axes lie together, and the others too; a copy that is there is used again."""
    summed = [a for a in array.axes if a in bound]
    others = [a for a in array.axes if a not in bound]
    if array.copy or not array.piece.text.isidentifier() or array.axes in ((*summed, *others), (*others, *summed)):
        return array
    order = (*summed, *others) if array.axes[-1] in others else (*others, *summed)
    text = f"{copied}({transposed(array, order).piece.text})"
    variable, _ = scope.writer.named(f"{array.piece.text}_rows", text, text)
    return Array(Piece(variable), order, fresh=False)


def _einsum(arrays: list[Array], bound: Sequence[str], target: tuple[str, ...]) -> Array:
    """``np.einsum``, the operands in the order in which it makes the best matrix product of them.

    NumPy multiplies the second of two operands by the first.  So the one that has the last axis goes first, as that
    axis is then innermost in memory; but windows are best multiplied as they lie.
    """
    if len(arrays) == 2 and target:
        copies = [k for k, a in enumerate(arrays) if a.copy]
        if copies:
            first = copies[0] if arrays[copies[0]].axes[0] in bound else 1 - copies[0]
        else:
            first = 0 if target[-1] in arrays[0].axes else 1
        arrays = [arrays[first], arrays[1 - first]]
    array = _einsum_of(arrays, target, ", optimize=True")
    return replace(array, einsum=(arrays[0], arrays[1])) if len(arrays) == 2 else array


def _einsum_of(arrays: Sequence[Array], target: tuple[str, ...], option: str = "") -> Array:
    return Array(Piece(f"np.einsum({einsum_arguments(arrays, target)}{option})"), target)


def einsum_arguments(arrays: Sequence[Array], target: Sequence[str]) -> str:
    """What is passed to ``np.einsum`` for a result with the axes ``target``."""
    letters = _letters(tuple(dict.fromkeys(n for a in arrays for n in a.axes)))
    inputs = ",".join("".join(letters[n] for n in a.axes) for a in arrays)
    operands = ", ".join(a.piece.text for a in arrays)
    return f'"{inputs}->{"".join(letters[n] for n in target)}", {operands}'


def _letters(names: Sequence[str]) -> dict[str, str]:
    """A letter for each index: its own name where that is one letter."""
    letters = {n: n for n in names if len(n) == 1 and n in ascii_letters}
    free = (c for c in ascii_letters if c not in letters.values())
    for name in names:
        if name not in letters:
            own = [c for c in (name[0], name[0].upper()) if c in ascii_letters and c not in letters.values()]
            letters[name] = own[0] if own else next(c for c in free if c not in letters.values())
    return letters
