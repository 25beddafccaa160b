"""Constant factors and their names."""

from dataclasses import replace

import numpy as np
import pytest

from derive.marking.differences.ratio import ratio
from derive.marking.differences.reading import Reading
from tests.marking.readings import TOLERANCE, changed, derivation, readings

SIZES = {
    "linear": ("W", ["N", "1/N", "sqrt(I)", "1/sqrt(O)", "N*O", "1/(N*O)", "(N-1)/N", "N/(N-1)", "2/(N*O)", "N**2"]),
    "conv2d": ("W", ["K_h*K_w", "1/(K_h*K_w)", "1/(P_h*P_w)", "N*P_h*P_w"]),
    "rnn": ("W_h", ["T", "N*T", "1/T", "sqrt(T)"]),
}
CASES = [(layer, tensor, name) for layer, (tensor, names) in SIZES.items() for name in names]


def value(name: str, reading: Reading) -> float:
    given = {**reading.sizes, **reading.numbers, "sqrt": np.sqrt}
    return float(eval(name, {}, given))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("layer, tensor, name", CASES)
def test_a_factor_is_named_in_the_sizes_of_the_layer(layer: str, tensor: str, name: str, sign: int) -> None:
    found = changed(readings(layer, tensor), lambda r: sign * value(name, r) * r.right)
    said = ratio(derivation(layer).system, found, TOLERANCE)
    assert said.startswith("-") == (sign < 0)
    assert [value(said, r) for r in found] == pytest.approx([sign * value(name, r) for r in found])
    assert len(said) <= len(name) + (sign < 0)


@pytest.mark.parametrize("name", ["p", "1 - p", "1/(1 - p)", "p/(1 - p)", "1/p"])
def test_a_factor_is_named_in_the_numbers_of_the_layer(name: str) -> None:
    found = changed(readings("dropout", "x"), lambda r: value(name, r) * r.right)
    assert ratio(derivation("dropout").system, found, TOLERANCE) == name


@pytest.mark.parametrize("name", ["-1", "2", "1/2", "-3/4", "sqrt(2)", "-1/sqrt(2)", "0.3713", "1.00001", "0"])
def test_a_number_that_is_the_same_at_all_points_is_given_as_it_is(name: str) -> None:
    found = changed(readings("linear", "W"), lambda r: value(name, r) * r.right)
    assert ratio(derivation("linear").system, found, TOLERANCE) == name


def test_a_factor_without_a_name_is_not_named() -> None:
    numbers = iter([0.3713, 0.1234, 0.777])
    found = changed(readings("linear", "W"), lambda r: next(numbers) * r.right)
    assert ratio(derivation("linear").system, found, TOLERANCE) == ""


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_the_scale_does_not_matter(scale: float) -> None:
    found = [
        replace(r, yours=scale * r.sizes["N"] * r.right, right=scale * r.right, scale=scale * r.scale)
        for r in readings("linear", "W")
    ]
    assert ratio(derivation("linear").system, found, TOLERANCE) == "N"


def test_what_is_no_multiple_has_no_factor() -> None:
    system = derivation("linear").system
    assert ratio(system, changed(readings("linear", "W"), lambda r: r.right + 0.1), TOLERANCE) == ""
    assert ratio(system, changed(readings("linear", "W"), lambda r: np.full_like(r.right, np.nan)), TOLERANCE) == ""


def test_a_single_entry_off_is_no_multiple() -> None:
    def but_one(reading: Reading) -> np.ndarray:
        yours = -reading.right
        yours.flat[0] *= 1.0001
        return yours

    assert ratio(derivation("linear").system, changed(readings("linear", "W"), but_one), TOLERANCE) == ""
