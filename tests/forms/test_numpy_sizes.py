"""Sizes are read off shapes where these tell them, and named by the caller where they do not."""

import numpy as np

from derive.calculus.sweep import derive
from derive.forms.numpy_code import source
from derive.forms.numpy_sizes import arguments, sizes_of
from derive.language.load import layer, load


def test_a_size_in_a_shape_is_read_off_it() -> None:
    sizes = sizes_of(derive(load("linear")).backward)
    assert sizes.named == ()
    assert {f.name: (f.tensor, f.axis) for f in sizes.from_shapes} == {"N": ("x", 0), "I": ("x", 1), "O": ("W", 0)}


def test_what_no_shape_tells_is_named() -> None:
    assert set(sizes_of(derive(load("conv2d")).backward).named) == {"s_h", "s_w", "d_h", "d_w", "q_h", "q_w"}


def test_an_extent_is_solved_for_its_size() -> None:
    system = layer(title="Extents", indices="i=0..T  j=1..2*H  k=1..T+H-q", inputs="x[i,j]  z[k]",
                   equations="y = sum(x[i,j], i, j) + sum(z[k], k)*q", output="y")  # fmt: skip
    found = {f.name: f for f in sizes_of(system).from_shapes}
    assert found["T"].rest == 1
    assert found["H"].coefficient == 2
    assert found["q"].coefficient == -1
    namespace: dict = {}
    text = source(derive(system).backward, ["y", "dx"])
    exec(text, namespace)
    result = namespace["backward"](x=np.ones((4, 6)), z=np.ones(4), dy=np.array(2.0))
    assert float(result["y"]) == 24 + 4 * 2
    assert "T = x.shape[0] - 1" in text


def test_arguments_go_inputs_first_then_parameters_then_gradients_from_above() -> None:
    assert [t.name for t in arguments(derive(load("conv2d")).backward)] == ["x", "W", "b", "dy"]
