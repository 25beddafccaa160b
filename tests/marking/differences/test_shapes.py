"""Values of another shape."""

import numpy as np
import pytest

from derive.marking.differences import shapes
from tests.marking.readings import axes_of, changed, derivation, readings


def sentence(layer: str, tensor: str, yours) -> str:
    found = changed(readings(layer, tensor), yours)
    return shapes.sentence(f"d{tensor}", axes_of(layer, tensor), derivation(layer).system, found)


@pytest.mark.parametrize(
    "layer, tensor, yours, said",
    [
        ("linear", "W", lambda r: r.right.T, "dW has shape (I, O); W has (O, I)"),
        ("linear", "b", lambda r: r.right[None], "db has shape (1, O); b has (O,)"),
        ("linear", "b", lambda r: np.ones((r.sizes["N"], r.sizes["O"])), "db has shape (N, O); b has (O,)"),
        ("linear", "b", lambda r: np.float64(2.0), "db is a single number; b has shape (O,)"),
        ("linear", "W", lambda r: r.right.ravel(), "dW has shape (I*O,); W has (O, I)"),
        ("dropout", "p", lambda r: r.right[None], "dp has shape (1,); p is a single number"),
        ("conv1d", "x", lambda r: r.right[..., : r.sizes["P"]], "dx has shape (N, C, P); x has (N, C, L)"),
        ("conv1d", "b", lambda r: np.ones((17, 3)), "db has shape (17, 3); b has (O,)"),
    ],
)
def test_shapes_are_said_in_the_sizes_of_the_layer(layer: str, tensor: str, yours, said: str) -> None:
    assert sentence(layer, tensor, yours) == said


def test_a_transpose_is_found_also_where_the_shapes_agree() -> None:
    found = changed(readings("rnn", "W_h"), lambda r: r.right.T)
    (swapped,) = shapes.transposed(found)
    assert all(np.array_equal(r.yours, r.right) for r in swapped)
    assert not list(shapes.transposed(readings("linear", "W")))


def test_a_sum_left_out_is_found() -> None:
    found = changed(readings("linear", "b"), lambda r: np.tile(r.right / r.sizes["N"], (r.sizes["N"], 1)))
    (fit,) = shapes.fitted(axes_of("linear", "b"), derivation("linear").system, found)
    assert fit.how == "summed over its axis of N it is right" and not fit.plain
    assert all(np.allclose(r.yours, r.right) for r in fit.readings)


def test_there_may_be_no_way_to_fit() -> None:
    found = changed(readings("linear", "b"), lambda r: np.ones(17))
    assert not list(shapes.fitted(axes_of("linear", "b"), derivation("linear").system, found))
