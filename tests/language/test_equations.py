"""The left side of an equation, and the axes of what it defines."""

from typing import Any

import pytest

from derive.language.equations import define, line_of
from derive.language.errors import Fragment, LayerError
from derive.language.inference import tensors_of
from derive.language.integers import size_symbol
from derive.language.load import layer
from derive.language.scope import Scope
from tests.language.layers import SYSTEM

INPUTS = {t.name: t for t in (*SYSTEM.inputs, *SYSTEM.params)}
SCOPE = Scope(SYSTEM.indices, SYSTEM.sizes, INPUTS)


def read(*sources: str) -> dict[str, str]:
    """The equations in index form, by their left sides, with the axes found for new tensors."""
    lines = tuple(line_of(Fragment.of(source), SCOPE) for source in sources)
    scope = Scope(SYSTEM.indices, SYSTEM.sizes, tensors_of(lines, SCOPE))
    return {str(e.left): str(e.right) for e in (define(line, scope) for line in lines)}


def test_a_line_has_a_name_places_and_indices() -> None:
    line = line_of(Fragment.of("h[0, n, i] = h0[n,i]"), SCOPE)
    assert (line.name, [i.name for i in line.indices], line.free) == ("h", ["n", "i"], {"n", "i"})
    assert line.places[0] == 0 and line.right.text == "h0[n,i]"
    assert line_of(Fragment.of("g[T+1] = 0"), SCOPE).places == (size_symbol("T") + 1,)


def test_matrix_form_is_elaborated_to_index_form() -> None:
    assert read("h[0] = h0", "a[t] = x[t] @ W_x.T + h[t-1] @ W_h.T + b_h", "h[t] = tanh(a[t])") == {
        "h[0,n,i]": "h0[n,i]",
        "a[t,n,i]": "sum(x[t,n,j]*W_x[i,j], j) + sum(h[t-1,n,k]*W_h[i,k], k) + b_h[i]",
        "h[t,n,i]": "tanh(a[t,n,i])",
    }
    assert read("y = x[1] @ W_x.T") == {"y[n,i]": "sum(x[1,n,j]*W_x[i,j], j)"}
    assert read("s = v @ w") == {"s": "sum(v[i]*w[i], i)"}


def test_forms_may_be_mixed() -> None:
    assert read("y[n] = W_h @ h0[n]", "z[n,i] = y[n,i] + sum(W_h[i] * v)") == {
        "y[n,i]": "sum(W_h[i,k]*h0[n,k], k)",
        "z[n,i]": "y[n,i] + sum(W_h[i,k]*v[k], k)",
    }


def test_axes_that_would_share_a_name_get_another_with_the_same_range() -> None:
    assert read("G = h0.T @ h0") == {"G[i,k]": "sum(h0[n,i]*h0[n,k], n)"}
    with pytest.raises(LayerError, match="no index is left to name the axes of G"):
        read("G = h0 @ h0.T")


def test_the_order_of_lines_does_not_matter_for_axes() -> None:
    assert read("z = y + v", "y = W_h @ v") == {"z[i]": "y[i] + v[i]", "y[i]": "sum(W_h[i,k]*v[k], k)"}


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("y[n]", 1, "an equation has one = sign", "as in y[n,o] = ..."),
        ("y[n] = 1 = 2", 10, "an equation has one = sign", "a condition is written =="),
        ("y[n] == 1", 1, "an equation has one = sign", "as in y[n,o] = ..."),
        ("= 1", 1, "the left side is missing", "as in y[n,o] = ..."),
        ("y[n] =", 6, "the right side is missing", "as in y[n,o] = ..."),
        ("y[n,n] = 1", 5, "index n stands twice on the left", "write a condition [i == j] on the right instead"),
        (
            "y[n+1] = 1",
            3,
            "a place on the left is an index, or fixed",
            "as in h[t,n] or h[0,n]; shift the equation, so that it defines h[t,n]",
        ),
        (
            "y[tok[1]] = 1",
            3,
            "a place on the left is an index, or fixed",
            "as in h[t,n] or h[0,n]; shift the equation, so that it defines h[t,n]",
        ),
        (
            "y_[n] = 1",
            1,
            "'y_' cannot be the name of a tensor",
            "a name is letters and digits, with _ between; not a word of Python",
        ),
        ("y[z] = 1", 3, "unknown name z", ""),
        ("2*y[n] = 1", 1, "the left side of an equation is one element", "write it as y[n,o]"),
        (
            "y[n,i] = v[i] + b_h",
            17,
            "b_h has 1 index, here it has none: axis i is left over, and i is an index on the left already",
            "write b_h[i], or leave the same axes out on the left side",
        ),
        (
            "y[n,i] = x[1,n]",
            10,
            "x has 3 indices, here it has 2: axes (j) are left over, and index i stands on the left side only",
            "write x[t,n,j], or leave the same axes out on the left side",
        ),
    ],
)
def test_bad_lines_are_refused_at_their_place(source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        read(source)
    assert (caught.value.column, caught.value.message, caught.value.hint) == (column, message, hint)


def test_one_tensor_has_one_number_of_axes() -> None:
    with pytest.raises(LayerError) as caught:
        read("y[n] = 1", "y[n,i] = 2")
    assert caught.value.message == "y has 1 index, here it has 2"
    with pytest.raises(LayerError, match="y is defined at one place of its axis 1 only"):
        read("y[0,i] = 2")


def test_a_recurrence_in_matrix_form_without_a_base_case_says_how_to_tell_its_axes() -> None:
    with pytest.raises(LayerError) as caught:
        layer(indices="t=1..T  i,k:H", params="W[i,k]", equations="h[t] = W @ h[t-1]", output="h")
    assert "write all its indices on the left" in caught.value.hint


def test_an_equation_keeps_its_line() -> None:
    fields: dict[str, Any] = {"indices": "i:H", "inputs": "x[i]", "output": "y"}
    (equation,) = layer(**fields, equations="  y = f(x)  # why", options={"f": ["tanh"]}).equations
    assert (equation.line, str(equation.right)) == ("y = f(x)", "tanh(x[i])")
