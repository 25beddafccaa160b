"""Values that equations need more than once are computed once, as tensors of their own.

From ``dq[t,i] = dm[t,i]*(1 - m[t,i]**2)*r[t,i]`` and ``dr[t,i] = dm[t,i]*(1 - m[t,i]**2)*q[t,i]`` comes
``dm_shared[t,i] = dm[t,i]*(1 - m[t,i]**2)``.  Expressions count as the same where they differ by the names of indices
only, or are read at another place: ``1 - m[t+1,k]**2`` is an element of the tensor that holds ``1 - m[t,i]**2``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.forms.numpy_elementwise import Key, Reading, canonical, cost, reading_of
from derive.forms.numpy_text import free_name
from derive.language.binding import substitute
from derive.language.expr import Add, Along, Bracket, Call, Elem, Expr, Index, Mul, Num, Pow, Reduce, Size, mul
from derive.language.integers import Integer, expand
from derive.language.ranges import Facts, facts_of, nonnegative
from derive.language.schedule import Loop, schedule
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import conditions_of, free_symbols, names_read, walk

Around = tuple[tuple[Index, ...] | Bracket, ...]  # indices that are bound and guards, outermost first


@dataclass(frozen=True)
class Use:
    """An expression that could be shared, where it stands in an equation."""

    expr: Expr
    reading: Reading
    equation: Equation
    around: Around


def shared(system: System, equations: Sequence[Equation]) -> tuple[System, tuple[Equation, ...]]:
    """The equations with what they share in tensors of its own, and the system with these."""
    looped = {e.name for block in schedule(system, equations) if isinstance(block, Loop) for e in block.equations}
    sharing = _Sharing(system, list(equations), looped)
    while sharing.share_one():
        pass
    return sharing.system, tuple(sharing.equations)


class _Sharing:
    """The equations on their way: each round names one value, the one that saves most."""

    def __init__(self, system: System, equations: list[Equation], looped: set[str]) -> None:
        self.system = system
        self.equations = equations
        self._looped = looped
        self._uses = {e: self._uses_in(e) for e in equations}

    def _uses_in(self, equation: Equation) -> list[Use]:
        found = [
            Use(expr, reading, equation, around)
            for expr, around in _candidates(equation.right, (), self.system)
            if (reading := reading_of(expr, self.system)) and len(reading.axes) > 1
        ]
        return [use for use in found if _is_inside(use, self.system)]

    def share_one(self) -> bool:
        """Name the value that saves most operations, and read it wherever it is used; False if none saves any."""
        found: dict[Key, list[Use]] = defaultdict(list)
        for equation in self.equations:
            for use in self._uses[equation]:
                found[use.reading.key].append(use)
        gains = {key: self._gain(uses) for key, uses in found.items()}
        best = max(gains, key=lambda k: gains[k], default=None)
        if best is None or gains[best] <= 0:
            return False
        self._name(found[best])
        return True

    def _gain(self, uses: Sequence[Use]) -> int:
        """Operations saved an element; in a loop it costs two to write the value to its tensor."""
        expr = uses[0].expr
        return (len(uses) - 1) * cost(expr) - 2 * (not names_read(expr).isdisjoint(self._looped))

    def _name(self, uses: Sequence[Use]) -> None:
        """A new tensor for a value, read at its uses."""
        first = uses[0]
        stem = next(n.name for n in walk(first.expr) if isinstance(n, Elem))
        name = free_name(f"{stem}_shared", self.system.tensors)
        axes = canonical(first.reading.axes, frozenset(s.name for s in free_symbols(first.expr) if s.is_nonnegative))
        back = {
            s: expand(a.symbol - shift)
            for s, a, shift in zip(first.reading.symbols, axes, first.reading.shifts, strict=True)
        }
        definition = Equation(Elem(name, tuple(a.symbol for a in axes)), substitute(first.expr, back), axes)
        tensors = {**self.system.tensors, name: Tensor(name, axes, "computed")}
        self.system = replace(self.system, tensors=tensors, equations=(*self.system.equations, definition))
        for equation in dict.fromkeys(use.equation for use in uses):
            places = {(use.expr, use.around): Elem(name, use.reading.place) for use in uses if use.equation == equation}
            right = _replaced(equation.right, (), places)
            self._put(equation, replace(equation, right=right))
        if not names_read(first.expr).isdisjoint(self._looped):
            self._looped.add(name)
        self.equations.append(definition)
        self._uses[definition] = self._uses_in(definition)

    def _put(self, old: Equation, new: Equation) -> None:
        self.equations[self.equations.index(old)] = new
        self._uses[new] = self._uses_in(new)
        known = tuple(new if e is old else e for e in self.system.equations)
        self.system = replace(self.system, equations=known)
        if self.system.loss is old:
            self.system = replace(self.system, loss=new)


def _candidates(expr: Expr, around: Around, system: System) -> Iterator[tuple[Expr, Around]]:
    """What could be shared: sums, powers, function values, and runs of factors over the same indices."""
    if isinstance(expr, Bracket):
        return
    if isinstance(expr, Mul):
        for run in _runs(expr):
            yield mul(*run), around + _guards(expr)
        for factor in expr.factors:
            yield from _candidates(factor, around + _guards(expr), system)
        return
    if isinstance(expr, Add | Pow | Call):
        yield expr, around
    inner = (*around, expr.over) if isinstance(expr, Reduce | Along) else around
    for child in expr.children:
        yield from _candidates(child, inner, system)


def _guards(expr: Mul) -> tuple[Bracket, ...]:
    return tuple(Bracket(conditions_of(f)) for f in expr.factors if conditions_of(f))


def _runs(expr: Mul) -> Iterator[tuple[Expr, ...]]:
    """Factors over the same indices, some next to each other, the longest first."""
    groups: dict[frozenset[Integer], list[Expr]] = defaultdict(list)
    for factor in expr.factors:
        if not conditions_of(factor) and not isinstance(factor, Num | Size):
            groups[frozenset(s for s in free_symbols(factor) if not s.is_nonnegative)].append(factor)
    for group in groups.values():
        for length in range(len(group), 1, -1):
            for start in range(len(group) - length + 1):
                yield tuple(group[start : start + length])


def _replaced(expr: Expr, around: Around, places: dict[tuple[Expr, Around], Elem]) -> Expr:
    """The expression with elements in place of what is shared."""
    if isinstance(expr, Bracket):
        return expr
    if isinstance(expr, Mul):
        inner = around + _guards(expr)
        factors = list(expr.factors)
        for run in _runs(expr):
            element = places.get((mul(*run), inner))
            while element and not Counter(run) - Counter(factors):
                at = factors.index(run[0])
                for factor in run:
                    factors.remove(factor)
                factors.insert(at, element)
        return mul(*(_replaced(f, inner, places) for f in factors))
    if (expr, around) in places:
        return places[expr, around]
    inner = (*around, expr.over) if isinstance(expr, Reduce | Along) else around
    return expr.rebuilt(tuple(_replaced(c, inner, places) for c in expr.children))


def _is_inside(use: Use, system: System) -> bool:
    """Whether the place is in the declared range of all that is read, so that one tensor over the range holds it."""
    facts: Facts | None = None
    ranges = {i.symbol: i for i in use.equation.indices}
    for item in use.around:
        ranges |= {} if isinstance(item, Bracket) else {i.symbol: i for i in item}
    for symbol, shift, axis in zip(use.reading.symbols, use.reading.shifts, use.reading.axes, strict=True):
        index = ranges.get(symbol)
        if index is not None and shift == 0 and (index.low, index.high) == (axis.low, axis.high):
            continue
        if facts is None:
            facts = facts_of(system, use.equation.indices)
            for item in use.around:
                facts = facts.given(item) if isinstance(item, Bracket) else facts.within(item)
        place = symbol + shift
        if not (nonnegative(expand(place - axis.low), facts) and nonnegative(expand(axis.high - place), facts)):
            return False
    return True
