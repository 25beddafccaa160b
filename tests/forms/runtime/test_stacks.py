"""Arrays as stacks of matrices."""

import numpy as np
import pytest

from derive.forms.runtime.stacks import extents_of, stack_of, worth_cutting

EXTENTS = {"n": 2, "a": 3, "b": 4, "c": 5}


@pytest.mark.parametrize("axes", ["nabc", "nbca", "canb", "abc", "cab"])
def test_a_stack_holds_the_elements(axes: str) -> None:
    array = np.random.default_rng(1).normal(size=[EXTENTS[i] for i in axes])
    stack = stack_of(axes, "n", "ab", "c", EXTENTS).of(array)
    count = EXTENTS["n"] if "n" in axes else 1
    expected = np.einsum(f"{axes}->nabc" if "n" in axes else f"{axes}->abc", array).reshape(count, 12, 5)
    np.testing.assert_array_equal(stack, expected)


def test_matrices_that_lie_in_memory_are_no_copies() -> None:
    array = np.ones((2, 3, 4, 5))
    for down, across in (("a", "bc"), ("bc", "a"), ("ab", "c")):
        assert np.shares_memory(stack_of("nabc", "n", down, across, EXTENTS).of(array), array)


def test_indices_must_run_equally_far() -> None:
    assert extents_of(("ab", "bc"), ((3, 4), (4, 5))) == {"a": 3, "b": 4, "c": 5}
    assert extents_of(("ab", "bc"), ((3, 1), (4, 5))) == {}


def test_what_is_not_cut() -> None:
    one, single = np.ones((2, 2)), np.ones((2, 2), np.float32)
    assert not worth_cutting(4, one, one)
    assert not worth_cutting(2**30, one, single)
    assert not worth_cutting(2**30, one[:0], one)
    assert not worth_cutting(2**30, one.astype(int), one.astype(int))
