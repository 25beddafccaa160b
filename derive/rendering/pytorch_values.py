"""How a program draws values for the inputs of a layer, by what the layer does with them."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from derive.language.expr import ONE, Bracket, Call, Compare, Elem, Expr, Num, Pow, Reduce
from derive.language.integers import Integer, elements
from derive.language.system import System, Tensor
from derive.language.text import integer_text
from derive.language.traverse import integers_at, walk

_OF_POSITIVE = frozenset({"sqrt", "log"})


def drawn(system: System, tensor: Tensor) -> str:
    """A PyTorch expression, over the names of sizes, that makes a value for an input or a parameter."""
    if tensor.name in system.numbers:
        return system.numbers[tensor.name]
    if tensor.name in system.pytorch.inputs:
        return system.pytorch.inputs[tensor.name]
    shape = ", ".join(integer_text(axis.extent) for axis in tensor.axes) or "()"
    whole = f"({shape},)" if len(tensor.axes) == 1 else f"({shape})" if tensor.axes else shape
    if tensor.integer:
        low, high = range_of(system, tensor)
        return f"torch.randint({integer_text(low)}, {integer_text(high + 1)}, {whole})"
    axis = _sums_to_one(system, tensor)
    if axis is not None:
        return f"torch.softmax(torch.randn({shape}), dim={axis})"
    if _is_condition(system, tensor):
        return f"torch.randint(0, 2, {whole}).float()"
    if not tensor.axes or _is_positive(system, tensor):
        return f"torch.rand({shape})"
    return f"torch.randn({shape})" + (_share(tensor) if tensor.kind == "param" and len(tensor.axes) > 1 else "")


def _share(tensor: Tensor) -> str:
    """Weights are drawn so that sums over their last axis stay of the size of one."""
    inputs = tensor.axes[-1].extent
    return f" / {integer_text(inputs)}**0.5" if inputs.is_Symbol else f" / ({integer_text(inputs)})**0.5"


def range_of(system: System, tensor: Tensor) -> tuple[Integer, Integer]:
    """The range of a tensor of whole numbers: of the axis whose places it holds, or of what it is compared with."""
    for node in _nodes(system):
        if isinstance(node, Elem) and node.name in system.tensors:
            for axis, place in zip(system.tensors[node.name].axes, node.index, strict=True):
                if tensor.name in _names(place):
                    return axis.low, axis.high
    for condition in _conditions(system):
        integers = [i for side in (condition.left, condition.right) for i in integers_at(side)]
        with_it = any(tensor.name in _names(i) for i in integers) or _has_side(condition, tensor)
        found = [system.indices[i.name] for i in integers if i.is_Symbol and i.name in system.indices]
        if with_it and found:
            return found[0].low, found[0].high
    return sympy.Integer(0), sympy.Integer(1)


def _names(place: Integer) -> frozenset[str]:
    """The tensors of whole numbers that an index expression reads."""
    return frozenset(str(e.base.label) for e in elements(place))


def _sums_to_one(system: System, tensor: Tensor) -> int | None:
    """The axis along which the author says that an input sums to one."""
    for assumption in system.assumptions:
        match assumption.left:
            case Reduce("sum", (index,), Elem(name, places)) if name == tensor.name and assumption.right == ONE:
                return places.index(index.symbol)
    return None


def _is_condition(system: System, tensor: Tensor) -> bool:
    """Whether an input is 0 or 1 by assumption, or it counts only how it compares with a number."""
    if any(assumption.zero_or_one == tensor.name for assumption in system.assumptions):
        return True
    compared = [
        c for c in _conditions(system) if _has_side(c, tensor) and isinstance(c.left, Num) | isinstance(c.right, Num)
    ]
    reads = sum(isinstance(node, Elem) and node.name == tensor.name for node in _nodes(system))
    return bool(compared) and len(compared) == reads


def _is_positive(system: System, tensor: Tensor) -> bool:
    """Whether a root or a logarithm is taken of an input itself."""
    return any(
        isinstance(inner, Elem) and inner.name == tensor.name
        for node in _nodes(system)
        if _is_root(node) or (isinstance(node, Call) and node.function in _OF_POSITIVE)
        for inner in walk(node.children[0])
    )


def _is_root(node: Expr) -> bool:
    return isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value.denominator != 1


def _has_side(condition: Compare, tensor: Tensor) -> bool:
    return any(isinstance(s, Elem) and s.name == tensor.name for s in (condition.left, condition.right))


def _nodes(system: System) -> Iterator[Expr]:
    for equation in system.all_equations:
        yield from walk(equation.right)


def _conditions(system: System) -> Iterator[Compare]:
    for node in _nodes(system):
        if isinstance(node, Bracket):
            yield from node.conditions
