"""Another tensor of the same shape in the place of the right one."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.expr import Bracket, Elem, mul
from derive.language.system import System, Tensor
from derive.language.traverse import names_read
from derive.marking.mutations.sites import Change, Line, missing_conditions

_MOST = 8  # tensors tried in the place of one


def wrong_tensors(line: Line) -> Iterator[Change]:
    """Gradients for gradients, parameters for parameters, values for values; the nearest in the equations first."""
    order = list(line.system.tensors)
    later = frozenset(order[order.index(line.gradient.left.name) + 1 :])
    for site in line.sites:
        if isinstance(site.node, Elem) and site.clear:
            for name in _alike(line.system, site.node.name)[:_MOST]:
                element = Elem(name, site.node.index)
                if element == line.gradient.left or name in later:
                    continue
                conditions = missing_conditions(line.system, element, site.facts)
                if conditions is not None and (site.clear or not conditions):
                    wrong = mul(Bracket(conditions), element) if conditions else element
                    yield site.change("wrong tensor", f"`{element}` stands where `{site.node}` should", wrong)


def _alike(system: System, name: str) -> list[str]:
    """The tensors of the same sort and axes, those first that an equation has together with this one."""
    own = system.tensors[name]
    found = [t for t in system.tensors.values() if t.name != name and _sort(t) == _sort(own)]
    together = [{e.name, *names_read(e.right)} for e in system.equations]
    return [t.name for t in sorted(found, key=lambda t: not any({name, t.name} <= names for names in together))]


def _sort(tensor: Tensor) -> tuple[object, ...]:
    kinds = {"upstream": "gradient", "input": "value", "computed": "value"}
    ranges = tuple((a.low, a.high) for a in tensor.axes)
    return kinds.get(tensor.kind, tensor.kind), tensor.integer, ranges
