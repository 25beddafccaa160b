"""Lines are put where a loop over all elements would put them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.runtime.lines import Axis, in_steps, lines_of, memory, put_lines, steps, whole_axis, window_axis
from tests.forms.test_numpy_helpers import RUNS


@given(st.integers(1, 6), st.integers(-3, 6), RUNS, st.data())
def test_every_position_inside_is_on_one_line(length: int, start: int, runs: list, data: st.DataObject) -> None:
    source_steps = data.draw(st.lists(st.integers(0, 9), min_size=len(runs), max_size=len(runs)))
    expected = []
    for at in itertools.product(*(range(n) for n, _ in runs)):
        position = start + sum(k * step for k, (_, step) in zip(at, runs, strict=True))
        if 0 <= position < length:
            expected.append((position, sum(k * step for k, step in zip(at, source_steps, strict=True))))
    found = window_axis(length, start, runs, source_steps).elements()
    assert sorted(map(tuple, found.tolist())) == sorted(expected)


def test_an_axis_in_memory() -> None:
    axis = Axis(np.array([[1, 5, 2]]), (2, 3)).in_memory(10)
    assert axis.elements().tolist() == [[10, 5], [30, 8]]


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.booleans(), st.data())
def test_a_copy_and_a_sum(shape: list[int], add: bool, data: st.DataObject) -> None:
    rng = np.random.default_rng(1)
    order = data.draw(st.permutations(range(len(shape))))
    source = rng.normal(size=[shape[k] for k in order]).transpose(np.argsort(order))
    target = rng.normal(size=shape)
    expected = target + source if add else source
    axes = [whole_axis(n, a, b) for n, a, b in zip(shape, steps(target), steps(source), strict=True)]
    put_lines()(add, target.reshape(-1), memory(source), 0, 0, *lines_of(axes))
    np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize("values", [np.arange(12.0).reshape(3, 4)[::-1], np.zeros(3, "f8,f4")["f0"]])
def test_what_lies_in_memory_in_another_way_is_copied(values: np.ndarray) -> None:
    np.testing.assert_array_equal(memory(in_steps(values)), values.ravel())
    assert not np.shares_memory(in_steps(values), values)


def test_the_memory_that_an_array_spans() -> None:
    values = np.arange(12.0).reshape(3, 4)
    assert memory(values[1:, 1::2]).tolist() == [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    assert memory(np.broadcast_to(values[0, :1], (5, 1))).tolist() == [0.0]
    assert np.shares_memory(in_steps(values.T), values)
