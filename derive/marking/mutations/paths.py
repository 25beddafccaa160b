"""Paths of the chain rule that are left out, and statistics that are taken for constants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from derive.calculus.chain import where_read
from derive.language.expr import ZERO, Bracket, Compare, Elem, Expr, Reduce, mul, size
from derive.language.system import System
from derive.language.traverse import names_read, transform, walk
from derive.marking.mutations.sites import Change, Line
from derive.marking.mutations.sums import recurring
from derive.steps.record import Gradient, Reader, gradient_name, upstream_name


def lost_paths(line: Line) -> Iterator[Change]:
    """Paths of the chain rule that are left out."""
    paths = _paths(line)
    yield from _constant_statistics(line, paths)
    yield from _dropped_paths(line, paths)
    yield from _at_the_end_only(line, paths)


def _dropped_paths(line: Line, paths: Mapping[str, Elem]) -> Iterator[Change]:
    """A reader of the chain rule forgotten; or all but one; or all of the next step."""
    if len(paths) < 2:
        return
    name = gradient_name(line.gradient.tensor)
    for gradient, element in paths.items():
        if not is_statistic(line.system, element, line.gradient):
            yield _without(line, [gradient], "dropped path", f"your {name} leaves out {_path(gradient, element)}")
    if len(paths) > 2:
        later = [g for g, e in paths.items() if _elsewhere(e)]
        if 1 < len(later) < len(paths):
            told = ", ".join(f"`{paths[g]}`" for g in later)
            yield _without(line, later, "dropped path", f"your {name} leaves out every path through {told}")
        for gradient, element in paths.items():
            others = [g for g in paths if g != gradient]
            yield _without(line, others, "dropped path", f"your {name} has {_path(gradient, element)} and no other")


def _at_the_end_only(line: Line, paths: Mapping[str, Elem]) -> Iterator[Change]:
    """A path of every step followed at the last one only."""
    steps = [i for i in line.gradient.indices if i.name in recurring(line.layer)]
    for gradient, element in paths.items() if len(paths) > 1 else ():
        for index in (i for i in steps if i.symbol in element.index):
            guard = Bracket((Compare("==", size(index.symbol), size(index.high)),))
            name = gradient_name(line.gradient.tensor)
            sentence = f"your {name} has {_path(gradient, element)} at the last step only, where `{guard}`"
            yield _times(line, {gradient}, guard, "wrong boundary", sentence)


def _constant_statistics(line: Line, paths: Mapping[str, Elem]) -> Iterator[Change]:
    """A mean or variance held while what it is taken of changes."""
    found = {g: e for g, e in paths.items() if is_statistic(line.system, e, line.gradient)}
    name = gradient_name(line.gradient.tensor)
    for some in ([[*found]] if 1 < len(found) < len(paths) else []) + [[g] for g in found if len(paths) > 1]:
        told = " and ".join(f"`{found[g]}`" for g in some)
        sentence = f"your {name} treats {told} as constant: {'they depend' if len(some) > 1 else 'it depends'}"
        yield _without(line, some, "constant statistic", f"{sentence} on `{line.gradient.of}` too")


def is_statistic(system: System, element: Elem, gradient: Gradient) -> bool:
    """Whether a reader is a number that a reduction takes of the tensor: a mean, a variance, a norm."""
    if len(element.index) >= len(gradient.of.index):
        return False
    reductions = (n for e in system.definitions(element.name) for n in walk(e.right) if isinstance(n, Reduce))
    return any(gradient.tensor in names_read(r) and r.op in ("mean", "sum") for r in reductions) and not any(
        gradient.tensor != name and system.tensors[name].kind == "param"
        for e in system.definitions(element.name)
        for name in names_read(e.right)
    )


def _paths(line: Line) -> dict[str, Elem]:
    """The gradients that a line adds up, each with the element whose path it comes by."""
    read = names_read(line.expr)
    found: dict[str, Elem] = {}
    upstream = upstream_name(line.gradient.tensor)
    if upstream in read:
        found[upstream] = Elem(upstream, line.gradient.of.index)
    for reader in line.gradient.readers:
        name = gradient_name(reader.equation.name)
        if name in read:
            found[name] = _element(line.system, line.gradient, reader)
    return found


def _element(system: System, gradient: Gradient, reader: Reader) -> Elem:
    places = where_read(system, gradient.of, reader)
    return places[0] if places else reader.element


def _elsewhere(element: Elem) -> bool:
    """Whether an element stands a step away from the one that it reads."""
    return any(not place.is_Symbol for place in element.index)


def _path(name: str, element: Elem) -> str:
    if element.name == name:
        return f"what comes from the layer above, `{element}`"
    return f"the path through `{element}`"


def _without(line: Line, gradients: Iterable[str], kind: str, sentence: str) -> Change:
    """The line with nothing coming back by these gradients: it is linear in each."""
    return _times(line, frozenset(gradients), ZERO, kind, sentence)


def _times(line: Line, gradients: Set[str], factor: Expr, kind: str, sentence: str) -> Change:
    """The line with what comes back by some gradients multiplied by something."""
    terms = {line.term_at(s.path) for s in line.sites if _named(s.node, gradients)}
    right = transform(line.expr, lambda node: mul(factor, node) if _named(node, gradients) else node)
    return Change(kind, sentence, right, line, terms.pop() if len(terms) == 1 else None, line.gradient.steps[0])


def _named(node: Expr, names: Set[str]) -> bool:
    return isinstance(node, Elem) and node.name in names
