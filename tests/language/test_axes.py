"""Matrix form means what NumPy means by it: every expression is compared with NumPy's own value."""

import itertools
from typing import Any

import numpy as np
import pytest

from derive.language.errors import LayerError
from derive.language.expr import Index
from derive.language.load import layer
from derive.language.parser import parse_onto, parse_value
from derive.language.scope import Scope
from derive.language.system import Tensor
from tests.values import integer, value

SIZES = {"B": 2, "N": 3, "D": 4, "H": 5}
_SYSTEM_FIELDS: dict[str, Any] = {"indices": "b:B  n,m:N  i,j:D  o:H  u=0..D-1"}


def scope() -> Scope:
    inputs = "x[n,i] y[n,o] W[o,i] M[n,m] X[b,n,i] Z[b,i,m] v[i] w[j] c[o] g[u] tau[]"
    system = layer(**_SYSTEM_FIELDS, inputs=inputs, equations="s[n] = x[n] @ v", output="s")
    return Scope(system.indices, (*system.sizes, *system.derived), system.tensors)


SCOPE = scope()
RANDOM = np.random.default_rng(3)
ARRAYS = {
    name: RANDOM.uniform(0.5, 1.5, [integer(a.extent, SIZES) for a in tensor.axes])
    for name, tensor in SCOPE.tensors.items()
}


def by_index(name: str) -> Any:
    """A tensor as a function of its places."""
    lows = [integer(a.low, SIZES) for a in SCOPE.tensors[name].axes]
    return lambda *places: float(ARRAYS[name][tuple(p - low for p, low in zip(places, lows, strict=True))])


def evaluated(source: str, **numbers: int) -> Any:
    """The array that a text in matrix form stands for, element by element."""
    read = parse_value(source, SCOPE)
    tensors = {name: by_index(name) for name in SCOPE.tensors}
    ranges = [range(integer(a.low, SIZES), integer(a.high, SIZES) + 1) for a in read.axes]
    values = [
        value(read.expr, {**SIZES, **numbers, **{a.name: p for a, p in zip(read.axes, places, strict=True)}}, tensors)
        for places in itertools.product(*ranges)
    ]
    return np.array(values).reshape([len(r) for r in ranges])


@pytest.mark.parametrize(
    "source",
    [
        "x @ W.T",
        "x @ W.T + c",
        "(W @ x.T).T",
        "(x.T @ y)",
        "(x.T @ y).T @ x.T",
        "x @ v",
        "v @ v",
        "v @ x.T",
        "X @ v",
        "X @ W.T",
        "v @ Z",
        "X @ Z",
        "M @ X @ Z",
        "x * v",
        "x * v + tau",
        "X * x",
        "tau / x - v",
        "x ** 2",
        "2 ** v",
        "-x + x.T.T",
        "X.T",
        "M.T @ M * M",
        "x @ W.T @ W @ v",
        "x @ g",
        "g + v",
        "tau * 2 + 1",
    ],
)
def test_operators_are_numpy_s(source: str) -> None:
    np.testing.assert_allclose(evaluated(source), eval(source, {}, dict(ARRAYS)), rtol=1e-12)  # our own texts


_NUMPY = {
    "outer(v, c)": lambda a: np.outer(a["v"], a["c"]),
    "diag(v) @ w": lambda a: np.diag(a["v"]) @ a["w"],
    "diag(c) @ W": lambda a: np.diag(a["c"]) @ a["W"],
    "exp(x) / tanh(x)": lambda a: np.exp(a["x"]) / np.tanh(a["x"]),
    "sum(x)": lambda a: a["x"].sum(),
    "mean(X)": lambda a: a["X"].mean(),
    "prod(v)": lambda a: a["v"].prod(),
    "max(x)": lambda a: a["x"].max(),
    "logsumexp(x)": lambda a: np.log(np.exp(a["x"]).sum(axis=-1)),
    "softmax(x)": lambda a: np.exp(a["x"]) / np.exp(a["x"]).sum(axis=-1, keepdims=True),
    "softmax(x, n)": lambda a: np.exp(a["x"]) / np.exp(a["x"]).sum(axis=0, keepdims=True),
    "argmax(x)": lambda a: np.eye(4)[a["x"].argmax(axis=-1)],
    "sum(x, n)": lambda a: a["x"].sum(axis=0),
    "sum(x, i)": lambda a: a["x"].sum(axis=1),
    "max(X, n, b)": lambda a: a["X"].max(axis=(0, 1)),
    "sum(outer(x[n], y[n]), n)": lambda a: a["x"].T @ a["y"],
    "sum(x[n] * v, n)": lambda a: (a["x"] * a["v"]).sum(axis=0),
    "sum(x * v * tau, n) @ w": lambda a: (a["x"] * a["v"] * a["tau"]).sum(axis=0) @ a["w"],
    "[x > 1] * x": lambda a: (a["x"] > 1) * a["x"],
    "[v < 1, w < 1] * v": lambda a: (a["v"] < 1) * (a["w"] < 1) * a["v"],
    "sum(sum(X[b], b) @ v, n)": lambda a: (a["X"].sum(axis=0) @ a["v"]).sum(),
    "cross_entropy(x, v)": lambda a: -a["v"] * np.log(a["x"]),
}


@pytest.mark.parametrize("source", _NUMPY)
def test_functions_are_numpy_s(source: str) -> None:
    np.testing.assert_allclose(evaluated(source), _NUMPY[source](ARRAYS), rtol=1e-12)


def test_an_element_stands_for_the_axes_that_are_left() -> None:
    np.testing.assert_allclose(evaluated("X[b]", b=2), ARRAYS["X"][1])
    np.testing.assert_allclose(evaluated("X[b, n]", b=1, n=3), ARRAYS["X"][0, 2])
    np.testing.assert_allclose(evaluated("(X @ v)[b] + c[o]", b=2, o=4), ARRAYS["X"][1] @ ARRAYS["v"] + ARRAYS["c"][3])
    np.testing.assert_allclose(evaluated("W.T[i] @ c", i=2), ARRAYS["W"][:, 1] @ ARRAYS["c"])
    np.testing.assert_allclose(evaluated("g[i-1] + v[i]", i=3), ARRAYS["g"][2] + ARRAYS["v"][2])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x @ W", "@ sums axis i of (n, i) against axis o of (o, i)"),
        ("x + c", "axes (o) do not fit axes (n, i)"),
        ("x * x.T", "axes (i, n) do not fit axes (n, i)"),
        ("tau @ x", "@ needs an axis on each side; the left side has axes ()"),
        ("v @ tau", "@ needs an axis on each side; the right side has axes ()"),
        ("outer(x, v)", "outer takes two vectors; one argument has axes (n, i)"),
        ("diag(x)", "diag takes a vector; here are axes (n, i)"),
        ("X @ X", "@ sums axis i of (b, n, i) against axis n of (b, n, i)"),
        ("exp(x) + y", "axes (n, o) do not fit axes (n, i)"),
    ],
)
def test_axes_that_do_not_fit_are_named(source: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        parse_value(source, SCOPE)
    assert message in caught.value.message


def test_extents_agree_by_the_definitions_of_sizes() -> None:
    system = layer(
        indices="i=0..L-K  p=0..P-1  u=0..K-1",
        sizes="P = L - K + 1",
        inputs="a[i]  b[p]  c[u]",
        equations="s = a @ b",
        output="s",
    )
    assert str(system.equations[0].right) == "sum(a[i]*b[i], i)"
    with pytest.raises(LayerError, match="do not have the same range"):
        layer(indices="i:L  u:K", inputs="a[i]  c[u]", equations="s = a @ c", output="s")


def test_bound_indices_get_declared_names_where_there_is_one() -> None:
    def printed(source: str, *names: str) -> str:
        return str(parse_onto(source, SCOPE, [SCOPE.indices[n] for n in names]))

    assert printed("x @ W.T", "n", "o") == "sum(x[n,i]*W[o,i], i)"
    assert printed("M @ M", "n", "m") == "sum(M[n,m_2]*M[m_2,m], m_2)"
    assert printed("M @ x", "m", "i") == "sum(M[m,n]*x[n,i], n)"
    assert printed("softmax(x)", "n", "i") == "softmax(x[n,i], i)"
    assert printed("x / sum(x)", "n", "i") == "x[n,i]/sum(x[m,j], m, j)"
    assert printed("g", "i") == "g[i-1]"


def test_a_place_holder_remembers_the_name_of_its_axis() -> None:
    axes = parse_value("x.T", SCOPE).axes
    assert [type(a) for a in axes] == [Index, Index]
    assert [a.name.split("~")[0] for a in axes] == ["i", "n"]
    assert all(isinstance(t, Tensor) for t in SCOPE.tensors.values())
