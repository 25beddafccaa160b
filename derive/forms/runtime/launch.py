"""Kernels compiled to machine code, and run on all processors; this needs what the extra ``fast`` installs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.fused.functions import LARGER, SOURCES
from derive.forms.numpy_helpers import (
    ADD_PRODUCT_WINDOWS,
    ADD_PRODUCTS,
    BEGIN,
    COMPILED_HELPER,
    CONTIGUOUS,
    CONTRACT,
    END,
    MULTIPLY,
    MULTIPLY_STACKS,
    OPERAND,
    PORTIONS,
    RUN_KERNEL,
)
from derive.forms.runtime.library import installed
from derive.forms.runtime.pieces import contract, operand
from derive.forms.runtime.product_calls import with_product_calls
from derive.forms.runtime.products import add_products, multiply, multiply_stacks
from derive.forms.runtime.sums import add_product_windows
from derive.forms.runtime.team import Turn, processors, signals, team
from derive.forms.runtime.windows import add_windows, contiguous

_SMALL = 2**14  # elements of all arguments, below which a second thread does not help
_SMALL_BESIDE_BLAS = 2**18  # and while threads of NumPy's library of products, which stay awake too, want to go on
_EXACT = {"contract"}  # what a compiler may do: no more than multiply and add in one instruction
_OF_NUMBERS = {"nnan", "nsz"}  # or take it that there is no NaN
_IN_ANY_ORDER = {"contract", "reassoc", "nsz"}  # or add in any order, as vector instructions do


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether kernels can be compiled and run here."""
    try:
        import numba
        import threadpoolctl  # noqa: F401
    except ImportError:
        return False
    return not numba.config.DISABLE_JIT  # type: ignore[attr-defined]


def for_this_machine(source: str) -> str:
    """The source of a function in fused code, with its products of matrices by the fastest way there is here."""
    return with_product_calls(source) if installed() else source


def as_turn(kernel: str) -> str:
    """The source of a kernel as that of a turn of a team."""
    head, body = kernel.split("\n", 1)
    name, parameters = head.split("(first, last, portion")
    return "\n".join(
        [
            f"{name}(board, portion, number, portions, first, last{parameters}",
            f"    if not {BEGIN}(board, portion, number, portions):",
            "        return",
            body,
            f"    {END}(board, portion, number, portions)",
        ]
    )


def compiled_kernels(kernels: Mapping[str, str]) -> dict[str, Any]:
    """What a function in fused code needs beside NumPy; its kernels are given by name as source."""
    import numba

    begin, end = signals()
    module: dict[str, Any] = {"np": np, BEGIN: begin, END: end}
    for name, source in (*SOURCES.items(), *((name, as_turn(kernel)) for name, kernel in kernels.items())):
        exec(compile(source, f"<derived {name}>", "exec"), module)
        flags = _IN_ANY_ORDER if name in kernels else _OF_NUMBERS if name == LARGER else _EXACT
        module[name] = numba.njit(nogil=True, error_model="numpy", fastmath=flags)(module[name])
    own = {name: module[name] for name in kernels}
    products = {MULTIPLY: multiply, MULTIPLY_STACKS: multiply_stacks, ADD_PRODUCTS: add_products, CONTRACT: contract}
    windows = {CONTIGUOUS: contiguous, COMPILED_HELPER: add_windows, ADD_PRODUCT_WINDOWS: add_product_windows}
    return {RUN_KERNEL: _run, PORTIONS: processors(), OPERAND: operand, **products, **windows, **own}


def _run(kernel: Turn, rows: int, *arguments: Any) -> None:
    """Run a kernel for all rows, in as many portions at a time as there are processors."""
    elements = sum([getattr(a, "size", 1) for a in arguments])
    small = elements < (_SMALL if installed() else _SMALL_BESIDE_BLAS)
    team().run(kernel, rows, 1 if small else min(processors(), rows), *arguments)
