"""Another tensor of the same shape in the place of the right one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from derive.language.expr import Bracket, Elem, Expr, mul
from derive.language.integers import Integer, expand, symbols_of
from derive.language.schedule import reads
from derive.language.system import Tensor
from derive.language.traverse import exchanged, names_read
from derive.marking.mutations.sites import Change, Layer, Line, Site, elements_in, missing_conditions
from derive.steps.record import gradient_name

_MOST = 8  # tensors tried in the place of one


def wrong_tensors(line: Line) -> Iterator[Change]:
    """Gradients for gradients, parameters for parameters, values for values; the nearest in the equations first."""
    later = _later(line)
    for site in line.sites:
        if isinstance(site.node, Elem) and site.clear:
            for name in alike(line.layer, site.node.name):
                for element in _read_as(line.layer, name, site.node):
                    if element != line.gradient.left and name not in later:
                        yield from _instead(site, element)


def wrong_throughout(line: Line) -> Iterator[Change]:
    """The same, wherever a tensor stands that stands in several places."""
    later = _later(line)
    standing: dict[str, list[Site]] = {}
    for site in line.sites:
        if isinstance(site.node, Elem):
            standing.setdefault(site.node.name, []).append(site)
    for known, sites in standing.items():
        if len(sites) < 2 or not all(s.clear for s in sites):
            continue
        left = sites[0].node
        assert isinstance(left, Elem)
        for name in (n for n in alike(line.layer, known) if n not in later and n != line.gradient.left.name):
            others: dict[Expr, Elem] = {e: Elem(name, e.index) for e in elements_in(line.expr) if e.name == known}
            if all(missing_conditions(line.system, others[s.node], s.facts) == () for s in sites):
                right = exchanged(line.expr, others)
                element = Elem(name, left.index)
                sentence = f"`{element}` stands where `{left}` should, everywhere{_left_out(line, left, element)}"
                yield line.change("wrong tensor", sentence, right)


def _later(line: Line) -> frozenset[str]:
    """The gradients that are found after this one."""
    order = list(line.system.tensors)
    return frozenset(order[order.index(line.gradient.left.name) + 1 :])


def _instead(site: Site, element: Elem) -> Iterator[Change]:
    assert isinstance(site.node, Elem)
    conditions = missing_conditions(site.line.system, element, site.facts)
    if conditions is not None:
        wrong = mul(Bracket(conditions), element) if conditions else element
        sentence = f"`{element}` stands where `{site.node}` should{_left_out(site.line, site.node, element)}"
        yield site.change("wrong tensor", sentence, wrong)


def _left_out(line: Line, right: Elem, element: Elem) -> str:
    """What it means that one gradient stands for another that is computed from it."""
    taken_by = {gradient_name(t): t for t in line.system.tensors}
    rests = any(element.name in names_read(e.right) for e in line.system.definitions(right.name))
    if element.name not in taken_by or right.name not in taken_by or not rests or element.index != right.index:
        return ""
    return f": the way back through `{Elem(taken_by[element.name], element.index)}` is left out"


def _read_as(layer: Layer, name: str, element: Elem) -> list[Elem]:
    """Another tensor at the same place; and a step before or after, where the layer reads it so."""
    same = Elem(name, element.index)
    places = _read_places(layer, name)
    apart = [
        Elem(name, (*same.index[:axis], other, *same.index[axis + 1 :]))
        for axis, place in enumerate(same.index)
        for other in sorted(places, key=str)
        if other != place and symbols_of(other) == symbols_of(place) != frozenset() and expand(other - place).is_Integer
    ]
    return [same, *apart]


@lru_cache(maxsize=1024)
def _read_places(layer: Layer, name: str) -> frozenset[Integer]:
    """The places at which the layer reads a tensor, of all its axes."""
    found = (r for e in layer.system.equations if name in names_read(e.right) for r, _ in reads(layer.system, e))
    return frozenset(place for read in found if read.name == name for place in read.index)


@lru_cache(maxsize=1024)
def alike(layer: Layer, name: str) -> tuple[str, ...]:
    """The tensors of the same sort and axes, those first that an equation has together with this one."""
    system = layer.system
    own = system.tensors[name]
    found = [t for t in system.tensors.values() if t.name != name and _sort(t) == _sort(own)]
    together = [{e.name, *names_read(e.right)} for e in system.equations]
    order = sorted(found, key=lambda t: not any({name, t.name} <= names for names in together))
    return tuple(t.name for t in order[:_MOST])


def _sort(tensor: Tensor) -> tuple[object, ...]:
    kinds = {"upstream": "gradient", "input": "value", "computed": "value"}
    ranges = tuple((a.low, a.high) for a in tensor.axes)
    return kinds.get(tensor.kind, tensor.kind), tensor.integer, ranges
