"""Layers whose samples do not meet, computed a portion at a time."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import derive
from derive.forms.numpy_code import code
from derive.forms.numpy_portions import Cut, cut_of, in_portions
from derive.language.load import layer
from derive.language.system import System
from derive.steps.record import gradient_name
from tests.forms.compare import drawn

CUT = {
    "layernorm": ("x", 0, {"dgamma", "dbeta", "deps"}),  # samples
    "batchnorm2d": ("x", 1, {"deps"}),  # channels
    "linear": ("x", 0, {"dW", "db"}),
    "attention": ("Q", 0, set()),
    "conv2d": ("x", 0, {"dW", "db"}),
}


def cut(system: System) -> Cut | None:
    return cut_of(system, system.all_equations)


@pytest.mark.parametrize("name", CUT)
def test_where_layers_are_cut(name: str) -> None:
    found = cut(derive.gradients(name).record.backward)
    tensor, axis, totals = CUT[name]
    assert found is not None
    assert found.axes[tensor] == axis
    assert found.totals == totals


@pytest.mark.parametrize("name", [*CUT, "rmsnorm", "groupnorm", "maxpool2d", "softmax", "dropout"])
def test_portions_give_what_the_whole_gives(name: str) -> None:
    record = derive.gradients(name).record
    found = cut(record.backward)
    assert found is not None
    returns = [gradient_name(n) for n in record.wrt] + [
        t.name for t in record.system.tensors.values() if t.kind == "computed"
    ]
    made = code(record.backward, returns)
    sizes = {size: max(least, 1) + 3 + k for k, (size, least) in enumerate(record.system.lower.items())}
    sizes |= {s: 1 for s in sizes if s[0] in "sdqk"}
    values = drawn(record.backward, sizes, 1, (1.0,))
    namespace: dict[str, Any] = {}
    exec(made.source, namespace)

    def function(**arrays: Any) -> Mapping[str, Any]:
        with np.errstate(all="ignore"):
            named = {made.tensors[n]: a for n, a in arrays.items()}
            return dict(namespace["backward"](**named, **{p: values.sizes[n] for n, p in made.sizes.items()}))

    arrays = {n: np.asarray(values.arrays[n]) for n in made.tensors}
    whole, parts = function(**arrays), in_portions(function, found, arrays, 1)
    assert parts is not None and set(parts) == set(whole)
    for result in whole:
        np.testing.assert_allclose(parts[result], whole[result], rtol=1e-11, atol=1e-12, err_msg=result)


@pytest.mark.parametrize(
    "equations",
    [
        "y[n] = x[n] - mean(x[m], m)",  # a sample meets the others
        "y[n] = x[n]/N",  # the number of samples counts
        "s = sum(x[n], n)\ny[n] = s*u[n]",  # a total that is read
        "y[n] = [n <= 2]*x[n]",  # places count
        "y[n] = sum(x[m]*u[m], m)**2*u[n]",  # no total
        "y[n] = softmax(x[n], n)",
        "y[n] = x[n]*A[n,n]",
        "y[n] = x[n]*sum(A[n,m], m)",  # another axis of the same size
    ],
)
def test_what_cannot_be_cut(equations: str) -> None:
    system = layer(title="Whole", indices="n,m:N", inputs="x[n]  u[n]  A[n,m]", equations=f"{equations}", output="y")
    assert cut(system) is None


def test_few_numbers_are_no_portions() -> None:
    found = cut(derive.gradients("linear").record.backward)
    assert found is not None
    assert in_portions(dict, found, {"x": np.ones((5, 3)), "dy": np.ones((5, 2))}, 8) is None
