"""Windows copied out and added: what comes out is what the helpers give, wherever the parts lie in memory."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.numpy_helpers import helper_sources
from derive.forms.runtime import portions, windows
from derive.forms.runtime.windows import add_windows, contiguous
from tests.forms.test_numpy_helpers import places

HELPERS: dict[str, Any] = {"np": np}
exec("\n\n".join(helper_sources(["add_windows"])), HELPERS)


def laid_out(values, order):
    """The same array, its axes in memory in some order, outermost first."""
    return np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans())
def test_parts_are_added_as_the_helper_adds_them(data: st.DataObject, lengths: list[int], large: bool) -> None:
    where = data.draw(places(len(lengths)))
    runs = [where.get(axis, (0, (n, 1)))[1:] for axis, n in enumerate(lengths)]
    extents = [n for group in runs for n, _ in group]
    parts = np.random.default_rng(1).normal(size=extents)
    parts = laid_out(parts, data.draw(st.permutations(range(parts.ndim))))
    turned = data.draw(st.sampled_from([slice(None), slice(None, None, -1)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "_SMALL", 1 if large else 2**17)
        found = add_windows(tuple(lengths), parts[turned], where)
    expected = HELPERS["add_windows"](tuple(lengths), parts[turned], where)
    assert found.shape == tuple(lengths)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_the_result_lies_in_memory_as_the_parts_do() -> None:
    parts = laid_out(np.ones((2, 3, 4, 2)), (1, 0, 3, 2))
    found = add_windows((2, 3, 5), parts, {2: (0, (4, 1), (2, 1))})
    assert found.tolist() == np.tile([1.0, 2.0, 2.0, 2.0, 1.0], (2, 3, 1)).tolist()
    assert found.transpose(1, 0, 2).flags.c_contiguous


def test_parts_may_be_repeated_or_none() -> None:
    where = {0: (0, (3, 1), (2, 1))}
    assert add_windows((4,), np.ones((3, 1)), where).tolist() == [1.0, 2.0, 2.0, 1.0]
    assert add_windows((4, 2), np.ones((3, 2, 1)), where)[:, 1].tolist() == [1.0, 2.0, 2.0, 1.0]
    assert add_windows((4, 0), np.ones((3, 2, 0)), where).shape == (4, 0)
    assert add_windows((4,), np.ones((3, 2)), {0: (9, (3, 1), (2, 1))}).tolist() == [0.0] * 4


def test_single_precision_stays_single() -> None:
    assert add_windows((4,), np.ones((3, 2), np.float32), {0: (0, (3, 1), (2, 1))}).dtype == np.float32


@given(st.data(), st.lists(st.integers(0, 5), max_size=4), st.booleans())
def test_a_copy_lies_in_memory_in_the_order_of_its_axes(data: st.DataObject, lengths: list[int], much: bool) -> None:
    values = np.random.default_rng(1).normal(size=lengths)
    view = values.transpose(data.draw(st.permutations(range(values.ndim))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "_SMALL", 1)
        patch.setattr(windows, "_MUCH", 1 if much else 2**21)
        found = contiguous(view)
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, np.ascontiguousarray(view))
