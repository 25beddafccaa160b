"""What the function that computes a layer's gradients is called with at a test point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.checking.arrays import Array
from derive.checking.elementwise import stand_in_source
from derive.checking.forward import declared
from derive.checking.points import Point
from derive.forms.numpy_sizes import sizes_of
from derive.language.expr import Call as FunctionCall
from derive.language.functions import TABLE
from derive.language.system import System
from derive.language.traverse import walk
from derive.marking.programs.sandbox import Call
from derive.steps.record import gradient_name


def call_of(system: System, point: Point) -> Call:
    """The call at a point.

    Given are what ``BackwardFunction`` takes: inputs, params, upstream gradients as ``dy``, sizes that no shape shows;
    offered are values of the forward pass, and the other sizes.  Single numbers are Python's.
    """
    upstream = {gradient_name(output): array for output, array in point.upstream.items()}
    outputs = tuple(system.tensors[name] for name in point.upstream)
    hidden = sizes_of(system, (*system.inputs, *system.params, *outputs)).named
    given = {name: _number(array) for name, array in {**point.inputs, **upstream}.items()}
    return Call(given | {n: point.sizes[n] for n in hidden}, offered(system, point), functions(system))


def offered(system: System, point: Point) -> Mapping[str, Any]:
    """What the forward pass computes at a point, and all sizes."""
    computed = [tensor.name for tensor in system.tensors.values() if tensor.kind == "computed"]
    return {**point.sizes, **{n: declared(system, point.forward, point.sizes, n)[..., 0] for n in computed}}


def functions(system: System) -> dict[str, str]:
    """What stands for the layer's abstract functions and their derivatives, as NumPy expressions of ``x``."""
    called = {c.function for e in system.all_equations for c in walk(e.right) if isinstance(c, FunctionCall)}
    names = (name for function in sorted(called - set(TABLE)) for name in (function, f"{function}'"))
    return {name.replace("'", "_prime"): stand_in_source(name) for name in names}


def _number(array: Array) -> Any:
    return array.item() if array.ndim == 0 else array
