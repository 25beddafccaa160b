"""Kernels compiled to machine code, and run on all processors; this needs what the extra ``fast`` installs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.fused.functions import LARGER, SOURCES
from derive.forms.fused.portions import in_portions, processors
from derive.forms.fused.products import multiply_stacks
from derive.forms.numpy_helpers import MULTIPLY_STACKS, PORTIONS, RUN_KERNEL

_EXACT = {"contract"}  # what a compiler may do: no more than multiply and add in one instruction
_OF_NUMBERS = {"nnan", "nsz"}  # or take it that there is no NaN
_IN_ANY_ORDER = {"contract", "reassoc", "nsz"}  # or add in any order, as vector instructions do


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether kernels can be compiled and run here."""
    try:
        import numba  # noqa: F401
        import threadpoolctl  # noqa: F401
    except ImportError:
        return False
    return True


def compiled_kernels(kernels: Mapping[str, str]) -> dict[str, Any]:
    """What a function in fused code needs beside NumPy; its kernels are given by name as source."""
    import numba

    module: dict[str, Any] = {"np": np}
    for name, source in (*SOURCES.items(), *kernels.items()):
        exec(compile(source, f"<derived {name}>", "exec"), module)
        flags = _IN_ANY_ORDER if name in kernels else _OF_NUMBERS if name == LARGER else _EXACT
        module[name] = numba.njit(nogil=True, error_model="numpy", fastmath=flags)(module[name])
    own = {name: module[name] for name in kernels}
    return {RUN_KERNEL: _run, MULTIPLY_STACKS: multiply_stacks, PORTIONS: processors(), **own}


def _run(kernel: Callable[..., None], rows: int, *arguments: Any) -> None:
    """Run a kernel for all rows, in as many portions at a time as there are processors."""
    most = max(np.size(a) for a in arguments)
    in_portions(lambda portion, first, last: kernel(first, last, portion, *arguments), rows, most)
