"""Everything that a backward function takes, at small sizes: what somebody needs who wants to call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.checking.arrays import Array
from derive.checking.elementwise import stand_in_source
from derive.checking.points import points
from derive.checking.spots import spots
from derive.forms.numpy_sizes import sizes_of
from derive.language.expr import Call
from derive.language.functions import TABLE
from derive.language.traverse import walk
from derive.steps.record import Derivation, gradient_name


@dataclass(frozen=True)
class Trial:
    """Arguments of a backward function.

    arrays     inputs, params and upstream gradients by their names in code, with few digits where that can be
    sizes      those that no shape shows
    functions  the source, an expression of x, of each function that the layer leaves open and of its derivative
    moved      the arrays by which gradients were taken
    outputs    what the loss is made of where the layer has none of its own: output -> its upstream gradient
    """

    arrays: Mapping[str, Array]
    sizes: Mapping[str, int]
    functions: Mapping[str, str]
    moved: tuple[str, ...]
    outputs: Mapping[str, str]


def trial(derivation: Derivation, seed: int = 0) -> Trial:
    """Arguments at a point of small sizes."""
    system = derivation.system
    sizes, arrays = _values(derivation, seed)
    outputs = () if system.loss else system.outputs
    tensors = (*system.inputs, *system.params, *(system.tensors[o] for o in outputs))
    named = {name: sizes[name] for name in sizes_of(system, tensors).named}
    called = {c.function for e in system.all_equations for c in walk(e.right) if isinstance(c, Call)}
    functions = {
        name.replace("'", "_prime"): stand_in_source(name) for f in sorted(called - set(TABLE)) for name in (f, f"{f}'")
    }
    moved = tuple(name for name in derivation.wrt if name in arrays)
    return Trial(arrays, named, functions, moved, {o: gradient_name(o) for o in outputs})


def _values(derivation: Derivation, seed: int) -> tuple[Mapping[str, int], Mapping[str, Array]]:
    found = spots(derivation, seed)
    if found is not None:
        return found.sizes, found.inputs
    at = points(derivation.system, (2,), seed)[0]
    upstream = {gradient_name(output): array for output, array in at.upstream.items()}
    return at.sizes, {**at.inputs, **upstream}
