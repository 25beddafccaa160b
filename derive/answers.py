"""Marking in Python: the gradients of a function, as an assertion of the caller's own test suite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from derive.api import gradients
from derive.language.system import System
from derive.marking.assertion import assert_right


def assert_gradients(
    layer: str | Path | System,
    backward: Callable[..., Any],
    *,
    wrt: str | Sequence[str] | None = None,
    seed: int = 0,
    tensors: Callable[[Any], Any] | None = None,
    dtype: Any = None,
) -> None:
    """Raise AssertionError unless the gradients that ``backward`` gives back are right, at random points of many sizes.

    ``backward(x=…, W=…, dy=…) -> {"dx": …, "dW": …}`` is called with those arguments that it asks for by name: inputs,
    parameters, upstream gradients, sizes, and values of the forward pass.  It gets NumPy arrays in double precision;
    real ones of type ``dtype`` where that is given, and what ``tensors`` makes of them: ``tensors=torch.from_numpy``.
    ``wrt`` names the tensors whose gradients must be there: every parameter where it is not given, or every input where
    the layer has none.  What is given back besides is judged as well.  Raises LayerError for a layer or a tensor that
    does not exist.
    """
    __tracebackhide__ = True
    derivation = gradients(layer)
    required = () if wrt is None else (wrt,) if isinstance(wrt, str) else tuple(dict.fromkeys(wrt))
    for name in required:
        derivation[name]  # or UnknownNameError
    assert_right(derivation.record, backward, required, seed, tensors, dtype)
