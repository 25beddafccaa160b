"""Conditions that compare the wrong way, and settings such as a padding or a stride that are not heeded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from derive.language.binding import substitute
from derive.language.expr import ONE, ZERO, Bracket, Compare, Elem, Expr, Mul, Size, mul, size
from derive.language.integers import expand, is_size, size_symbol, symbols_of
from derive.language.integral import as_integer
from derive.language.traverse import exchanged, free_symbols, transform, walk
from derive.marking.mutations.sites import Change, Line, Site, elements_in, needed

_TURNED = {"<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<="), "==": ("!=",), "!=": ("==",)}


def dropped_conditions(line: Line) -> Iterator[Change]:
    """One of several conditions forgotten."""
    for site in line.sites:
        if isinstance(site.node, Bracket) and len(site.node.conditions) > 1:
            for condition in site.node.conditions:
                if needed(site, condition, _beside(site)):
                    continue
                kept = Bracket(tuple(c for c in site.node.conditions if c != condition))
                sentence = f"the condition `{Bracket((condition,))}` is missing"
                yield site.change("dropped guard", sentence, kept)


def wrong_conditions(line: Line) -> Iterator[Change]:
    """A comparison the wrong way round, or with its end the other way."""
    for site in line.sites:
        if isinstance(site.node, Bracket):
            for condition in (c for c in site.node.conditions if not needed(site, c, _beside(site))):
                for op in _TURNED[condition.op][_real(condition) :]:
                    other = Compare(op, condition.left, condition.right)
                    wrong = Bracket(tuple(other if c == condition else c for c in site.node.conditions))
                    sentence = f"`{Bracket((other,))}` stands where `{Bracket((condition,))}` should"
                    yield site.change("wrong condition", sentence, wrong)


def shifted_conditions(line: Line) -> Iterator[Change]:
    """An equality that is one off: ``[tok[n,s] == v+1]``."""
    for site in line.sites:
        if isinstance(site.node, Bracket):
            for condition in site.node.conditions:
                for other in _shifted(condition):
                    wrong = Bracket(tuple(other if c == condition else c for c in site.node.conditions))
                    sentence = f"`{Bracket((other,))}` stands where `{Bracket((condition,))}` should"
                    yield site.change("shifted index", sentence, wrong)


def _shifted(condition: Compare) -> Iterator[Compare]:
    match condition:
        case Compare("==", left, Size(value)):
            for by in (1, -1):
                yield Compare("==", left, size(expand(value + by)))


def one_case(line: Line) -> Iterator[Change]:
    """One case of a function that is defined by cases taken everywhere."""
    if line.known:
        return
    expr = transform(line.expr, lambda node: _written_out(line, node))
    cases = dict.fromkeys(n for n in walk(expr) if isinstance(n, Bracket) and any(map(_real, n.conditions)))
    for case in cases if len(cases) > 1 else ():
        right = exchanged(expr, {**dict.fromkeys(cases, ZERO), case: ONE})
        sentence = f"what you have is right where `{case}`, and you take it everywhere"
        yield line.change("dropped guard", sentence, right)


def _written_out(line: Line, node: Expr) -> Expr:
    """An element by its equation, where that is one of cases."""
    if not isinstance(node, Elem) or line.system.tensors[node.name].kind != "computed":
        return node
    equations = line.system.definitions(node.name)
    bracketed = (
        n for e in equations for n in walk(e.right) if isinstance(n, Bracket) and any(map(_real, n.conditions))
    )
    if len(equations) != 1 or next(bracketed, None) is None:
        return node
    return substitute(equations[0].right, dict(zip(equations[0].left.index, node.index, strict=True)))


def ignored_settings(line: Line) -> Iterator[Change]:
    """Paddings taken as 0, strides or dilations as 1: one of them, those of a kind in all directions, several kinds."""
    names = list(_settings(line))
    kinds: dict[str, tuple[str, ...]] = {}  # s_h and s_w are of one
    for name in names:
        kind = name.split("_")[0]
        kinds[kind] = (*kinds.get(kind, ()), name)
    groups = [some for n in range(1, len(kinds) + 1) for some in combinations(kinds.values(), n)]
    together = [tuple(chain.from_iterable(some)) for some in groups]
    for ignored in dict.fromkeys([*((name,) for name in names), *together]):
        least = {name: line.system.lower.get(name, 1) for name in ignored}
        right = transform(substitute(line.expr, {size_symbol(n): value for n, value in least.items()}), _settled)
        listed = ", ".join(f"`{name}`" for name in ignored[:-1])
        said = f"{listed} and `{ignored[-1]}` are" if listed else f"`{ignored[0]}` is"
        where = ", ".join(f"{name} == {value}" for name, value in least.items())
        yield line.change("ignored setting", f"{said} not heeded: what you have is right for `[{where}]` only", right)


def _settings(line: Line) -> Iterator[str]:
    """The sizes in a line that are no extent of a tensor or an index."""
    system = line.system
    axes = (a for t in system.tensors.values() for a in t.axes)
    extents = {s for i in (*axes, *system.indices.values()) for s in symbols_of(i.extent)}
    for name in system.sizes:
        symbol = size_symbol(name)
        if symbol in free_symbols(line.expr) and symbol not in extents and is_size(symbol):
            yield name


def _real(condition: Compare) -> bool:
    """Whether real numbers are compared, which are never equal: ``<=`` is no other condition than ``<`` then."""
    return condition.op not in ("==", "!=") and None in (as_integer(condition.left), as_integer(condition.right))


def _beside(site: Site) -> list[Elem]:
    """The elements that the conditions of a bracket guard."""
    return [e for sibling in site.siblings for e in elements_in(sibling)] if isinstance(site.parent, Mul) else []


def _settled(node: Expr) -> Expr:
    """A condition without what is plainly true: ``[0 == 0]``."""
    if isinstance(node, Bracket):
        kept = tuple(c for c in node.conditions if not (c.op == "==" and c.left == c.right))
        return node if len(kept) == len(node.conditions) else mul(Bracket(kept)) if kept else ONE
    return node
