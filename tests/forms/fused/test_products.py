"""Products of stacks are those of each pair of matrices."""

import numpy as np
import pytest

from derive.forms.fused.products import multiply_stacks

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(1,), (5,), (64,), (3, 4)])
@pytest.mark.parametrize("extents", [(2, 3, 4), (64, 64, 32)])
def test_each_pair(shape: tuple[int, ...], extents: tuple[int, int, int]) -> None:
    rows, common, columns = extents
    left, right = RNG.normal(size=(*shape, rows, common)), RNG.normal(size=(*shape, columns, common))
    found = multiply_stacks(left, np.swapaxes(right, -1, -2))
    expected = np.einsum("...ik,...jk->...ij", left, right)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_single_precision_stays_single() -> None:
    left, right = (RNG.normal(size=(2, 3, 3)).astype(np.float32) for _ in range(2))
    assert multiply_stacks(left, right).dtype == np.float32
