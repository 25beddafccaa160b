"""Generated source run against the naive evaluator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from derive.forms.fused.functions import SOURCES
from derive.forms.fused.prepare import softmax_in_parts
from derive.forms.numpy_code import code
from derive.forms.numpy_helpers import (
    ADD_PRODUCT_WINDOWS,
    ADD_PRODUCTS,
    COMPILED_HELPER,
    CONTIGUOUS,
    CONTRACT,
    MULTIPLY,
    MULTIPLY_STACKS,
    OPERAND,
    PORTIONS,
    RUN_KERNEL,
)  # fmt: skip
from derive.forms.numpy_sizes import arguments
from derive.forms.runtime.pieces import contract, operand
from derive.forms.runtime.product_calls import with_product_calls
from derive.forms.runtime.products import add_products, multiply, multiply_stacks
from derive.forms.runtime.sums import add_product_windows
from derive.forms.runtime.windows import add_windows, contiguous
from derive.language.system import System
from derive.language.token_ranges import token_ranges
from tests.forms.naive import FUNCTIONS, Naive
from tests.values import integer, span


def drawn(system: System, sizes: Mapping[str, int], seed: int, signs: tuple[float, ...] = (1.0, 1.0, -1.0)) -> Naive:
    """The system at some sizes, with random arrays; elements of integer tensors where they may point, or 1 to 3."""
    rng = np.random.default_rng(seed)
    naive = Naive(system, sizes, {})
    ends = {name: (integer(low, naive.sizes), integer(high, naive.sizes)) for name, low, high in token_ranges(system)}
    arrays: dict[str, Any] = {}
    for tensor in arguments(system):
        shape = [len(span(axis, naive.sizes)) for axis in tensor.axes]
        if tensor.integer:
            low, high = ends.get(tensor.name, (1, 3))
            arrays[tensor.name] = rng.integers(low, high + 1, size=shape)
        else:
            arrays[tensor.name] = rng.uniform(0.3, 1.7, size=shape) * rng.choice(signs, size=shape)
    naive.arrays = arrays
    return naive


def interpreted(kernels: Mapping[str, str], portions: int = 2) -> dict[str, Any]:
    """What fused code calls: kernels that Python runs as they stand, and the products by the library."""

    def run_kernel(kernel: Callable[..., None], rows: int, *arguments: Any) -> None:
        for k in range(portions):
            kernel(rows * k // portions, rows * (k + 1) // portions, k, *arguments)

    products = {MULTIPLY: multiply, MULTIPLY_STACKS: multiply_stacks, ADD_PRODUCTS: add_products, CONTRACT: contract}
    windows = {CONTIGUOUS: contiguous, COMPILED_HELPER: add_windows, ADD_PRODUCT_WINDOWS: add_product_windows}
    namespace: dict[str, Any] = {"np": np, RUN_KERNEL: run_kernel, PORTIONS: portions, OPERAND: operand}
    namespace |= products | windows
    for source in (*SOURCES.values(), *kernels.values()):
        exec(source, namespace)
    return namespace


def run(
    system: System, naive: Naive, returns: Sequence[str], dtype: type = np.float64, fused: bool = False
) -> dict[str, Any]:
    """What the generated function gives for the arrays of the naive evaluator."""
    made = code(softmax_in_parts(system) if fused else system, returns, fused=fused)
    namespace = interpreted(made.kernels or {})
    exec(with_product_calls(made.source) if fused else made.source, namespace)
    arrays = {n: a if system.tensors[n].integer else a.astype(dtype) for n, a in naive.arrays.items()}
    arguments = {made.tensors[n]: a for n, a in arrays.items()}
    arguments |= {made.sizes[n]: naive.sizes[n] for n in made.sizes}
    arguments |= {python: np.vectorize(FUNCTIONS[f], [dtype]) for f, python in made.functions.items()}
    with np.errstate(all="ignore"):
        return dict(namespace[made.name](**arguments))


def assert_agrees(system: System, naive: Naive, returns: Sequence[str], fused: bool = False) -> None:
    """Every tensor named is computed as the naive evaluator computes it."""
    got = run(system, naive, returns, fused=fused)
    for name in returns:
        want = naive.tensor(name)
        assert np.shape(got[name]) == want.shape, name
        assert np.asarray(got[name]).dtype == np.float64, name
        scale = np.abs(want).max(initial=1.0, where=np.isfinite(want))
        np.testing.assert_allclose(
            got[name], want, rtol=0, atol=1e-10 * scale, err_msg=f"{name}\n{code(system, returns, fused=fused).source}"
        )


def sizes_for(system: System, seed: int, largest: int = 4) -> dict[str, int]:
    """Random sizes, each at least what it may be, with positive derived sizes, and constraints that hold."""
    rng = np.random.default_rng(seed)
    while True:
        sizes = {n: int(rng.integers(system.lower.get(n, 1), largest + 1)) for n in system.sizes}
        naive = Naive(system, sizes, {})
        if all(naive.sizes[n] >= 1 for n in system.derived) and all(c.holds(naive.sizes) for c in system.constraints):
            return sizes


def drawn_where_defined(system: System, seed: int, returns: Sequence[str]) -> Naive:
    """The system at random sizes and arrays; all of them positive if a tensor is not defined otherwise."""
    sizes = sizes_for(system, seed)
    naive = drawn(system, sizes, seed)
    try:
        for name in returns:
            naive.tensor(name)
    except (TypeError, ValueError):  # a root or a logarithm of a negative number
        return drawn(system, sizes, seed, (1.0,))
    return naive
