"""Which equations are evaluated together: runs of them over one range of rows, each done with a row before the next.

A member has the row among its indices, or it sums over the rows.  What one member gives another may read at the same
row; what sums over the rows is known when all are done, so no member reads that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from derive.forms.fused.streaming import elements, free_indices, is_whole, streams
from derive.forms.numpy_hoist import Body, Planned, Recurrence, Single
from derive.forms.numpy_scope import Scope, Writer, scope_of
from derive.language.expr import Add, Bracket, Call, Elem, Expr, Index, Mul, Pow, Reduce, add, divide, mul, size, sum_
from derive.language.integers import expand
from derive.language.system import Equation
from derive.language.traverse import free_symbols, names_read, walk


@dataclass(frozen=True)
class Member:
    """An equation of a kernel, and its index that runs over the rows; ``summed`` if the rows are summed over.

    The right side is then what a row adds.  With ``added`` it is what is added to values that are there.
    """

    equation: Equation
    row: Index
    summed: bool = False
    added: bool = False

    @property
    def axis(self) -> int:
        """The axis of the tensor that the rows lie along; there must be one."""
        return self.equation.left.index.index(self.row.symbol)

    def scope(self, around: Scope) -> Scope:
        """The scope of its loops."""
        return around.over(tuple(dict.fromkeys((*free_indices(self.equation, around), self.row))))


@dataclass(frozen=True)
class Fused:
    """Equations that one kernel evaluates; what ``local`` tensors hold is needed within a row only."""

    members: tuple[Member, ...]
    local: frozenset[str] = frozenset()

    @property
    def equations(self) -> tuple[Equation, ...]:
        return tuple(m.equation for m in self.members)


@dataclass(frozen=True)
class FusedRecurrence:
    """A recurrence with equations in its body that are evaluated together."""

    over: tuple[tuple[Index, int], ...]
    body: tuple[Body | Fused, ...]


Block = Single | Recurrence | FusedRecurrence | Fused
Item = TypeVar("Item", Single, Body)


def equations_of(block: Block) -> Iterator[Equation]:
    """The equations that a block evaluates, in order."""
    for item in _items(block):
        yield from _equations(item)


def arrays_of(block: Block) -> list[str]:
    """The tensors that a block sets, but for those that are held for a row only."""
    held = [item.local for item in _items(block) if isinstance(item, Fused)]
    return [e.name for e in equations_of(block) if not any(e.name in names for names in held)]


def _items(block: Block) -> Sequence[Single | Body | Fused]:
    return (block,) if isinstance(block, Single | Fused) else block.body


def _equations(item: Single | Body | Fused) -> tuple[Equation, ...]:
    return item.equations if isinstance(item, Fused) else (item.equation,)


def fuse(planned: Sequence[Planned], writer: Writer, returned: Sequence[str]) -> tuple[Block, ...]:
    """The blocks with runs of equations put together where that saves passes over memory."""
    blocks = tuple(_fused_blocks(planned, writer))
    items = [item for block in blocks for item in _items(block)]

    def with_local(fused: Fused, scope: Scope) -> Fused:
        others = set(returned).union(*(_names(item) for item in items if item is not fused))
        return replace(fused, local=_local(fused, scope) - others)

    made: list[Block] = []
    for block in blocks:
        if isinstance(block, FusedRecurrence):
            scope = scope_of(writer).looping(index for index, _ in block.over)
            body = tuple(with_local(item, scope) if isinstance(item, Fused) else item for item in block.body)
            block = replace(block, body=body)
        made.append(with_local(block, scope_of(writer)) if isinstance(block, Fused) else block)
    return tuple(made)


def _local(fused: Fused, scope: Scope) -> frozenset[str]:
    """What the members set whole, and read whole or at the same place, within a row."""
    left = {m.equation.name: m.equation.left for m in fused.members}
    members = [(expr, m.scope(scope)) for m in fused.members for expr in (m.equation.left, m.equation.right)]
    read = [(e, within) for expr, inside in members for e, within in elements(expr, inside) if e.name in left]
    parts = {e.name for e, within in read if not is_whole(e, left[e.name], within)}
    return frozenset(m.equation.name for m in fused.members if not (m.summed or m.added)) - parts


def _fused_blocks(planned: Sequence[Planned], writer: Writer) -> Iterator[Block]:
    scope = scope_of(writer)
    singles: list[Single] = []
    for block in planned:
        if isinstance(block, Single):
            singles.append(block)
            continue
        yield from _runs(singles, scope, least=2)
        singles = []
        inside = scope.looping(index for index, _ in block.over)
        yield FusedRecurrence(block.over, tuple(_runs(_products_first(block.body, inside), inside, least=6)))
    yield from _runs(singles, scope, least=2)


def _products_first(body: Sequence[Body], scope: Scope) -> list[Body]:
    """The body with what no kernel can hold as far in front as it may stand: so more of the others are side by side."""
    ordered: list[Body] = []
    for item in body:
        place = len(ordered)
        if not streams(_as_set(item), scope):
            while place and streams(_as_set(ordered[place - 1]), scope) and _apart(ordered[place - 1], item):
                place -= 1
        ordered.insert(place, item)
    return ordered


def _apart(one: Body, other: Body) -> bool:
    """Whether neither item reads what the other sets."""
    return one.equation.name not in _read(other) and other.equation.name not in _read(one)


def _read(item: Body) -> set[str]:
    return {*names_read(item.equation.right), *(names_read(item.added) if item.added else ())}


def _as_set(item: Single | Body) -> Equation:
    """The equation with what the item itself computes on its right."""
    if isinstance(item, Body) and item.added is not None:
        return replace(item.equation, right=item.added)
    return item.equation


def _runs(items: Sequence[Item], scope: Scope, least: int) -> Iterator[Item | Fused]:
    """The items, with runs of them fused that take ``least`` array operations or more."""
    start = 0
    while start < len(items):
        members = max(_runs_from(items[start:], scope), key=_worth, default=())
        if sum(_operations(m.equation.right) for m in members) >= least:
            yield Fused(members)
            start += len(members)
        else:
            yield items[start]
            start += 1


def _worth(members: tuple[Member, ...]) -> tuple[int, int]:
    return len(members), -sum(m.summed for m in members)


def _operations(expr: Expr) -> int:
    """About how many array operations NumPy takes; a function counts for two."""
    nodes = [n for n in walk(expr) if isinstance(n, Add | Mul | Pow | Call | Reduce | Bracket)]
    return len(nodes) + sum(isinstance(n, Call) for n in nodes)


def _runs_from(items: Sequence[Single | Body], scope: Scope) -> Iterator[tuple[Member, ...]]:
    """The longest run from the first item on, for each of its indices as the row."""
    first = _as_set(items[0])
    if _is_part(items[0]) or not streams(first, scope):
        return
    for row in _candidates(first, scope):
        members: list[Member] = []
        for item in items:
            member = _member(item, row, members, scope)
            if member is None:
                break
            members.append(member)
        yield tuple(members)


def _is_part(item: Single | Body) -> bool:
    """Whether more is added to a tensor's values later."""
    return isinstance(item, Single) and item.part


def _member(item: Single | Body, row: Index, members: Sequence[Member], scope: Scope) -> Member | None:
    """The item as a member of a run over the range of ``row``, or None if it can be none."""
    equation, added = _as_set(item), isinstance(item, Body) and item.added is not None
    known = {m.equation.name: m for m in members}
    if equation.name in known or _is_part(item) or (members and not streams(equation, scope)):
        return None
    if any(known[n].summed for n in names_read(equation.right) if n in known):
        return None
    for index in _candidates(equation, scope):
        if (index.low, index.high) == (row.low, row.high) and _goes_by_rows(equation, index, known):
            if index in equation.indices:
                return Member(equation, index, added=added) if _sums_in_rows(equation.right, index) else None
            of_row = None if scope.loops else _of_a_row(equation.right, index)
            if of_row is not None and _streams_by_rows(of_row, index, free_indices(equation, scope)):
                return Member(replace(equation, right=of_row), index, summed=True)
    return None


def _candidates(equation: Equation, scope: Scope) -> tuple[Index, ...]:
    """Indices that may run over the rows: the free ones, then those that the whole right side sums over."""
    terms = equation.right.terms if isinstance(equation.right, Add) else (equation.right,)
    sums = [n for t in terms for n in (t.factors if isinstance(t, Mul) else (t,)) if isinstance(n, Reduce)]
    return tuple(dict.fromkeys((*free_indices(equation, scope), *(i for s in sums for i in s.over))))


def _goes_by_rows(equation: Equation, row: Index, known: dict[str, Member]) -> bool:
    """Whether what lies together in memory is in one row, and what members give is read at the same row."""
    found = [n for n in (equation.left, *walk(equation.right)) if isinstance(n, Elem)]
    together = all(len(e.index) < 2 or e.index[-1] != row.symbol for e in found)
    return together and all(e.index[known[e.name].axis] == row.symbol for e in found if e.name in known)


def _streams_by_rows(added: Expr, row: Index, free: Sequence[Index]) -> bool:
    """Whether what a row adds reads a tensor at all places that it is added to."""
    wanted = {i.symbol for i in (row, *free)}
    return _sums_in_rows(added, row) and any(wanted <= set(n.index) for n in walk(added) if isinstance(n, Elem))


def _sums_in_rows(expr: Expr, row: Index) -> bool:
    """Whether every sum is one of the row: a sum over all rows would be taken again for each."""
    return all(row.symbol in free_symbols(n) for n in walk(expr) if isinstance(n, Reduce))


def _of_a_row(expr: Expr, row: Index) -> Expr | None:
    """What one row adds to an expression that sums over the rows; None if it does not."""
    if isinstance(expr, Add):
        terms = [_of_a_row(t, row) for t in expr.terms]
        return None if None in terms else add(*(t for t in terms if t is not None))
    factors = list(expr.factors) if isinstance(expr, Mul) else [expr]
    places = [k for k, f in enumerate(factors) if isinstance(f, Reduce) and row in f.over and f.op in ("sum", "mean")]
    if len(places) != 1 or any(row.symbol in free_symbols(f) for k, f in enumerate(factors) if k != places[0]):
        return None
    summed = factors[places[0]]
    assert isinstance(summed, Reduce)
    body = summed.body
    if summed.op == "mean":
        for index in summed.over:
            body = divide(body, size(expand(index.extent)))
    factors[places[0]] = sum_(tuple(i for i in summed.over if i != row), body)
    return mul(*factors)


def _names(item: Single | Body | Fused) -> set[str]:
    """The tensors that are read or set."""
    added = _read(item) if isinstance(item, Body) else set()
    return added.union(*((e.name, *names_read(e.right)) for e in _equations(item)))
