"""Arrays with compact axes: what is absent counts as often as its index has values."""

from __future__ import annotations

import numpy as np

from derive.checking import arrays

RNG = np.random.default_rng(3)


def test_a_sum_over_an_absent_index_multiplies():
    value = RNG.normal(size=(4, 1))  # over the outer index alone
    np.testing.assert_allclose(arrays.summed(value, [3, 2], 1), 6 * value)
    kept = RNG.normal(size=(2, 1, 4, 1))  # over the second bound index and the outer one
    np.testing.assert_allclose(arrays.summed(kept, [3, 2], 1), 3 * kept.sum(axis=(0, 1)))


def test_a_guard_silences_what_is_undefined_beside_it():
    factor = np.array([[np.nan], [np.inf], [2.0]])
    guard = np.array([[0.0], [0.0], [1.0]])
    np.testing.assert_array_equal(arrays.product([factor], [guard]), [[0.0], [0.0], [2.0]])


def test_sums_of_large_products_are_those_of_the_full_product():
    a = RNG.normal(size=(30, 1, 20, 1))
    b = RNG.normal(size=(25, 20, 1))
    guard = (RNG.random(size=(30, 25, 1, 1)) > 0.3).astype(float)
    undefined = np.where(guard != 0, RNG.normal(size=(30, 25, 1, 1)), np.nan)
    full = np.where(guard != 0, a * b * undefined, 0.0).sum(axis=(0, 1))
    assert a.size * 25 > arrays._PLAIN / 2
    np.testing.assert_allclose(arrays.sum_of_products([a, b, undefined], [guard], [25, 30], 1), full, rtol=1e-12)


def test_an_undefined_factor_beside_no_guard_stays_undefined():
    a = RNG.normal(size=(30, 1, 40, 1))
    b = np.full((25, 40, 1), np.nan)
    assert np.isnan(arrays.sum_of_products([a, b], [], [25, 30], 1)).all()


def test_flattening_puts_the_first_index_slowest():
    value = np.arange(6.0).reshape(3, 2, 1)  # the inner index (3 values) stands first
    np.testing.assert_array_equal(arrays.flattened(value, [2, 3], 0)[:, 0], [0, 2, 4, 1, 3, 5])


def test_softmax_stays_finite_for_large_values_and_minus_infinity():
    share = arrays.softmax(np.array([[1000.0], [1000.0], [-np.inf]]))
    np.testing.assert_array_equal(share[:, 0], [0.5, 0.5, 0.0])
