"""What range a person's index has: the declared one where it fits, else that of the axes at which it is read.

A person may take letters of their own: in ``dW_h[p,q] = sum(da[t,n,p]*h[t-1,n,q], t, n)`` the indices p and q run over
the units of the state because the axes at which they stand do.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from derive.language.elaborate import items_of
from derive.language.errors import Fragment
from derive.language.expr import Index
from derive.language.integers import Integer, expand
from derive.language.lexical import offset_at, tree_of
from derive.language.ranges import Facts, nonnegative
from derive.language.scope import ALONG, REDUCTIONS, Scope

Range = tuple[Integer, Integer]


@dataclass
class Uses:
    """The axes at which an index is read: as it stands, and shifted (``t+1``); ``at`` is where it stands first.

    ``guarded`` is set where a condition speaks of it.
    """

    at: int
    plain: list[Range] = field(default_factory=list)
    shifted: list[Range] = field(default_factory=list)
    guarded: bool = False


def letters(
    left: Sequence[tuple[str, Range | None]],
    text: Fragment,
    scope: Scope,
    facts: Facts,
    settled: frozenset[str] = frozenset(),
) -> Mapping[str, Index]:
    """The indices of a line by name: those on the left, each with the range of its axis, if known, and all others.

    The indices ``settled`` are what they are declared as.  Raises LayerError where nothing tells an index's range, or
    the name of a tensor or size is taken for one.
    """
    uses = _uses(text, scope)
    places = dict(left)
    out: dict[str, Index] = {}
    for name in dict.fromkeys((*places, *uses)):
        if name in settled:
            continue
        use = uses.get(name, Uses(0))
        if name in scope.tensors or name in scope.sizes:
            what = "tensor" if name in scope.tensors else "size"
            raise text.error(f"{name} is a {what} of this layer", use.at, "take another letter for the index")
        found = _range(name, places.get(name), use, scope, facts)
        if found is None:
            hint = "each index runs over one axis" if use.plain or use.shifted else "nothing says what it runs over"
            raise text.error(f"unknown index {name}", use.at, hint)
        out[name] = Index(name, *found)
    return out


def unshadowed(left: Sequence[str], text: Fragment, scope: Scope) -> Scope:
    """The scope of a line without the tensors whose names the line uses for indices and for nothing else."""
    written = Counter(node.id for node in names_in(tree_of(text)))
    indices = Counter(node.id for node in _as_indices(text, scope))
    taken = {n for n in (*left, *indices) if n in scope.tensors and written[n] == indices[n]}
    return replace(scope, tensors={n: t for n, t in scope.tensors.items() if n not in taken}) if taken else scope


def _as_indices(text: Fragment, scope: Scope) -> Iterator[ast.Name]:
    """The names that stand where only an index can: in the places of an element, or after what is reduced."""
    for node in ast.walk(tree_of(text)):
        if isinstance(node, ast.Subscript):
            for item in items_of(node.slice):
                yield from _index_names(item, scope)
        elif _is_reduction(node):
            yield from (a for a in node.args[1:] if isinstance(a, ast.Name))


def _is_reduction(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (*REDUCTIONS, *ALONG)


def _range(name: str, left: Range | None, use: Uses, scope: Scope, facts: Facts) -> Range | None:
    declared = scope.index(name)
    if declared is not None:
        own = declared.low, declared.high
        if left and use.guarded and _inside(own, left, facts):
            return left
        if not left and use.guarded and use.plain and all(_inside(axis, own, facts) for axis in use.plain):
            return own  # and the condition sees to it that nothing is read outside
        if not use.plain or any(_inside(own, axis, facts) for axis in use.plain):
            return own
    plain = list(dict.fromkeys(use.plain))
    for candidate in ([left] if left and plain else []) + plain:
        if all(_inside(candidate, axis, facts) for axis in plain):
            return candidate
    if declared is not None:
        return declared.low, declared.high
    shifted = list(dict.fromkeys(use.shifted))
    if plain:
        return None
    return left or (shifted[0] if len(shifted) == 1 else None)


def _inside(one: Range, other: Range, facts: Facts) -> bool:
    """Whether a range is proved to lie in another."""
    if one == other:
        return True
    return nonnegative(expand(one[0] - other[0]), facts) and nonnegative(expand(other[1] - one[1]), facts)


def _uses(text: Fragment, scope: Scope) -> dict[str, Uses]:
    """Where on a right side each name is used as an index, in reading order."""
    found: dict[str, Uses] = {}
    tree = tree_of(text)

    def use(node: ast.Name) -> Uses:
        line, column = node.lineno, node.col_offset
        return found.setdefault(node.id, Uses(offset_at(text, line, column)))

    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            axes = _axes_of(node.value, scope)
            for k, item in enumerate(items_of(node.slice)):
                axis = (axes[k].low, axes[k].high) if axes is not None and k < len(axes) else None
                for name in _index_names(item, scope):
                    one = use(name)
                    if axis is not None:
                        (one.plain if name is item else one.shifted).append(axis)
        elif _is_reduction(node):
            for argument in node.args[1:]:
                if isinstance(argument, ast.Name):
                    use(argument)
    for name in (n for node in ast.walk(tree) if isinstance(node, ast.Compare) for n in names_in(node)):
        if name.id in found:
            found[name.id].guarded = True
    return found


def _index_names(item: ast.expr, scope: Scope) -> Iterator[ast.Name]:
    """The names in a place that can only be indices; those inside an element of integers have places of their own."""
    if isinstance(item, ast.Name):
        known = scope.tensors.get(item.id)
        if item.id not in scope.sizes and (known is None or not known.integer):
            yield item
    elif isinstance(item, ast.BinOp):
        yield from _index_names(item.left, scope)
        yield from _index_names(item.right, scope)
    elif isinstance(item, ast.UnaryOp):
        yield from _index_names(item.operand, scope)


def _axes_of(node: ast.expr, scope: Scope) -> Sequence[Index] | None:
    """The axes of what is read at places, where that is a tensor, its transpose, or a part of it."""
    match node:
        case ast.Name(id=name) if name in scope.tensors:
            return scope.tensors[name].axes
        case ast.Attribute(value=value, attr="T"):
            axes = _axes_of(value, scope)
            return None if axes is None else tuple(reversed(axes))
        case ast.Subscript(value=value):
            axes = _axes_of(value, scope)
            return None if axes is None else axes[len(items_of(node.slice)) :]
    return None


def names_in(tree: ast.expr) -> Iterable[ast.Name]:
    """Every name in an expression."""
    return (n for n in ast.walk(tree) if isinstance(n, ast.Name))
