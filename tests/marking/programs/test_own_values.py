"""A point at chosen values: sizes off the shapes, the truth there, and where the values lie on a kink."""

import numpy as np
import pytest

import derive
from derive.language.errors import LayerError
from derive.marking.ground import Place
from derive.marking.programs.callers import call_of
from derive.marking.programs.own_values import OwnValues, largest_of, on_a_kink
from tests.marking.program_texts import ground


def own(layer: str, **arrays: object) -> OwnValues:
    names = tuple(call_of(ground(layer).system, ground(layer).places[0].point).given)
    return OwnValues.of(ground(layer).derivation, names, {n: np.asarray(a) for n, a in arrays.items()})


RNG = np.random.default_rng(0)
LINEAR = {"x": RNG.normal(size=(4, 3)), "W": RNG.normal(size=(2, 3)), "b": np.ones(2), "dy": RNG.normal(size=(4, 2))}


def test_sizes_are_read_off_shapes() -> None:
    values = own("linear", **LINEAR)
    assert values.arguments.sizes == {"N": 4, "I": 3, "O": 2} and not values.is_large


@pytest.mark.parametrize("layer", ["linear", "rnn", "lstm", "conv1d", "cross_entropy", "dropout"])
def test_the_truth_at_the_values_of_a_point_is_that_of_the_point(layer: str) -> None:
    place = ground(layer).places[0]
    values = own(layer, **call_of(ground(layer).system, place.point).given)
    there, derived = Place(ground(layer).derivation, values.point()), values.gradients()
    for name in map("d{}".format, ground(layer).derivation.wrt):
        np.testing.assert_allclose(there.true(name).array, place.true(name).array, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(derived[name].sum(), place.true(name).array.sum(), rtol=1e-9, atol=1e-9)


def test_single_precision_is_computed_in_double() -> None:
    values = own("linear", **{name: array.astype(np.float32) for name, array in LINEAR.items()})
    assert values.gradients()["dW"].dtype == np.float64


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"W": None, "w": 1.0}, "W is not among the arrays, and is needed\ndid you mean w?"),
        ({"W": np.ones((2, 4))}, "W has shape (2, 4), expected (O, I)"),
        ({"x": np.full((4, 3), np.nan)}, "x[0, 0] is nan, expected a finite number"),
    ],
)
def test_what_does_not_fit(change: dict[str, object], told: str) -> None:
    with pytest.raises(LayerError) as caught:
        own("linear", **{n: a for n, a in {**LINEAR, **change}.items() if a is not None})
    assert str(caught.value).startswith(told)


def test_large_values_are_known_to_be() -> None:
    large = {"x": np.ones((50, 60)), "W": np.ones((70, 60)), "b": np.ones(70), "dy": np.ones((50, 70))}
    assert own("linear", **large).is_large


def test_kinks_are_found_on_both_sides() -> None:
    values = own("relu", x=[[0.0, 1.0, -1.0], [1e-12, 0.0, 1e-3]], dy=np.ones((2, 3)))
    kinks = on_a_kink(1.0, values.moved(1e-7)["dx"])
    np.testing.assert_array_equal(kinks, [[True, False, False], [True, True, False]])


def test_ties_are_found() -> None:
    values = own("maxpool1d", x=[[[1.0, 1.0, 0.0, 3.0, 2.0]]], s=2, K=2, q=0, d=1, dy=np.ones((1, 1, 2)))
    kinks = on_a_kink(1.0, values.moved(1e-7)["dx"])
    np.testing.assert_array_equal(kinks, [[[True, True, False, False, False]]])


def test_smooth_gradients_hardly_move() -> None:
    values = own("linear", **LINEAR)
    assert all(0 < far.max() < 1e-5 for name, far in values.moved(1e-7).items() if name != "y")


def test_the_largest_value() -> None:
    assert largest_of({"x": np.array([1.0, -3.0]), "n": 7, "tok": np.array([9])}) == 3.0
    assert largest_of({"n": 7}) == 0.0


def test_derived_functions_are_those_of_the_derivation() -> None:
    found = own("linear", **LINEAR).gradients()
    for name, array in derive.gradients("linear").function()(**LINEAR).items():
        np.testing.assert_array_equal(found[name], array)
