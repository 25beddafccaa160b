"""Products are those that NumPy makes, with the library and without it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.forms.runtime import products as under_test
from derive.forms.runtime.products import add_products, multiply, multiply_stacks

RNG = np.random.default_rng(3)
WAYS = ["as it is", "turned", "reversed", "spread", "within records", "off its boundary", "one row again", "read only"]
sizes = st.integers(0, 9)


@pytest.fixture(params=["as installed", "NumPy"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "NumPy":
        monkeypatch.setattr(under_test, "installed", lambda: False)


def lying(way: str, values: np.ndarray) -> np.ndarray:
    """The values as an array that lies in memory in another way."""
    match way:
        case "turned":
            return np.asfortranarray(values)
        case "reversed":
            return values[::-1, ::-1].copy()[::-1, ::-1]
        case "spread":
            wide = np.zeros([2 * n for n in values.shape], values.dtype)
            wide[::2, ::2] = values
            return wide[::2, ::2]
        case "within records":
            records = np.zeros(len(values), [("tag", "i1"), ("row", values.dtype, values.shape[1:])])
            records["row"] = values
            return records["row"]
        case "off its boundary":
            found = np.empty(values.nbytes + 1, np.uint8)[1:].view(values.dtype).reshape(values.shape)
            found[...] = values
            return found
        case "one row again":
            return np.broadcast_to(values[:1], values.shape) if len(values) else values
        case "read only":
            values.flags.writeable = False
    return values


@given(sizes, sizes, sizes, st.sampled_from(WAYS), st.sampled_from(WAYS), st.sampled_from("df"), st.sampled_from("df"))
def test_matrices(rows: int, common: int, columns: int, one: str, two: str, first: str, second: str) -> None:
    left = lying(one, RNG.normal(size=(rows, common)).astype(first))
    right = lying(two, RNG.normal(size=(common, columns)).astype(second))
    out, found = RNG.normal(size=(rows, columns)).astype(np.result_type(left, right)), multiply(left, right)
    expected = left @ right
    assert found.dtype == expected.dtype
    tolerance = 1e-5 if found.dtype.char == "f" else 1e-13
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)
    added = out + expected
    add_products((out, left, right))
    np.testing.assert_allclose(out, added, rtol=0, atol=tolerance)
    assert multiply(left, right, out=out) is out
    np.testing.assert_allclose(out, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("shapes", [((5,), (5,)), ((5,), (5, 3)), ((3, 5), (5,)), ((2, 3, 5), (5, 4))])
def test_vectors_and_stacks(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    left, right = (RNG.normal(size=shape) for shape in shapes)
    np.testing.assert_allclose(multiply(left, right), left @ right, rtol=1e-13)


def test_large_matrices_in_portions_by_rows_and_by_columns() -> None:
    for rows, columns in ((300, 80), (80, 300)):
        left, right = RNG.normal(size=(rows, 90)), RNG.normal(size=(90, columns))
        np.testing.assert_allclose(multiply(left, right), left @ right, rtol=0, atol=1e-11)


def test_results_within_a_larger_array() -> None:
    whole = RNG.normal(size=(4, 6, 9))
    before, left, right = whole.copy(), RNG.normal(size=(6, 5)), RNG.normal(size=(5, 7))
    add_products((whole[2, :, 1:8], left, right), (whole[3, ..., :7], left, right), (whole[2, :, 1:8], left, right))
    before[2, :, 1:8] += 2 * left @ right
    before[3, :, :7] += left @ right
    np.testing.assert_allclose(whole, before, rtol=0, atol=1e-13)


def test_results_without_unit_stride_and_numbers() -> None:
    out, left, right = np.zeros((6, 7), order="F"), RNG.normal(size=(6, 5)), RNG.normal(size=(5, 7))
    add_products((out, left, right))
    np.testing.assert_allclose(out, left @ right, rtol=0, atol=1e-13)
    numbers = np.ones(3)
    add_products((numbers[1, ...], left[0], left[0]))
    np.testing.assert_allclose(numbers, [1, 1 + left[0] @ left[0], 1], rtol=1e-13)


def test_terms_that_cannot_go_together() -> None:
    one, two = np.zeros((4, 4)), np.zeros((3, 4))
    left, right = RNG.normal(size=(4, 5)), RNG.normal(size=(5, 4))
    add_products((two, left[:3], right), (one, left, right))
    np.testing.assert_allclose(one[:3], two, rtol=1e-13)
    np.testing.assert_allclose(one, left @ right, rtol=1e-13)


@pytest.mark.parametrize("shape", [(0,), (1,), (5,), (64,), (3, 4)])
@pytest.mark.parametrize("extents", [(2, 3, 4), (2, 0, 4), (64, 64, 32)])
def test_stacks(shape: tuple[int, ...], extents: tuple[int, int, int]) -> None:
    rows, common, columns = extents
    left, right = RNG.normal(size=(*shape, rows, common)), RNG.normal(size=(*shape, columns, common))
    found = multiply_stacks(left, np.swapaxes(right, -1, -2))
    expected = np.einsum("...ik,...jk->...ij", left, right)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_stacks_that_lie_in_memory_in_another_order() -> None:
    left, right = (
        RNG.normal(size=(4, 3, 6, 5)).transpose(0, 2, 1, 3),
        RNG.normal(size=(4, 5, 6, 2)).transpose(0, 2, 1, 3),
    )
    np.testing.assert_allclose(multiply_stacks(left, right), left @ right, rtol=0, atol=1e-13)
    same = np.broadcast_to(RNG.normal(size=(3, 5)), (7, 3, 5))
    np.testing.assert_allclose(
        multiply_stacks(same, same.transpose(0, 2, 1)), same @ same.transpose(0, 2, 1), rtol=1e-13
    )


def test_more_than_the_library_counts_is_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MOST", 20)
    monkeypatch.setattr(under_test, "products", None)  # so that it would fail
    monkeypatch.setattr(under_test, "products_of_stacks", None)
    left, right = RNG.normal(size=(3, 7)), RNG.normal(size=(7, 2))
    np.testing.assert_allclose(multiply(left, right), left @ right, rtol=1e-13)
    stacks = RNG.normal(size=(6, 2, 2))
    np.testing.assert_allclose(multiply_stacks(stacks, stacks), stacks @ stacks, rtol=1e-13)


def test_single_precision_stays_single() -> None:
    left, right = (RNG.normal(size=(2, 3, 3)).astype(np.float32) for _ in range(2))
    assert multiply_stacks(left, right).dtype == np.float32
