"""Kernels as machine code: large arrays give what NumPy gives, and are refused as small ones are."""

import sys

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.forms import function as of_function
from derive.forms.arguments import CallError
from derive.forms.function import BackwardFunction
from derive.forms.numpy_sizes import arguments
from derive.forms.runtime import launch
from derive.language.load import load
from derive.steps.record import gradient_name
from tests.values import integer

SIZES = {
    "layernorm": {"N": 400, "D": 300}, "batchnorm2d": {"N": 20, "C": 3, "H": 50, "W": 40},
    "attention": {"N": 10, "L": 50, "S": 60, "d_k": 70, "d_v": 30}, "lstm": {"T": 7, "N": 150, "D": 60, "H": 90},
    "softmax": {"N": 500, "K": 300},
}  # fmt: skip


def given_to(name: str, sizes: dict[str, int]):
    system = load(name)
    backward = derive(system).backward
    rng = np.random.default_rng(5)
    values = {n: k for n, k in sizes.items() if n in system.sizes}
    found = {}
    for tensor in arguments(backward):
        shape = [integer(a.extent, values) for a in tensor.axes]
        shown = next((gradient_name(o) for o in system.outputs if tensor.name == f"d{o}_up"), tensor.name)
        found[shown] = rng.normal(size=shape) if shape else np.asarray(0.01)
    return found


def both(name: str, monkeypatch: pytest.MonkeyPatch, dtype: type = np.float64):
    """What NumPy gives, and what kernels give."""
    function = BackwardFunction(derive(load(name)))
    given = {n: a.astype(dtype) for n, a in given_to(name, SIZES[name]).items()}
    kernels = function(**given)
    monkeypatch.setattr(of_function, "available", lambda: False)
    return function(**given), kernels


def test_it_can_be_done_here() -> None:
    assert launch.available()


@pytest.mark.parametrize("name", SIZES)
def test_large_arrays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, kernels = both(name, monkeypatch)
    assert list(plain) == list(kernels)
    assert any(not np.array_equal(plain[n], kernels[n]) for n in plain)  # these are two ways indeed
    for tensor, expected in plain.items():
        scale = np.abs(expected).max()
        assert kernels[tensor].shape == expected.shape
        np.testing.assert_allclose(kernels[tensor], expected, rtol=0, atol=1e-12 * scale, err_msg=tensor)


def test_single_precision_stays_single(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, kernels = both("layernorm", monkeypatch, np.float32)
    assert {a.dtype for a in kernels.values()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(kernels["dx"], plain["dx"], rtol=0, atol=1e-5 * np.abs(plain["dx"]).max())


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["x", "dy", "gamma", "eps"])
def test_what_is_not_finite_is_refused(name: str, wrong: float) -> None:
    given = given_to("layernorm", SIZES["layernorm"])
    given[name] = given[name].copy()
    given[name].flat[-1] = wrong
    with pytest.raises(CallError, match=rf"{name}.* is {wrong}, expected a finite number"):
        BackwardFunction(derive(load("layernorm")))(**given)


def test_large_numbers_whose_sum_is_not_finite_are_not_refused() -> None:
    given = given_to("softmax", SIZES["softmax"])
    output = next(n for n in given if n.startswith("d"))
    given[output] = np.full_like(given[output], 1e307)
    BackwardFunction(derive(load("softmax")))(**given)


def test_arrays_that_lie_in_memory_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    function = BackwardFunction(derive(load("batchnorm2d")))
    given = given_to("batchnorm2d", SIZES["batchnorm2d"])
    turned = {n: np.array(a, order="F") for n, a in given.items()}
    expected, found = function(**given), function(**turned)
    np.testing.assert_allclose(found["dx"], expected["dx"], rtol=0, atol=1e-12 * np.abs(expected["dx"]).max())


@pytest.mark.parametrize(("elements", "with_library", "without"), [(100, 1, 1), (2**16, 2, 1), (2**19, 2, 2)])
def test_how_many_threads_do_a_kernel(
    elements: int, with_library: int, without: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    class Recorder:
        def run(self, kernel: object, rows: int, portions: int, *arguments: object) -> None:
            done.append(portions)

    monkeypatch.setattr(launch, "team", Recorder)
    monkeypatch.setattr(launch, "processors", lambda: 2)
    run_kernel = launch.compiled_kernels({})["run_kernel"]
    for there in (True, False):
        monkeypatch.setattr(launch, "installed", lambda there=there: there)
        run_kernel(None, 10, np.empty(elements - 10), 7, np.empty(10))
    assert done == [with_library, without]


def test_without_numba_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    launch.available.cache_clear()
    assert not launch.available()
    monkeypatch.undo()
    launch.available.cache_clear()
