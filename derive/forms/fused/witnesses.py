"""Which results tell that an argument holds no NaN and no infinity, so that nobody need look at it.

A sum or a product is not finite where a term or factor of it is not.  So a result whose equation is made of sums and
products, and that all elements of an argument enter, is finite only if the argument is: ``db[o] = sum(dy[n,o], n)`` is
a witness of ``dy``, and ``y[n,o] = sum(W[o,i]*x[n,i], i) + b[o]`` of ``W`` and of ``x``.  What is finite may yet have a
result that is not, by overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.forms.numpy_sizes import arguments
from derive.language.expr import Add, Along, Bracket, Delta, Elem, Expr, Index, Mul, Num, Pow, Reduce
from derive.language.integers import expand
from derive.language.ranges import facts_of, nonnegative
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import walk


def witnesses(system: System, returned: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By the name of a matrix, or larger array, that is passed: the results that are not finite if it is not.

    Only those that may have far fewer elements: of lower rank, or witnesses of several arguments.
    """
    large = [t for t in arguments(system) if not t.integer and len(t.axes) > 1]
    found = {t.name: [r for r in returned if _is_witness(r, t, system)] for t in large}
    rank = {name: len(tensor.axes) for name, tensor in system.tensors.items()}
    several = {r for r in returned if sum(r in known and rank[r] <= rank[a] for a, known in found.items()) > 1}
    return {
        name: worth
        for name, known in found.items()
        if (worth := tuple(r for r in known if rank[r] < rank[name] or (rank[r] == rank[name] and r in several)))
    }


def _is_witness(result: str, tensor: Tensor, system: System) -> bool:
    return any(_tells(equation, tensor, system) for equation in system.definitions(result))


def _tells(equation: Equation, tensor: Tensor, system: System) -> bool:
    """Whether the left side is not finite somewhere if the tensor is not."""
    nodes = list(walk(equation.right))
    reads = [n for n in nodes if isinstance(n, Elem) and n.name == tensor.name]
    if len(reads) != 1 or any(isinstance(n, Bracket | Delta | Along) for n in nodes):
        return False  # read twice it might cancel; a guard may keep it from counting
    if not _fills(equation, system) or not all(_is_plain(n, system) for n in nodes if isinstance(n, Elem)):
        return False
    path = tuple(_path(equation.right, reads[0]))
    loops = [*equation.indices, *(i for node in path if isinstance(node, Reduce) for i in node.over)]
    return _is_read_whole(reads[0], tensor, loops, system) and _reaches(path, reads[0], system)


def _fills(equation: Equation, system: System) -> bool:
    """Whether an equation is for all places of what it defines."""
    ranges = [(i.symbol, i.low, i.high) for i in equation.indices]
    axes = system.tensors[equation.name].axes
    return ranges == [(place, a.low, a.high) for place, a in zip(equation.left.index, axes, strict=True)]


def _is_plain(element: Elem, system: System) -> bool:
    """Whether an element is read at indices themselves, so that nothing is left out as it is outside of its tensor."""
    return element.name not in system.outside and all(i.is_Symbol for i in element.index)


def _path(expr: Expr, element: Elem) -> Iterator[Expr]:
    """The nodes from an expression down to an element in it."""
    yield expr
    for child in expr.children:
        if any(n is element for n in walk(child)):
            yield from _path(child, element)


def _is_read_whole(element: Elem, tensor: Tensor, loops: Sequence[Index], system: System) -> bool:
    """Whether loops go through all of a tensor, and none of them through nothing."""
    known = {i.symbol: i for i in loops}
    read = [known.get(place) for place in element.index]
    whole = len(set(read)) == len(read) and all(
        index is not None and (index.low, index.high) == (axis.low, axis.high)
        for index, axis in zip(read, tensor.axes, strict=True)
    )
    facts = facts_of(system)
    return whole and all(nonnegative(expand(i.extent - 1), facts) for i in set(loops).difference(read))


def _reaches(path: Sequence[Expr], element: Elem, system: System) -> bool:
    """Whether a value that is not finite at the end of a path makes that at its start so.

    Kernels may add in any order, so that ``(x + b) - x`` is ``b``.  No other term of a sum may depend on the tensor
    therefore, and no other factor on the same element of it.
    """
    following = _depending_on(element.name, system)
    for node, child in zip(path, path[1:], strict=False):
        others = [n for c in node.children if c is not child for n in walk(c) if isinstance(n, Elem)]
        same = [n for n in others if n.name in following]
        match node:
            case Add():
                passes = not same
            case Mul():
                passes = not any(set(element.index) <= set(n.index) for n in same)
            case Pow(_, Num(exponent)):
                passes = exponent > 0
            case Reduce("sum" | "mean"):
                passes = True
            case _:
                passes = False
        if not passes:
            return False
    return True


def _depending_on(name: str, system: System) -> set[str]:
    """The tensors that a tensor is needed for, directly or not."""
    found: set[str] = set()
    pending = [name]
    while pending:
        for equation in system.readers(pending.pop()):
            if equation.name not in found:
                found.add(equation.name)
                pending.append(equation.name)
    return found
