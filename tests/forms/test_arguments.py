"""Arguments of a call that do not fit: each is told by name, with what would be right."""

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.forms.arguments import CallError, elements, unsure
from derive.forms.function import BackwardFunction
from derive.language.load import layer, load

RNG = np.random.default_rng(3)
LINEAR = BackwardFunction(derive(load("linear")))
CONV = BackwardFunction(derive(load("conv2d")))
EMBEDDING = BackwardFunction(derive(load("embedding")))
ABSTRACT = BackwardFunction(derive(load("rnn", f="f")))


def linear(**changed):
    given = {"x": RNG.normal(size=(3, 4)), "W": RNG.normal(size=(5, 4)), "b": RNG.normal(size=5), "dy": np.ones((3, 5))}
    return given | changed


def conv(**changed):
    settings = {"s_h": 1, "s_w": 1, "d_h": 1, "d_w": 1, "q_h": 0, "q_w": 0}
    given = {"x": np.ones((2, 3, 5, 6)), "W": np.ones((4, 3, 2, 2)), "b": np.ones(4), "dy": np.ones((2, 4, 4, 5))}
    return given | settings | changed


def refused(function, given, *parts):
    with pytest.raises(CallError) as caught:
        function(**given)
    for part in parts:
        assert part in str(caught.value), str(caught.value)


def test_what_fits_is_computed():
    assert LINEAR(**linear())["dW"].shape == (5, 4)
    assert CONV(**conv())["dx"].shape == (2, 3, 5, 6)


def test_names():
    refused(LINEAR, linear(w=1), "unknown argument w", "W")
    refused(LINEAR, {k: v for k, v in linear().items() if k != "dy"}, "missing argument dy")
    refused(CONV, {k: v for k, v in conv().items() if not k.startswith("s_")}, "missing argument s_h, s_w")


def test_shapes():
    refused(LINEAR, linear(dy=np.ones((3, 4))), "dy has shape (3, 4), expected (N, O) = (3, 5)")
    refused(LINEAR, linear(W=np.ones(5)), "W has shape (5,), expected 2 axes (O, I)")
    refused(LINEAR, linear(W=np.ones((5, 7))), "W has shape (5, 7), expected (O, I) = (5, 4)")
    refused(CONV, conv(dy=np.ones((2, 4, 4, 4))), "dy has shape", "expected (N, O, P_h, P_w) = (2, 4, 4, 5)")


def test_values():
    x = np.ones((3, 4))
    x[1, 2] = np.nan
    refused(LINEAR, linear(x=x), "x[1, 2] is nan, expected a finite number")
    refused(LINEAR, linear(b=np.full(5, np.inf)), "b[0] is inf")


def test_types():
    refused(LINEAR, linear(x=np.ones((3, 4), complex)), "x has type complex128")
    refused(LINEAR, linear(x=[["a"] * 4] * 3), "x has type <U1")
    refused(LINEAR, linear(x=[[1.0], [1.0, 2.0]]), "x is not an array")
    assert LINEAR(**linear(x=np.ones((3, 4), int)))["dW"].dtype == np.float64


def test_sizes():
    refused(CONV, conv(s_h=0), "s_h is 0, expected 1 at least")
    refused(CONV, conv(q_h=-1), "q_h is -1, expected 0 at least")
    refused(CONV, conv(s_w=1.5), "s_w is a size, expected a whole number")
    refused(CONV, conv(d_h=9), "P_h = ", "expected 1 at least")


def test_constraints_on_sizes():
    window = layer(
        indices="i=0..L-1  u=0..K-1  p=0..P-1", sizes="P = (L + 2*q - K)//s + 1", inputs="x[i]", outside="x = 0",
        equations="y[p] = sum(x[s*p+u-q], u)", output="y", assume="K >= 2*q; L % 2 == 1",
    )  # fmt: skip
    given = {"x": np.ones(5), "K": 2, "s": 1, "q": 1, "dy": np.ones(6)}
    function = BackwardFunction(derive(window))
    assert function(**given)["dx"].tolist() == [2.0] * 5
    refused(function, given | {"q": 2, "dy": np.ones(8)}, "K is 2 and q is 2, expected K >= 2*q")
    refused(function, given | {"x": np.ones(4), "dy": np.ones(5)}, "L is 4, expected L%2 == 1")


def test_integers_that_index():
    given = {"tok": np.array([[0, 1], [2, 1]]), "W": np.ones((3, 4)), "dy": np.ones((2, 2, 4))}
    assert EMBEDDING(**given)["dW"][1, 0] == 2
    refused(EMBEDDING, given | {"tok": given["tok"].astype(float)}, "tok holds integers", "float64")
    refused(EMBEDDING, given | {"tok": np.array([[0, 1], [3, 1]])}, "tok[1, 0] is 3, expected 0 to 2")


def test_abstract_functions_come_with_their_derivative():
    sizes = {"x": (2, 3, 2), "h0": (3, 4), "target": (2, 3, 1), "W_x": (4, 2), "W_h": (4, 4), "b_h": 4, "W_y": (1, 4)}
    given = {name: RNG.normal(size=size) for name, size in sizes.items()} | {"b_y": RNG.normal(size=1)}
    refused(ABSTRACT, given, "missing argument f, f_prime")
    refused(ABSTRACT, given | {"f": np.tanh, "f_prime": 1}, "f_prime is a function")
    same = ABSTRACT(**given, f=np.tanh, f_prime=lambda x: 1 - np.tanh(x) ** 2)
    known = BackwardFunction(derive(load("rnn")))(**given)
    assert all(np.allclose(same[name], known[name]) for name in known)


def test_how_many_elements():
    count = elements(load("conv2d").tensors["x"])
    assert count({"N": 2, "C": 3, "L_h": 5, "L_w": 7}) == 210
    assert elements(load("layernorm").tensors["eps"])({}) == 1


def test_a_sum_that_overflows_does_not_say_that_an_array_is_finite():
    arrays = {"a": np.ones((2, 3)), "b": np.array([1.0, np.nan]), "c": np.full(2, 1e308), "d": np.float64(np.inf)}
    assert unsure(arrays) == ["b", "c", "d"]
    assert LINEAR(**linear(x=np.full((3, 4), 1e308)))["db"].shape == (5,)
