"""The axes of new tensors, told by their left sides and by what is left on the right."""

import pytest

from derive.language.equations import Line, line_of
from derive.language.errors import Fragment, LayerError
from derive.language.inference import tensors_of
from derive.language.load import layer
from derive.language.scope import Scope
from derive.language.system import System
from tests.language.layers import SYSTEM

INPUTS = {t.name: t for t in (*SYSTEM.inputs, *SYSTEM.params)}
SCOPE = Scope(SYSTEM.indices, SYSTEM.sizes, INPUTS)


def axes(*sources: str) -> dict[str, str]:
    """The axes of the tensors that the lines define."""
    lines: list[Line] = [line_of(Fragment.of(source), SCOPE) for source in sources]
    return {n: "".join(a.name for a in t.axes) for n, t in tensors_of(lines, SCOPE).items() if n not in INPUTS}


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["y[n,o] = 1"], {"y": "no"}),
        (["y = W_h @ v"], {"y": "i"}),
        (["y[t] = x[t] @ W_x.T"], {"y": "tni"}),
        (["s = v @ w"], {"s": ""}),
        (["z = y", "y = W_h"], {"z": "ik", "y": "ik"}),
        # recurrences: by a base case, by the terms that need nothing unknown, or by the left side
        (["h[0] = h0", "h[t] = tanh(h[t-1] @ W_h.T)"], {"h": "tni"}),
        (["h[0] = 0", "h[t] = tanh(x[t] @ W_x.T + h[t-1] @ W_h.T)"], {"h": "tni"}),
        (["h[T+1] = 0", "a[t] = b_h + W_h @ h[t+1]", "h[t] = tanh(a[t])"], {"h": "ti", "a": "ti"}),
        (["h[0,i] = 0", "h[t,i] = sum(W_h[i,k]*h[t-1,k], k)"], {"h": "ti"}),
        (["h[t,i] = [t > 1]*h[t-1,i] + v[i]"], {"h": "ti"}),
        (["c[0] = 0", "h[0] = 0", "h[t] = c[t]*tanh(W_h @ h[t-1])", "c[t] = c[t-1] + h[t-1] + b_h"],
         {"c": "ti", "h": "ti"}),
    ],
)  # fmt: skip
def test_axes(sources: list[str], found: dict[str, str]) -> None:
    assert axes(*sources) == found


def test_the_order_of_tensors_is_that_of_the_lines() -> None:
    assert list(axes("z = y", "y = W_h", "a = z")) == ["z", "y", "a"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("y[n,i] = v[i] + b_h", "axis i is left over, and i is an index on the left already"),
        ("y[n,i] = x[1,n]", "axes (j) are left over, and index i stands on the left side only"),
        ("G = h0 @ h0.T", "no index is left to name the axes of G"),
        ("y[0] = 1", "y is defined at one place of its axis 1 only"),
    ],
)
def test_forgotten_indices_are_refused(source: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        axes(source)
    assert message in caught.value.message


def recurrent(equations: str) -> System:
    return layer(
        indices="t=1..T  n:N  i,k:H  j:D",
        inputs="x[t,n,j]",
        params="W[i,j]  U[i,k]  b[i]",
        equations=equations,
        output="h",
    )


def test_one_recurrence_in_two_forms_is_one_system() -> None:
    matrix = recurrent("h[0] = 0; h[t] = tanh(x[t] @ W.T + h[t-1] @ U.T + b)")
    index = recurrent("h[0,n,i] = 0; h[t,n,i] = tanh(sum(x[t,n,j]*W[i,j], j) + sum(h[t-1,n,k]*U[i,k], k) + b[i])")
    assert [(e.left, e.right, e.indices) for e in matrix.equations] == [
        (e.left, e.right, e.indices) for e in index.equations
    ]
