"""A derivation as a function of NumPy arrays: forward and backward pass, compiled once, for any sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np

from derive.forms.arguments import Array, Signature
from derive.forms.layout import laid_out
from derive.forms.numpy_code import code
from derive.steps.record import Derivation, gradient_name


class BackwardFunction:
    """``fn(x=…, W_h=…, dy=…) -> {"y": …, "dW_h": …}``: a call computes the forward and the backward pass.

    Arrays have their axes in the order of the indices and the range that the layer declares; sizes are read off their
    shapes.  Sizes in no shape are passed by name (``s=2``), an abstract function as ``f`` and ``f_prime``, the upstream
    gradient of an output ``y`` as ``dy``.  The result holds every computed tensor by name, ``loss`` where there is one,
    and the gradients.  Raises CallError (a ValueError) where an argument does not fit.
    """

    def __init__(self, derivation: Derivation) -> None:
        system = derivation.system
        computed = [t.name for t in system.tensors.values() if t.kind == "computed"]
        gradients = [gradient_name(name) for name in derivation.wrt]
        self._code = code(derivation.backward, tuple(dict.fromkeys((*computed, *gradients))))
        self._signature = Signature(derivation.backward, tuple(self._code.functions))

    @property
    def source(self) -> str:
        """The NumPy source, which stands by itself."""
        return laid_out(self._code.source)

    def __call__(self, /, **given: Any) -> dict[str, Array]:
        arguments = self._signature.checked(given)
        arrays = {self._code.tensors[name]: array for name, array in arguments.arrays.items()}
        sizes = {keyword: arguments.sizes[name] for name, keyword in self._code.sizes.items()}
        functions = {keyword: arguments.functions[f] for f, keyword in self._code.functions.items()}
        function = compiled(self._code.source, self._code.name)
        with _arithmetic():
            found = function(**arrays, **sizes, **functions)
        return _apart(found, list(arrays.values()))


@contextmanager
def _arithmetic() -> Iterator[None]:
    """NumPy as generated code wants it: beside a guard that is false anything may come out.

    And where operands are laid out unlike, few elements are copied at a time.  By itself NumPy takes 8192, and so
    copies rows that are repeated, such as a bias, instead of reading them again, which takes twice as long.
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        before = np.setbufsize(256)
        try:
            yield
        finally:
            np.setbufsize(before)


def _apart(found: Mapping[str, Any], others: list[Array]) -> dict[str, Array]:
    """Results as arrays of their own, views neither of an argument nor of each other: a caller may write into them."""
    own: dict[str, Array] = {}
    for name, value in found.items():
        array = np.asarray(value)
        own[name] = array.copy() if any(np.may_share_memory(array, a) for a in others) else array
        others.append(own[name])
    return own


@lru_cache(maxsize=256)
def compiled(source: str, name: str) -> Callable[..., dict[str, Any]]:
    """The function that generated source defines.  The names in it come from the parser and are identifiers."""
    _keep_freed_memory()
    module: dict[str, Any] = {}
    exec(compile(source, f"<derived {name}>", "exec"), module)
    return module[name]  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _keep_freed_memory() -> None:
    """Have large arrays that are freed kept for the next call.

    The allocator of glibc gives large blocks back to the system and fetches them anew, which costs more than the
    arithmetic on them.  It stops doing so for blocks smaller than the largest that it has seen freed, up to 32 MB.
    The array here is never touched, so it takes no memory.
    """
    np.empty(31 * 2**20, np.uint8)
