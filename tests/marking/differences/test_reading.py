"""When a value counts as equal to the right one."""

from dataclasses import replace

import numpy as np
import pytest

from derive.marking.differences.reading import Reading, equal, error, largest, unequal

RIGHT = np.random.default_rng(0).uniform(0.2, 1.2, (10, 100))


def reading(yours: np.ndarray, right: np.ndarray = RIGHT, scale: float = 1.0) -> Reading:
    return Reading(yours, right, scale, {})


@pytest.mark.parametrize("factor", [1e-200, 1e-6, 1.0, 1e6, 1e200])
def test_one_entry_of_a_thousand_is_seen_at_any_scale(factor: float) -> None:
    yours = RIGHT.copy()
    yours[3, 7] *= 1.01
    found = unequal(reading(factor * yours, factor * RIGHT, factor), 1e-9)
    assert np.argwhere(found).tolist() == [[3, 7]]
    assert equal(reading(factor * RIGHT * (1 + 1e-11), factor * RIGHT, factor), 1e-9)


def test_an_entry_that_is_small_beside_others_is_seen_too() -> None:
    right = RIGHT.copy()
    right[0, 0] = 1e-9
    yours = right.copy()
    yours[0, 0] *= 1.01
    assert not equal(reading(yours, right), 1e-9)


def test_rounding_of_terms_that_cancel_is_no_difference() -> None:
    assert equal(reading(RIGHT + 1e-10, RIGHT, scale=1e6), 1e-9)
    assert not equal(reading(RIGHT + 1e-8, RIGHT, scale=1e3), 1e-9)


@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
def test_a_zero_gradient_is_judged_by_its_terms(scale: float) -> None:
    zero = np.zeros((2, 3))
    assert equal(reading(zero + 1e-14 * scale, zero, scale), 1e-9)
    assert not equal(reading(zero + 1e-3 * scale, zero, scale), 1e-9)
    assert not equal(reading(zero + 1e-300, zero, 0.0), 1e-9)
    assert equal(reading(zero, zero, 0.0), 1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
def test_what_is_not_a_number_differs(bad: float) -> None:
    yours = RIGHT.copy()
    yours[9, 99] = bad
    assert np.argwhere(unequal(reading(yours), 1e-9)).tolist() == [[9, 99]]


def test_an_entry_with_no_right_value_is_not_judged() -> None:
    right = RIGHT.copy()
    right[0, 0] = np.nan
    assert equal(reading(RIGHT, right), 1e-9)


def test_single_precision_is_given_its_rounding() -> None:
    single = reading((RIGHT + 1e-3 - 1e-3).astype(np.float32))
    assert not equal(single, 1e-9)
    assert equal(replace(single, precision=float(np.finfo(np.float32).eps)), 1e-9)


def test_errors_are_relative_to_the_largest_right_entry() -> None:
    assert error(reading(2 * RIGHT)) == pytest.approx(1.0)
    assert error(reading(np.full_like(RIGHT, np.nan))) == np.inf
    assert error(reading(RIGHT)) == 0.0
    assert largest(np.array([1.0, np.nan, -3.0, np.inf])) == 3.0


@pytest.mark.parametrize("scale", [np.nan, np.inf])
def test_terms_of_unknown_size_excuse_nothing(scale: float) -> None:
    assert not equal(reading(2 * RIGHT, RIGHT, scale), 1e-9)
    assert equal(reading(RIGHT, RIGHT, scale), 1e-9)
