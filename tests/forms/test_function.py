"""A derivation as a function: what it takes, what it gives back, at any sizes."""

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.forms import function
from derive.forms.function import BackwardFunction, compiled
from derive.language.load import layer, load

RNG = np.random.default_rng(7)
RNN = BackwardFunction(derive(load("rnn")))


def rnn_arguments(t, n, h, d, o):
    sizes = {"x": (t, n, d), "h0": (n, h), "target": (t, n, o), "W_x": (h, d), "W_h": (h, h), "b_h": h, "W_y": (o, h)}
    return {name: RNG.normal(size=size) for name, size in sizes.items()} | {"b_y": RNG.normal(size=o)}


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1), (1, 3, 2, 4, 5), (5, 2, 4, 3, 1), (9, 1, 3, 2, 2)])
def test_any_sizes_without_compiling_again(sizes):
    given = rnn_arguments(*sizes)
    found = RNN(**given)
    before = compiled.cache_info().misses
    assert all(found["d" + name].shape == array.shape for name, array in given.items())
    RNN(**rnn_arguments(2, 3, 4, 5, 6))
    assert compiled.cache_info().misses == before


def test_computed_tensors_come_over_their_declared_range():
    given = rnn_arguments(4, 3, 5, 2, 6)
    found = RNN(**given)
    assert found["h"].shape == (4, 3, 5)
    first = np.tanh(given["x"][0] @ given["W_x"].T + given["h0"] @ given["W_h"].T + given["b_h"])
    assert np.allclose(found["h"][0], first, rtol=1e-14)
    assert np.isclose(found["loss"], ((found["y"] - given["target"]) ** 2).sum(), rtol=1e-14)


def test_a_result_may_be_written_into_without_changing_an_argument():
    given = rnn_arguments(2, 2, 2, 2, 2)
    kept = {name: array.copy() for name, array in given.items()}
    for array in RNN(**given).values():
        if array.ndim:
            array[...] = 0.0
    assert all(np.array_equal(given[name], kept[name]) for name in given)


def test_results_share_no_memory() -> None:
    system = layer(
        indices="n:N", inputs="x[n]  w[n]", equations="a[n] = x[n]\nb[n] = a[n]\ny[n] = b[n] + w[n]", output="y"
    )
    whole = np.arange(10.0)
    given = {"x": whole[1:4], "w": whole[3:6], "dy": whole[9:6:-1]}
    arrays = [whole, *BackwardFunction(derive(system))(**given).values()]
    assert not any(np.shares_memory(a, b) for k, a in enumerate(arrays) for b in arrays[:k])


@pytest.mark.parametrize("equation", ["y[p,k] = x[k+p-1]", "y[p,k] = x[L+1-p]", "y[p,k] = x[p]"])
def test_windows_of_an_argument_are_copied(equation: str) -> None:
    system = layer(indices="p:P  k:K  i:L", sizes="P = L - K + 1", inputs="x[i]", equations=equation, output="y")
    x = np.arange(6.0)
    found = BackwardFunction(derive(system))(x=x, dy=np.ones((5, 2)))
    found["y"][:] = 7.0
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_the_upstream_gradient_of_an_output_that_is_read_inside():
    system = layer(
        title="Leaky", indices="t=1..T", inputs="x[t]", params="w[]",
        equations="h[0] = 0\nh[t] = w*h[t-1] + x[t]", output="h",
    )  # fmt: skip
    found = BackwardFunction(derive(system))(x=np.ones(3), w=0.5, dh=np.array([1.0, 0.0, 2.0]))
    assert found["h"].tolist() == [1.0, 1.5, 1.75]
    assert found["dx"].tolist() == [1.0 + 0.25 * 2.0, 0.5 * 2.0, 2.0]
    assert float(found["dw"]) == 2.0 * (1.5 + 0.5 * 1.0)


def test_single_precision_stays_single():
    given = {name: array.astype(np.float32) for name, array in rnn_arguments(3, 2, 2, 2, 2).items()}
    assert {a.dtype for a in RNN(**given).values()} == {np.dtype(np.float32)}


def test_the_source_stands_by_itself():
    module: dict = {}
    exec(RNN.source, module)
    given = rnn_arguments(3, 2, 4, 2, 5)
    assert np.array_equal(module["backward"](**given)["dW_h"], RNN(**given)["dW_h"])


def test_an_integer_without_indices():
    system = layer(indices="n:N", inputs="x[n] k[]", integers="k", equations="y[n] = [n != k]*x[n]", output="y")
    found = BackwardFunction(derive(system))(x=np.ones(3), k=2, dy=np.array([4.0, 5.0, 6.0]))
    np.testing.assert_array_equal(found["dx"], [4.0, 0.0, 6.0])


def test_what_overflows_beside_a_guard_that_is_false_is_not_mentioned():
    bent = layer(indices="n:N", inputs="x[n]", equations="y[n] = [x[n] <= 0]*exp(x[n])", output="y")
    found = BackwardFunction(derive(bent))(x=np.array([-1.0, 1000.0]), dy=np.ones(2))
    np.testing.assert_allclose(found["dx"], [np.exp(-1.0), 0.0])


def test_large_calls_take_integers_in_any_byte_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "_LARGE", 0)
    embedding = BackwardFunction(derive(load("embedding", padding="true")))
    rows, pad = np.array([[1, 0, 1]]), np.array(1)
    reals = {"W": RNG.normal(size=(3, 2)), "dy": RNG.normal(size=(1, 3, 2))}
    turned = rows.dtype.newbyteorder()
    want = embedding(tok=rows, pad=pad, **reals)
    got = embedding(tok=rows.astype(turned), pad=pad.astype(turned), **reals)
    assert all(np.allclose(got[name], want[name], rtol=1e-14) for name in want)


@pytest.mark.parametrize(("n", "telling"), [(3, {"x": "y", "W": "y", "dy": "db"}), (90, {"x": "dW", "dy": "db"})])
def test_a_result_is_looked_at_instead_of_an_argument_that_is_twice_as_large(n, telling):
    linear = BackwardFunction(derive(load("linear")))
    shapes = {"x": (n, 80), "W": (20, 80), "b": 20, "dy": (n, 20)}
    arguments = linear._signature.checked({name: RNG.normal(size=shape) for name, shape in shapes.items()})
    assert linear._telling(arguments) == telling
    made, totals = linear._fused(frozenset(telling))
    assert set(totals) == {"x", "W", "dy"} - set(telling)
    assert all((f"{name}_total" in made.source) == (name in totals) for name in arguments.arrays)
