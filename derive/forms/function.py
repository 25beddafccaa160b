"""A derivation as a function of NumPy arrays: forward and backward pass, compiled once, for any sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from derive.forms.arguments import Arguments, Array, Count, Signature, elements, unsure
from derive.forms.fused.prepare import softmax_in_parts, with_totals
from derive.forms.fused.witnesses import witnesses
from derive.forms.layout import laid_out
from derive.forms.numpy_code import Code, code
from derive.forms.runtime.launch import available, compiled_kernels, for_this_machine
from derive.steps.record import Derivation, gradient_name

_LARGE = 100_000  # elements of all arguments together, from which on kernels pay that take a second or two to compile
_TYPES = (np.dtype(np.float32), np.dtype(np.float64))  # of numbers that kernels take


class BackwardFunction:
    """``fn(x=…, W_h=…, dy=…) -> {"y": …, "dW_h": …}``: a call computes the forward and the backward pass.

    Arrays have their axes in the order of the indices and the range that the layer declares; sizes are read off their
    shapes.  Sizes in no shape are passed by name (``s=2``), an abstract function as ``f`` and ``f_prime``, the upstream
    gradient of an output ``y`` as ``dy``.  The result holds every computed tensor by name, ``loss`` where there is one,
    and the gradients.  Raises CallError (a ValueError) where an argument does not fit.

    Where the extra ``fast`` is installed, large arrays go through fused kernels that are compiled at the first call.
    """

    def __init__(self, derivation: Derivation) -> None:
        system = derivation.system
        computed = [t.name for t in system.tensors.values() if t.kind == "computed"]
        gradients = [gradient_name(name) for name in derivation.wrt]
        self._system, self._returns = derivation.backward, tuple(dict.fromkeys((*computed, *gradients)))
        self._code = code(self._system, self._returns)
        self._signature = Signature(derivation.backward, tuple(self._code.functions))
        self._fused_beside: dict[frozenset[str], tuple[Code, Mapping[str, str]]] = {}

    def _fused(self, told: frozenset[str] = frozenset()) -> tuple[Code, Mapping[str, str]]:
        """The function for large arrays, which gives back sums of arguments too, by these names.

        Not of those of which a result tells (``told``).  There is another for another set of them.
        """
        if told not in self._fused_beside:
            system, totals = with_totals(softmax_in_parts(self._system), told)
            self._fused_beside[told] = code(system, (*self._returns, *totals.values()), fused=True), totals
        return self._fused_beside[told]

    @cached_property
    def _witnesses(self) -> Mapping[str, Mapping[str, Count]]:
        """By the name of an argument: results that are not finite if it is not, and how many elements they have."""
        found = witnesses(self._system, self._returns)
        counts = {r: elements(self._system.tensors[r]) for known in found.values() for r in known}
        return {name: {r: counts[r] for r in known} for name, known in found.items()}

    def _telling(self, arguments: Arguments) -> dict[str, str]:
        """By the name of an argument: the result that is looked at instead, as it has half the elements at most."""
        telling: dict[str, str] = {}
        for name, known in self._witnesses.items():
            least, result = min((count(arguments.sizes), result) for result, count in known.items())
            if 2 * least <= arguments.arrays[name].size:
                telling[name] = result
        return telling

    @property
    def source(self) -> str:
        """The NumPy source, which stands by itself."""
        return laid_out(self._code.source)

    def __call__(self, /, **given: Any) -> dict[str, Array]:
        arguments = self._signature.checked(given)
        if not (_is_large(arguments) and available()):
            self._signature.check_finite(arguments.arrays)
            return _apart(_called(self._code, arguments), arguments)
        telling = self._telling(arguments)
        fused, totals = self._fused(frozenset(telling))
        telling |= totals
        self._signature.check_finite({n: a for n, a in arguments.arrays.items() if n not in telling})
        found = _called(fused, arguments)
        wrong = unsure({result: found[result] for result in telling.values()})
        self._signature.check_finite({n: arguments.arrays[n] for n, result in telling.items() if result in wrong})
        return _apart({name: found[name] for name in self._returns}, arguments)


def _called(code: Code, arguments: Arguments) -> dict[str, Any]:
    """What a function of NumPy arrays gives back."""
    arrays = {code.tensors[name]: array for name, array in arguments.arrays.items()}
    sizes = {keyword: arguments.sizes[name] for name, keyword in code.sizes.items()}
    functions = {keyword: arguments.functions[f] for f, keyword in code.functions.items()}
    function = compiled(code.source, code.name, None if code.kernels is None else tuple(code.kernels.items()))
    with _arithmetic():
        return function(**arrays, **sizes, **functions)


def _is_large(arguments: Arguments) -> bool:
    """Whether a call may use kernels, and it pays."""
    arrays = arguments.arrays.values()
    real = [a for a in arrays if a.dtype.kind == "f"]
    fits = all(a.dtype in _TYPES for a in real) and all(a.dtype.isnative for a in arrays)
    return fits and sum(a.size for a in real) >= _LARGE


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


def _apart(found: Mapping[str, Any], arguments: Arguments) -> dict[str, Array]:
    """Results as arrays of their own, views neither of an argument nor of each other: a caller may write into them."""
    by_owner: dict[int, list[Array]] = {}  # an owner of memory, and the arrays there
    for array in arguments.arrays.values():
        by_owner.setdefault(id(_owner(array)), []).append(array)
    own: dict[str, Array] = {}
    for name, value in found.items():
        array = np.asarray(value)
        others = by_owner.setdefault(id(_owner(array)), [])
        own[name] = array.copy() if any(np.may_share_memory(array, a) for a in others) else array
        others.append(array)
    return own


def _owner(array: Any) -> Any:
    """What an array is a view of in the end, or itself; between windows and their array stands what is no array."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


@lru_cache(maxsize=256)
def compiled(
    source: str, name: str, kernels: tuple[tuple[str, str], ...] | None = None
) -> Callable[..., dict[str, Any]]:
    """The function that generated source defines; if it is fused code, with the kernels it calls, by name.

    The names in it come from the parser and are identifiers.
    """
    _keep_freed_memory()
    module: dict[str, Any] = {}
    if kernels is not None:
        module, source = compiled_kernels(dict(kernels)), for_this_machine(source)
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
