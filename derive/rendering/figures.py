"""Pictures of a system: who reads whom, and the steps of a recurrence side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.language.expr import Elem
from derive.language.integers import expand, index_symbol
from derive.language.schedule import Loop, reads, schedule
from derive.language.system import LOSS, Equation, System
from derive.rendering import formula as F
from derive.rendering.document import Edge, Figure, Node, text
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page

Link = tuple[str, str, int]  # read, reader, and how many steps of the recurrence lie between


def dependencies(page: Page) -> Figure:
    """Every tensor and the tensors that read it; a dashed arrow crosses to another step of a recurrence."""
    links = _links(page)
    names = list(page.system.tensors)
    columns = _columns(names, links)
    rows = _rows(names, columns, links)
    nodes = tuple(Node(n, page.style.notation.tensor(n), _role(page.system, n), columns[n], rows[n]) for n in names)
    edges = tuple(Edge(read, by, _label(page, steps)) for read, by, steps in links)
    caption = text("Who reads whom: an arrow goes from what is read to what is computed from it.")
    if any(e.label for e in edges):
        caption += text(" A dashed arrow crosses from one step of the recurrence to another.")
    return Figure(nodes, edges, caption)


def _role(system: System, name: str) -> str:
    return "loss" if name == LOSS else "output" if name in system.outputs else system.tensors[name].kind


def _links(page: Page) -> tuple[Link, ...]:
    """Each pair of tensors once for each distance."""
    index = next((i for b in schedule(page.system) if isinstance(b, Loop) for i, _ in b.over), None)
    found: dict[Link, None] = {}
    for equation in page.system.all_equations:
        for read, _ in reads(page.system, equation):
            if read.name in page.system.tensors:
                found.setdefault((read.name, equation.name, _distance(page, read, equation, index)))
    return tuple(found)


def _distance(page: Page, read: Elem, equation: Equation, index: object) -> int:
    """How many steps of the recurrence lie between what is read and its reader."""
    if index is None:
        return 0
    symbol = index.symbol  # type: ignore[attr-defined]
    for place in read.index:
        if symbol in place.free_symbols:
            difference = expand(place - symbol)
            return int(-difference) if difference.is_Integer else 0
    return 0


def _label(page: Page, steps: int) -> F.Formula | None:
    if not steps:
        return None
    index = next(iter(sorted(page.recurrent)))
    return integer_formula(index_symbol(index) - steps, page.style.notation)


def _columns(names: Sequence[str], links: Sequence[Link]) -> Mapping[str, int]:
    """The length of the longest path to each tensor, within one step."""
    columns = dict.fromkeys(names, 0)
    for _ in names:
        for read, by, steps in links:
            if not steps and read != by:
                columns[by] = max(columns[by], columns[read] + 1)
    for name in names:  # what is only read later stands just before its first reader
        readers = [columns[by] for read, by, steps in links if read == name and not steps]
        if readers and not any(by == name for _, by, _ in links):
            columns[name] = min(readers) - 1
    return columns


def _rows(names: Sequence[str], columns: Mapping[str, int], links: Sequence[Link]) -> Mapping[str, int]:
    """A row for each tensor in its column: what is computed first, below it what is given."""
    computed = {by for _, by, _ in links}
    rows: dict[str, int] = {}
    for column in sorted(set(columns.values())):
        here = [n for n in names if columns[n] == column]
        for row, name in enumerate(sorted(here, key=lambda n: n not in computed)):
            rows[name] = row
    return rows
