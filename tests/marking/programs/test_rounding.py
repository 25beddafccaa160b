"""How far right code may be off in each precision."""

import numpy as np
import pytest

import derive
from derive.marking.differences.reading import DOUBLE, ROUNDING
from derive.marking.ground import ground_of
from derive.marking.programs.callers import call_of
from derive.marking.programs.functions import mark_function
from derive.marking.programs.rounding import SINGLE, Rounding, full_function, single_scales, size_of
from tests.marking.program_texts import ground, line_of


def test_the_function_gives_back_gradients_in_between() -> None:
    place = ground("rnn").places[0]
    found = full_function(ground("rnn").derivation)(**call_of(ground("rnn").system, place.point).given)
    np.testing.assert_allclose(found["da"], place.true("da").array[..., 0], rtol=1e-9)


def test_the_size_of_a_gradient_that_is_rounding_is_that_of_the_others() -> None:
    found = {"dx": np.array([1e-17]), "dW": np.array([-4.0, 1.0]), "y": np.array([9.0])}
    assert (size_of("dx", found), size_of("dW", found)) == (4.0, 4.0)


@pytest.mark.parametrize("layer", ["linear", "batchnorm1d", "lstm", "transformer_block"])
def test_what_is_allowed_in_single_precision_is_little(layer: str) -> None:
    rounding = Rounding(ground(layer), SINGLE)
    for name in map("d{}".format, ground(layer).derivation.wrt):
        largest = max(float(np.abs(place.true(name).array).max()) for place in ground(layer).places)
        allowed = ROUNDING * SINGLE * rounding.scale(name, 0)
        assert allowed < 1e-3 * max(largest, 1.0)


def test_in_double_precision_it_is_that_of_the_terms() -> None:
    place = ground("batchnorm1d").places[1]
    assert Rounding(ground("batchnorm1d"), DOUBLE).scale("dx", 1) == place.scale("dx")


def test_a_kink_that_is_crossed_is_no_rounding() -> None:
    def function(x: np.ndarray) -> dict[str, np.ndarray]:
        near = np.abs(x) < 1e-3
        return {"dx": np.where(near & (x.dtype == np.float32), 1.0, 0.0) + x}

    scales = single_scales(function, {"x": np.array([1e-9, 0.7, 1.0])})
    assert 0 < ROUNDING * SINGLE * scales["dx"] < 1e-4


@pytest.mark.parametrize("layer", ["batchnorm1d", "layernorm", "attention", "lstm"])
def test_wrong_code_in_single_precision_is_refused(layer: str) -> None:
    function, names = derive.gradients(layer).function(), derive.gradients(layer).wrt

    def backward(**given: np.ndarray) -> dict[str, np.ndarray]:
        place = next(p for p in own.places if all(given[n] == size for n, size in p.point.sizes.items()))
        found = function(**{name: given[name] for name in call_of(own.system, place.point).given})
        return {f"d{name}": found[f"d{name}"] * (1.001 if name == names[0] else 1.0) for name in names}

    own = ground_of(derive.gradients(layer).record)
    marking = mark_function(own, backward, dtype=np.float32)
    assert line_of(marking, f"d{names[0]}").verdict == "wrong"
    assert {line.verdict for line in marking.lines if line.name != f"d{names[0]}"} == {"right"}
