"""Jacobians and slopes in numbers: the derived backward pass with an upstream gradient of 1 at one output at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.sweep import derive
from derive.forms.arguments import Array
from derive.forms.function import BackwardFunction
from derive.language.integers import Integer, evaluate, size_symbol, symbols_of
from derive.language.load import layer
from derive.language.system import System


def jacobian(system: System, output: str, by: str, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Array:
    """The derivative of every entry of an output (rows) by every entry of a tensor (columns), in the order of memory.

    ``given`` has the inputs and parameters by name, ``sizes`` every size; the gradient of other outputs is 0.
    """
    function = BackwardFunction(derive(system, (by,)))
    others = sizes_by_name(system, sizes)
    upstream = {f"d{name}": np.zeros(shape_of(system, name, sizes)) for name in system.outputs}
    rows = []
    for place in np.ndindex(upstream[f"d{output}"].shape):
        upstream[f"d{output}"][place] = 1.0
        rows.append(function(**given, **others, **upstream)[f"d{by}"].ravel())
        upstream[f"d{output}"][place] = 0.0
    return np.array(rows)


def shape_of(system: System, tensor: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape of a tensor where sizes have values."""
    values = {size_symbol(name): value for name, value in sizes.items()}
    return tuple(int(evaluate(a.extent, values, {})) for a in system.tensors[tensor].axes)


def sizes_by_name(system: System, sizes: Mapping[str, int]) -> dict[str, int]:
    """The free sizes that are the extent of no axis: a call of the function names them."""
    given = [t for t in system.tensors.values() if t.kind != "computed" or t.name in system.outputs]
    shapes: set[Integer] = {a.extent for t in given for a in t.axes}
    return {n: sizes[n] for n in system.sizes if size_symbol(n) not in shapes and symbols_of(size_symbol(n))}


def curve(expression: str, x: Array) -> tuple[Array, Array]:
    """An expression of the language in ``x[n]`` and its derivative, at many values."""
    system = layer(indices="n:N", inputs="x[n]", equations=f"y[n] = {expression}", output="y")
    found = BackwardFunction(derive(system))(x=x, dy=np.ones_like(x))
    return found["y"], found["dx"]


def along_softmax(z: Array) -> tuple[Array, Array]:
    """The softmax of some scores, and its Jacobian."""
    system = layer(indices="k:K", inputs="z[k]", equations="y[k] = softmax(z[k], k)", output="y")
    found = BackwardFunction(derive(system))(z=z, dy=np.zeros_like(z))
    return found["y"], jacobian(system, "y", "z", {"z": z}, {"K": len(z)})
