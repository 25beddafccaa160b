import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.forward import run
from derive.checking.spots import small_sizes, spots
from derive.forms.function import BackwardFunction
from derive.language.load import catalogue, layer, load


@pytest.mark.parametrize("name", ["linear", "rnn", "maxpool2d", "cross_entropy", "embedding"])
def test_values_are_those_of_the_backward_pass_at_the_inputs_that_are_shown(name: str) -> None:
    derivation = derive(load(name))
    found = spots(derivation)
    assert found is not None
    system = derivation.system
    shapes = {str(a.extent) for t in system.tensors.values() if t.kind != "computed" for a in t.axes}
    others = {n: v for n, v in found.sizes.items() if n in system.sizes and n not in shapes}
    result = BackwardFunction(derivation)(**found.inputs, **others)
    for part, *_ in derivation.gradients.values():
        lows = [int(i.low) for i in part.indices]
        for spot in found.values[id(part)]:
            if spot.left.name in result:
                place = tuple(int(k) - low for k, low in zip(spot.left.index, lows, strict=True))
                assert result[spot.left.name][place] == pytest.approx(spot.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", catalogue())
def test_inputs_are_few_and_have_few_digits(name: str) -> None:
    derivation = derive(load(name))
    found = spots(derivation)
    assert found is not None
    assert sum(np.size(array) for array in found.inputs.values()) < 200
    for array in found.inputs.values():
        assert np.array_equal(np.round(array, 2), array) and np.isfinite(array).all()
    values = [spot for part in found.values.values() for spot in part]
    assert values and any(spot.value for spot in values)


def test_what_is_assumed_of_an_input_holds_of_the_rounded_one() -> None:
    found = spots(derive(load("cross_entropy")))
    assert found is not None
    assert np.allclose(found.inputs["target"].sum(axis=1), 1.0, rtol=1e-15)


def test_sizes_satisfy_what_the_layer_asks() -> None:
    system = load("maxpool2d")
    for sizes in small_sizes(system):
        assert all(c.holds(sizes) for c in system.constraints) and min(sizes.values()) >= 1


def test_another_seed_gives_other_values() -> None:
    derivation = derive(load("linear"))
    one, same, other = (spots(derivation, seed) for seed in (0, 0, 1))
    assert one is not None and same is not None and other is not None
    assert all(np.array_equal(one.inputs[n], same.inputs[n]) for n in one.inputs)
    assert one.inputs.keys() == other.inputs.keys()
    assert not all(np.array_equal(one.inputs[n], other.inputs[n]) for n in one.inputs)


def test_of_a_layer_that_has_no_value_there_are_no_spots() -> None:
    never = layer(indices="i:I", inputs="x[i]", equations="y[i] = log(-x[i]**2)", output="y")
    assert spots(derive(never)) is None


def test_the_forward_pass_is_that_of_the_rounded_inputs() -> None:
    derivation = derive(load("relu"))
    found = spots(derivation)
    assert found is not None
    inputs = {n: a for n, a in found.inputs.items() if n in derivation.system.tensors}
    y = run(derivation.system, inputs, found.sizes)["y"].array[..., 0]
    assert np.array_equal(y, np.maximum(found.inputs["x"], 0.0))


def test_a_mask_may_have_zeros() -> None:
    found = spots(derive(load("dropout")))
    assert found is not None and set(found.inputs["m"].flat) == {0.0, 1.0}
