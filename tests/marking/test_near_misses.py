"""Near misses are seen, at any scale and in single precision; what is right is right there too."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pytest

from derive.forms.function import BackwardFunction
from derive.language.load import catalogue
from derive.marking.check import mark_text
from derive.marking.ground import Ground
from derive.marking.programs.callers import call_of
from derive.marking.programs.functions import mark_function
from derive.marking.programs.given_arrays import mark_arrays
from derive.marking.record import Marking
from tests.marking.corpus import Case

Arrays = dict[str, np.ndarray]
TYPES = [np.float64, np.float32]


def ground_of(layer: str, **options: str) -> Ground:
    return Case(layer, layer, options=options).ground(0)


def wrong(marking: Marking) -> list[str]:
    return [line.name for line in marking.lines if line.verdict == "wrong"]


SLOPE = "1/2*(1 + tanh({u})) + 1/2*x*(1 - tanh({u})**2)*sqrt(2/pi)*(1 + 3*0.044715*x**2)"
TANH_GELU = "dx = dy*(" + SLOPE.format(u="sqrt(2/pi)*(x + 0.044715*x**3)") + ")"
ERF_GELU = "dx = dy*(1/2*(1 + erf(x/sqrt(2))) + x*exp(-x**2/2)/sqrt(2*pi))"


@pytest.mark.parametrize("seed", range(3))
def test_the_gelu_that_is_approximated_is_another_one(seed: int) -> None:
    exact = Case("gelu", "gelu").ground(seed)
    approximate = Case("gelu", "gelu", options={"approximate": "tanh"}).ground(seed)
    assert mark_text(exact, ERF_GELU).ok and not mark_text(exact, TANH_GELU).ok
    assert mark_text(approximate, TANH_GELU).ok and not mark_text(approximate, ERF_GELU).ok


def batchnorm(unbiased: bool, dtype: type) -> Arrays:
    """A batch of 300 and its gradients, by the variance with N or with N - 1 below the line."""
    rng, n = np.random.default_rng(3), 300
    x, dy = rng.normal(size=(2, n, 7)).astype(dtype)
    gamma, beta = rng.normal(size=(2, 7)).astype(dtype)
    eps = dtype(1e-5)
    r = 1 / np.sqrt(x.var(0, ddof=int(unbiased)) + eps)
    x_hat = (x - x.mean(0)) * r
    mean = (dy * x_hat).sum(0) / dtype(n - unbiased)
    dx = gamma * r * (dy - dy.mean(0) - x_hat * mean)
    given = {"x": x, "gamma": gamma, "beta": beta, "eps": np.asarray(eps), "dy": dy}
    return {**given, "dx": dx, "dgamma": (dy * x_hat).sum(0), "dbeta": dy.sum(0)}


@pytest.mark.parametrize("dtype", TYPES)
def test_the_unbiased_variance_of_a_large_batch(dtype: type) -> None:
    ground = ground_of("batchnorm1d")
    assert mark_arrays(ground, batchnorm(False, dtype)).ok
    assert wrong(mark_arrays(ground, batchnorm(True, dtype))) == ["dx", "dgamma"]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("seed", range(3))
def test_one_entry_of_a_thousand_off_by_a_hundredth(dtype: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, W, b, dy = (rng.normal(size=s).astype(dtype) for s in ((6, 40), (25, 40), (25,), (6, 25)))
    given = {"x": x, "W": W, "b": b, "dy": dy}
    dW = dy.T @ x
    middle = int(np.argsort(np.abs(dW), axis=None)[dW.size // 2])
    assert mark_arrays(ground_of("linear"), {**given, "dW": dW}).ok
    dW.flat[middle] *= dtype(1.01)
    (line,) = mark_arrays(ground_of("linear"), {**given, "dW": dW}).lines
    assert line.verdict == "wrong" and line.difference is not None
    assert [entry.place for entry in line.difference.entries] == [(middle // 40 + 1, middle % 40 + 1)]


@pytest.mark.parametrize("layer", ["linear", "conv1d", "batchnorm1d", "attention", "rnn"])
@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e200])
def test_scaled_outputs_change_no_verdict(layer: str, scale: float) -> None:
    ground = ground_of(layer)
    given = dict(call_of(ground.system, ground.places[0].point).given)
    given |= {f"d{name}": scale * given[f"d{name}"] for name in ground.system.outputs}
    found = function(layer)(**given)
    gradients = {name: array for name, array in found.items() if name in ground.parts}
    assert mark_arrays(ground, {**given, **gradients}).ok
    for name in gradients:
        off = {**gradients, name: gradients[name] * (1 + 1e-4)}
        assert wrong(mark_arrays(ground, {**given, **off})) == [name]


@cache
def function(layer: str, **options: str) -> BackwardFunction:
    return BackwardFunction(ground_of(layer, **options).derivation)


def taking_what_it_takes(layer: str) -> Callable[..., Mapping[str, np.ndarray]]:
    """The program's own backward pass, called with all that is known at a point."""
    ground = ground_of(layer)
    call = call_of(ground.system, ground.places[0].point)

    def backward(**arrays: np.ndarray) -> Mapping[str, np.ndarray]:
        found = function(layer)(**{name: arrays[name] for name in (*call.given, *call.functions)})
        return {name: array for name, array in found.items() if name in ground.parts}

    return backward


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("layer", catalogue())
def test_vectorized_code_is_right_within_its_precision(layer: str, dtype: type) -> None:
    marking = mark_function(ground_of(layer), taking_what_it_takes(layer), dtype=dtype)
    assert marking.ok, [(line.name, line.difference) for line in marking.lines if line.verdict == "wrong"]
