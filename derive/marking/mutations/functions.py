"""A function forgotten, the tensor that it enters in its place, and a derivative that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.differentiate import function_derivatives
from derive.calculus.match import match
from derive.language.binding import substitute
from derive.language.expr import ONE, Along, Call, Elem, Expr, add, mul, neg
from derive.language.functions import TABLE
from derive.language.traverse import exchanged, walk
from derive.marking.mutations.sites import Change, Line, Site
from derive.marking.mutations.tensors import alike

_SQUASHING = ("sigmoid", "tanh", "softmax")  # whose derivatives are applied once more than is right


def dropped_functions(line: Line) -> Iterator[Change]:
    """``c`` for ``tanh(c)``, ``z`` for ``softmax(z)``."""
    for site in line.sites:
        inside = _inside(site.node)
        if inside is not None and site.clear:
            yield site.change("dropped function", f"`{inside}` stands where `{site.node}` should", inside)


def wrong_values(line: Line) -> Iterator[Change]:
    """``h`` for ``tanh(c)``, of which it is made: ``h = o*tanh(c)``; the output for the softmax."""
    for site in line.sites:
        if _inside(site.node) is not None:
            for element in (*_made_of(line, site), *_beside(line, site)):
                yield site.change("wrong tensor", f"`{element}` stands where `{site.node}` should", element)


def extra_derivatives(line: Line) -> Iterator[Change]:
    """The derivative of the last function once more, where what comes back is by its argument already."""
    if line.known:
        return
    for value, function in _values_of(line).items():
        slope = _slope(function, value)
        sentence = f"`{slope}`, the derivative of {function}, is too much: what comes back is by its argument already"
        yield line.change("activation derivative twice", sentence, mul(slope, line.expr))
        if function != "tanh":
            yield line.change("extra factor", f"the factor `{value}` is too much", mul(value, line.expr))


def _inside(node: Expr) -> Expr | None:
    """What a function of one argument, or of a whole axis, is taken of."""
    match node:
        case Call(_, (argument,)):
            return argument
        case Along("softmax", over, body, at):
            return substitute(body, {i.symbol: a for i, a in zip(over, at, strict=True)})
    return None


def _made_of(line: Line, site: Site) -> Iterator[Elem]:
    """The elements whose equation holds this function of this argument."""
    forward = (e for e in line.system.equations if line.system.tensors[e.name].kind == "computed")
    for equation in forward:
        free = frozenset(i.symbol for i in equation.indices)
        for node in walk(equation.right):
            found = match(node, site.node, free, {}) if type(node) is type(site.node) else None
            if found is not None and free <= found.keys() and node != equation.right:
                element = substitute(equation.left, found)
                assert isinstance(element, Elem)
                yield element


def _beside(line: Line, site: Site) -> Iterator[Elem]:
    """The elements of other tensors of the same sort and axes as what a softmax is taken of."""
    inside = _inside(site.node)
    if isinstance(site.node, Along) and isinstance(inside, Elem):
        for name in alike(line.layer, inside.name):
            yield Elem(name, inside.index)


def _values_of(line: Line) -> dict[Expr, str]:
    """The squashing functions of the very element that the gradient is taken by, and their values."""
    of = line.gradient.of
    found: dict[Expr, str] = {}
    for node in walk(line.expr):
        if isinstance(node, Call) and node.function in _SQUASHING and node.arguments == (of,):
            found[node] = node.function
    readers = {r.equation.name for r in line.gradient.readers if isinstance(r.equation.right, Call)}
    for equation in line.system.equations:
        inside = _inside(equation.right)
        free = frozenset(i.symbol for i in equation.indices)
        values = match(inside, of, free, {}) if isinstance(inside, Elem) else None
        if values is not None and free <= values.keys() and equation.name not in readers:
            function = equation.right.function if isinstance(equation.right, Call) else "softmax"
            if function in _SQUASHING:
                found[substitute(equation.left, values)] = function
    return found


def _slope(function: str, value: Expr) -> Expr:
    """The derivative of a squashing function in terms of its value."""
    if function not in TABLE:
        return mul(value, add(ONE, neg(value)))
    call = Call(function, (value,))
    (slope,) = function_derivatives(call)
    return exchanged(slope, {call: value})
