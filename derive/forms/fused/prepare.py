"""Equations added or split so that kernels can hold more: a softmax in its parts, and sums that tell a NaN."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from derive.forms.numpy_sizes import arguments
from derive.forms.numpy_text import free_name
from derive.language.binding import fresh_name, substitute
from derive.language.expr import Along, Call, Elem, Index, Reduce, add, divide, neg, sum_
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import all_index_names, free_symbols


def softmax_in_parts(system: System) -> System:
    """Each equation ``p[i] = softmax(z[k], k)[i]`` as three: for the maximum, the powers of e, and p."""
    for equation in system.equations:
        if isinstance(equation.right, Along) and equation.right.op == "softmax":
            system = _in_parts(system, equation, equation.right)
    return system


def _in_parts(system: System, equation: Equation, softmax: Along) -> System:
    along = tuple(i for i in equation.indices if i.symbol in softmax.at)
    if tuple(i.symbol for i in along) != softmax.at:
        return system  # it is read elsewhere than at the index itself
    rest = tuple(i for i in equation.indices if i not in along)
    over = _renamed(along, all_index_names(softmax) | {i.name for i in equation.indices})
    there = {a.symbol: o.symbol for a, o in zip(softmax.over, over, strict=True)}
    here = {o.symbol: a.symbol for a, o in zip(along, over, strict=True)}
    body = substitute(softmax.body, there)
    if any(i.symbol in free_symbols(body) for i in along):
        return system  # the places that it is read at stand in what it is taken of too
    most = _element(free_name(f"{equation.name}_max", system.tensors), rest)
    system = _with(system, Equation(most, Reduce("max", over, body), rest))
    powers = _element(free_name(f"{equation.name}_exp", system.tensors), equation.indices)
    system = _with(system, Equation(powers, Call("exp", (add(substitute(body, here), neg(most)),)), equation.indices))
    total = sum_(over, substitute(powers, {a.symbol: o.symbol for a, o in zip(along, over, strict=True)}))
    changed = replace(equation, right=divide(powers, total))
    return replace(system, equations=tuple(changed if e is equation else e for e in system.equations))


def _renamed(indices: tuple[Index, ...], taken: frozenset[str]) -> tuple[Index, ...]:
    new: list[Index] = []
    for index in indices:
        new.append(index.renamed(fresh_name(index.name, taken | {i.name for i in new})))
    return tuple(new)


def with_totals(system: System, told: Container[str] = ()) -> tuple[System, Mapping[str, str]]:
    """The system with the sum of each matrix, or larger array, that is passed; the names of these sums by the arrays'.

    A sum is finite only if all that is added is.  A kernel that reads the array takes it along.  Arrays of which
    something else tells whether they are finite (``told``) get none.
    """
    totals: dict[str, str] = {}
    passed = [t for t in arguments(system) if not t.integer and len(t.axes) > 1 and t.name not in told]
    for tensor in sorted(passed, key=lambda t: str(t.axes[0].extent), reverse=True):  # those of like rows together
        totals[tensor.name] = name = free_name(f"{tensor.name}_total", system.tensors)
        total = sum_(tensor.axes, _element(tensor.name, tensor.axes))
        system = _with(system, Equation(Elem(name), total, ()))
    return system, totals


def _element(name: str, axes: tuple[Index, ...]) -> Elem:
    return Elem(name, tuple(a.symbol for a in axes))


def _with(system: System, equation: Equation) -> System:
    """The system with an equation for a new tensor, in front of the others."""
    tensors = {**system.tensors, equation.name: Tensor(equation.name, equation.indices, "computed")}
    return replace(system, tensors=tensors, equations=(equation, *system.equations))
