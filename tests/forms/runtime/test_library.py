"""The library's products are NumPy's, in each order of the numbers in memory."""

import numpy as np
import pytest

from derive.forms.runtime.library import installed, products, products_of_stacks
from derive.forms.runtime.team import processors, team

pytestmark = pytest.mark.skipif(not installed(), reason="MKL is not made for this machine")
RNG = np.random.default_rng(1)


def laid(order: str, shape: tuple[int, ...]) -> np.ndarray:
    """A random matrix that is (a part of) an array of rows, or of columns."""
    wide = RNG.normal(size=[n + 3 if "+" in order else n for n in shape])
    part = wide[tuple(slice(n) for n in shape)]
    return part if "C" in order else np.asfortranarray(wide)[tuple(slice(n) for n in shape)]


@pytest.mark.parametrize("left", ["C", "F", "C+", "F+"])
@pytest.mark.parametrize("right", ["C", "F", "C+", "F+"])
@pytest.mark.parametrize("shape", [(7, 5, 3), (1, 5, 3), (7, 1, 3), (7, 5, 1), (1, 1, 1), (40, 30, 20)])
@pytest.mark.parametrize("by_columns", [False, True])
def test_orders(left: str, right: str, shape: tuple[int, int, int], by_columns: bool) -> None:
    rows, common, columns = shape
    one, two = laid(left, (rows, common)), laid(right, (common, columns))
    out = RNG.normal(size=(rows, columns))
    expected = out + one @ two
    extent = columns if by_columns else rows
    team().run(products(1, False), extent, min(processors(), extent), by_columns, 1.0, out, one, two)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-13 * common)


def test_several_results_at_once() -> None:
    ones, twos = [RNG.normal(size=(9, 4 + k)) for k in range(3)], [RNG.normal(size=(4 + k, 2 + k)) for k in range(3)]
    outs = [np.full((9, 2 + k), np.nan) for k in range(3)]
    matrices = [m for three in zip(outs, ones, twos, strict=True) for m in three]
    team().run(products(3, False), 9, 1, False, 0.0, *matrices)
    for out, one, two in zip(outs, ones, twos, strict=True):
        np.testing.assert_allclose(out, one @ two, rtol=0, atol=1e-13)


def test_stacks_of_single_precision() -> None:
    one, two = (RNG.normal(size=(6, 4, 4)).astype(np.float32) for _ in range(2))
    out = np.empty((6, 4, 4), np.float32)
    team().run(products_of_stacks(True), 6, min(processors(), 6), out, one, two.transpose(0, 2, 1))
    np.testing.assert_allclose(out, one @ two.transpose(0, 2, 1), rtol=0, atol=1e-5)


def test_arrays_that_may_not_be_written_are_multiplied() -> None:
    one, two, out = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 5)), np.empty((3, 5))
    one.flags.writeable = two.flags.writeable = False
    team().run(products(1, False), 3, 1, False, 0.0, out, one, two)
    np.testing.assert_allclose(out, one @ two, rtol=0, atol=1e-13)
