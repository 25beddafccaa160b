"""The part of a layer that computes one tensor, as a layer of its own."""

from __future__ import annotations

from dataclasses import replace

from derive.language.integers import symbols_of
from derive.language.study import Study
from derive.language.system import System
from derive.language.traverse import free_symbols, names_read


def part_computing(system: System, name: str) -> System:
    """The equations that a tensor needs, with that tensor as the output and no loss; what is not needed is left out."""
    needed, todo = {name}, [name]
    while todo:
        read = frozenset[str]().union(*(names_read(e.right) for e in system.definitions(todo.pop()))) - needed
        needed |= read
        todo += sorted(read)
    tensors = {n: t for n, t in system.tensors.items() if n in needed}
    equations = tuple(e for e in system.equations if e.name in needed)
    symbols = {s for t in tensors.values() for axis in t.axes for end in (axis.low, axis.high) for s in symbols_of(end)}
    symbols |= {s for e in equations for side in (e.left, e.right) for s in free_symbols(side)}
    sizes = {s.name for s in symbols}
    for size, definition in reversed(tuple(system.derived.items())):
        if size in sizes:
            sizes |= {s.name for s in symbols_of(definition)}
    known = sizes | needed | set(system.indices)
    assumptions = tuple(a for a in system.assumptions if names_read(a.left) | names_read(a.right) <= needed)
    return replace(
        system,
        indices={n: i for n, i in system.indices.items() if {s.name for s in symbols_of(i.low + i.high)} <= sizes},
        sizes=tuple(s for s in system.sizes if s in sizes),
        derived={s: d for s, d in system.derived.items() if s in sizes},
        lower={s: least for s, least in system.lower.items() if s in sizes},
        tensors=tensors,
        equations=equations,
        loss=None,
        outputs=(name,),
        outside={n: v for n, v in system.outside.items() if n in needed},
        assumptions=assumptions,
        constraints=tuple(c for c in system.constraints if c.sizes <= sizes),
        meanings={n: words for n, words in system.meanings.items() if n in known},
        constants=tuple(n for n in system.constants if n in needed),
        study=Study(),
    )
