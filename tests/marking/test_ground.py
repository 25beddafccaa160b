"""Places at which answers are held against the truth."""

import numpy as np
import pytest

from derive.marking.sides import conditions_of, sides_shown
from tests.marking.marks import ground_for


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("layer", ["linear", "rnn", "conv1d", "attention", "maxpool2d"])
def test_no_size_is_the_same_everywhere_and_no_two_sizes_are(layer: str, seed: int) -> None:
    ground = ground_for(layer, seed)
    sizes = [place.point.sizes for place in ground.places]
    for name in ground.system.sizes:
        assert len({s[name] for s in sizes}) > 1, name
    for one in ground.system.sizes:
        for other in ground.system.sizes:
            assert one == other or any(s[one] != s[other] for s in sizes)


def test_recurrences_are_long_and_short() -> None:
    lengths = [place.point.sizes["T"] for place in ground_for("rnn").places]
    assert 1 in lengths and 2 in lengths and max(lengths) > 5


def test_true_gradients_by_hand() -> None:
    place = ground_for("linear").places[0]
    x, dy = place.point.inputs["x"], place.point.upstream["y"]
    np.testing.assert_allclose(place.true("dW").array[..., 0], dy.T @ x, rtol=1e-12)
    assert place.scale("dW") > 0.0


def test_single_numbers_among_the_inputs() -> None:
    assert ground_for("layernorm").places[0].numbers.keys() == {"eps"}


def test_steps_are_numbered_as_on_the_page() -> None:
    ground = ground_for("linear")
    steps = ground.parts["dW"][0].steps
    assert [ground.numbers[id(step)] for step in steps][0].startswith("D")


def test_the_size_of_terms_is_a_number_where_a_tensor_has_corners_without_values() -> None:
    """``h[0,0]`` of a stack of recurrent layers is neither an input nor an initial state."""
    for place in ground_for("stacked_rnn").places:
        assert np.isfinite(place.scale("dh")) and place.scale("dh") > 0.0


@pytest.mark.parametrize("layer", ["conv1d", "maxpool1d", "conv2d", "maxpool2d", "conv_transpose2d"])
def test_windows_overlap_somewhere(layer: str) -> None:
    """Else nobody sees whether what comes from several windows is added up."""
    steps = [name for name in ground_for(layer).system.sizes if name[0] in "sd"]
    assert steps
    assert any(all(place.point.sizes[step] == 1 for step in steps) for place in ground_for(layer).places)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
@pytest.mark.parametrize("layer", ["hardswish", "huber", "prelu", "mlp"])
def test_conditions_on_values_are_true_and_false_somewhere(layer: str, seed: int) -> None:
    """Else nobody sees whether an answer heeds them: hardswish is quadratic for -3 < x < 3 and nowhere else."""
    ground = ground_for(layer, seed)
    conditions = conditions_of(ground.system)
    shown = {side for place in ground.places for side in sides_shown(conditions, place.reader)}
    assert conditions and shown == {(condition, side) for condition in conditions for side in (True, False)}
