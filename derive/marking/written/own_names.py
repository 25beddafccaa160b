"""The person's own names: the tensors that their lines define, and the equations by which these can be evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from derive.language.binding import substitute
from derive.language.expr import Bracket, Compare, Elem, Expr, Index, add, mul, size
from derive.language.integers import Integer, expand
from derive.language.ranges import Facts, nonnegative
from derive.language.system import Equation
from derive.language.text import integer_text
from derive.marking.written.outside import vanishes


@dataclass(frozen=True)
class Definition:
    """A line that defines a person's own tensor, at all of its places or at a fixed one."""

    left: Elem
    indices: tuple[Index, ...]
    right: Expr

    @property
    def is_fixed(self) -> bool:
        return len(self.indices) < len(self.left.index)


def vanishing(definitions: Mapping[str, Sequence[Definition]], is_gradient: Callable[[str], bool]) -> frozenset[str]:
    """The person's names for what is zero where gradients are: every term holds a gradient, as in ``δ[t] = f'*dh[t]``.

    A recurrence is taken to be so as long as nothing speaks against it.
    """
    names = frozenset(definitions)
    while (kept := _vanishing_with(names, definitions, is_gradient)) != names:
        names = kept
    return names


def _vanishing_with(
    names: frozenset[str], definitions: Mapping[str, Sequence[Definition]], is_gradient: Callable[[str], bool]
) -> frozenset[str]:
    """Those of the names that are zero where gradients and all the names are."""

    def zero(name: str) -> bool:
        return name in names or is_gradient(name)

    return frozenset(name for name in names if all(vanishes(d.right, zero) for d in definitions[name]))


def equations(name: str, definitions: Sequence[Definition], axes: Sequence[Index], facts: Facts) -> list[Equation]:
    """The equations of a person's tensor; a line for a fixed place inside the range goes first there."""
    whole = [d for d in definitions if not d.is_fixed]
    fixed = [d for d in definitions if d.is_fixed]
    if not whole:
        return [Equation(d.left, d.right, d.indices) for d in fixed]
    (general,) = whole
    right = general.right
    base = []
    for special in fixed:
        if _inside(special, axes, facts):
            right = _with_case(right, general, special)
        else:
            base.append(Equation(special.left, special.right, special.indices))
    return [*base, Equation(general.left, right, general.indices)]


def _inside(definition: Definition, axes: Sequence[Index], facts: Facts) -> bool:
    """Whether a fixed place is proved to lie in the range of its axis."""
    free = {i.symbol for i in definition.indices}
    return all(
        place in free or _is_in(place, axis, facts) for place, axis in zip(definition.left.index, axes, strict=True)
    )


def _is_in(place: Integer, axis: Index, facts: Facts) -> bool:
    return nonnegative(expand(place - axis.low), facts) and nonnegative(expand(axis.high - place), facts)


def misplaced(left: Elem, indices: Sequence[Index], axes: Sequence[Index], facts: Facts) -> str:
    """What is wrong with a fixed place, which has to be sure to lie in its axis or outside; "" if nothing."""
    free = {i.symbol for i in indices}
    for place, axis in zip(left.index, axes, strict=True):
        off = (expand(axis.low - place), expand(place - axis.high))
        if place not in free and not _is_in(place, axis, facts) and not any(d.is_Integer and d > 0 for d in off):
            ends = f"{axis.name} = {integer_text(axis.low)}..{integer_text(axis.high)}"
            return f"{left.name} may have no place {integer_text(place)}: {ends}"
    return ""


def _with_case(right: Expr, general: Definition, special: Definition) -> Expr:
    """What a line says, but at the fixed place of another line what that says."""
    free = {i.symbol for i in special.indices}
    conditions = []
    renamed = {}
    for place, index in zip(special.left.index, general.left.index, strict=True):
        if place in free:
            renamed[place] = index
        else:
            conditions.append((index, place))
    here = Bracket(tuple(Compare("==", size(i), size(p)) for i, p in conditions))
    parts = [mul(here, substitute(special.right, renamed))]
    met: list[Compare] = []
    for index, place in conditions:  # apart in the first place that differs
        parts.append(mul(Bracket((*met, Compare("!=", size(index), size(place)))), right))
        met.append(Compare("==", size(index), size(place)))
    return add(*parts)
