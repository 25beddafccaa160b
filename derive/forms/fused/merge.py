"""Loops of a kernel put together, where they run over one range and none waits for another to end.

Loops around loops are: what the first reads and writes is still in the cache for the next.  So are loops that only add
up numbers.  A loop without loops in it that writes an array stays by itself: with several arrays in a loop, of which
one might overlap another, a compiler finds no vector instructions, or tests for that at each run of the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


def merged(lines: Sequence[str], memory: Mapping[str, str]) -> list[str]:
    """The lines of a block, with loops put together; no number is computed in another way.

    ``memory`` tells the arrays that share memory: to these names it gives one name.
    """
    block = ast.parse("\n".join(lines)).body
    return ast.unparse(ast.Module(_merged(block, memory), [])).splitlines()


def _merged(block: Sequence[ast.stmt], memory: Mapping[str, str]) -> list[ast.stmt]:
    after: list[_Part] = []
    for statement in reversed(block):
        part = _Part(statement, memory)
        if not _join(part, after):
            after.insert(0, part)
    for part in after:
        if isinstance(part.node, ast.For):
            part.node.body = _merged(part.node.body, memory)
    return [part.node for part in after]


@dataclass(frozen=True)
class _Access:
    """Where an array is read or set, or a plain variable, which has no index."""

    name: str
    index: tuple[str, ...]
    sets: bool


@dataclass(eq=False)
class _Part:
    """A statement, with loops and all, and what memory it reads and sets."""

    node: ast.stmt
    memory: Mapping[str, str]

    @cached_property
    def accesses(self) -> Mapping[str, list[_Access]]:
        """Reads and sets by the names of the memory; the variables of its own loops are left out."""
        found: dict[str, list[_Access]] = {}
        own = {n.target.id for n in ast.walk(self.node) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)}
        for access in _accesses(self.node):
            if access.name not in own:
                found.setdefault(self.memory.get(access.name, access.name), []).append(access)
        return found

    @cached_property
    def sets(self) -> frozenset[str]:
        return frozenset(m for m, accesses in self.accesses.items() if any(a.sets for a in accesses))

    def crossed(self, other: _Part) -> set[str]:
        """The memory for which the order of the two matters."""
        return {*(self.sets & other.accesses.keys()), *(other.sets & self.accesses.keys())}


def _accesses(node: ast.AST) -> Iterator[_Access]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        yield _Access(node.value.id, tuple(map(ast.unparse, places)), isinstance(node.ctx, ast.Store))
        for place in places:
            yield from _accesses(place)
    elif isinstance(node, ast.Name):
        yield _Access(node.id, (), isinstance(node.ctx, ast.Store))
    else:
        for child in ast.iter_child_nodes(node):
            yield from _accesses(child)


def _join(part: _Part, after: list[_Part]) -> bool:
    """Put a loop into the first of those after it that can take it; what needs it moves behind that."""
    needing: list[_Part] = []
    for k, other in enumerate(after):
        if _fit(part, other) and not any(other.crossed(n) for n in needing):
            others = [p for p in after[:k] if p not in needing]
            after[: k + 1] = [*others, _one(part, other), *needing]
            return True
        if any(other.crossed(p) for p in (part, *needing)):
            needing.append(other)
    return False


def _one(first: _Part, second: _Part) -> _Part:
    """Two loops as one."""
    a, b = first.node, second.node
    assert isinstance(a, ast.For) and isinstance(b, ast.For)
    renamed = _Renamed(_variable(b), _variable(a))
    loop = ast.For(a.target, a.iter, [*a.body, *map(renamed.visit, b.body)], [])
    return _Part(ast.copy_location(loop, a), first.memory)


def _fit(first: _Part, second: _Part) -> bool:
    """Whether two loops may be one: where one sets what the other reads or sets, both are at one place at a time."""
    a, b = first.node, second.node
    if not (isinstance(a, ast.For) and isinstance(b, ast.For)):
        return False
    i, k = _variable(a), _variable(b)
    if ast.dump(a.iter) != ast.dump(b.iter) or not _of_a_kind(a, b):
        return False
    if i != k and i in {n.id for n in ast.walk(b) if isinstance(n, ast.Name)}:
        return False
    return all(_apart(first.accesses[m], i, second.accesses[m], k) for m in first.crossed(second))


def _of_a_kind(*loops: ast.For) -> bool:
    """Whether all loops are around loops, or all only add up numbers."""
    around = [any(isinstance(n, ast.For) for n in loop.body) for loop in loops]
    sets = any(isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store) for loop in loops for n in ast.walk(loop))
    return all(around) or not (any(around) or sets)


def _apart(first: Sequence[_Access], i: str, second: Sequence[_Access], k: str) -> bool:
    """Whether each run of two loops, with variables i and k, has places of an array that no other run has."""
    if len({access.name for access in (*first, *second)}) > 1:
        return False
    mine = [{axis for axis, at in enumerate(a.index) if at == i} for a in first]
    theirs = [{axis for axis, at in enumerate(a.index) if at == k} for a in second]
    return bool(set.intersection(*mine, *theirs))


def _variable(loop: ast.For) -> str:
    assert isinstance(loop.target, ast.Name)
    return loop.target.id


class _Renamed(ast.NodeTransformer):
    """One variable under another name."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new, node.ctx) if node.id == self._old else node
