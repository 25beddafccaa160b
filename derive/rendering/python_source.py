"""Values as Python source: what the templates of a notebook's code call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


def array(value: NDArray[np.float64]) -> str:
    """An array as source, with all its digits."""
    if np.ndim(value) == 0:
        return repr(np.asarray(value).item())
    with np.printoptions(floatmode="unique", threshold=10**9, linewidth=100):
        rows = np.array2string(np.asarray(value), separator=", ", prefix="    np.array(")
    return f"np.array({rows})"


def names(several: Sequence[str]) -> str:
    """Names as source."""
    return "(" + ", ".join(map(repr, several)) + ("," if len(several) == 1 else "") + ")"


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType({"array": array, "names": names, "literal": repr})
