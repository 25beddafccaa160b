"""Reads that are proved to hit a defined place are so everywhere, and those that miss one are found."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language.coverage import box_of, boxes, pinned, uncovered
from derive.language.expr import Elem, Index
from derive.language.integers import Integer, index_symbol, size_symbol
from derive.language.load import layer
from derive.language.ranges import Facts
from tests.language.layers import SYSTEM
from tests.values import integer

t, l_ = index_symbol("t"), index_symbol("l")
T, L = size_symbol("T"), size_symbol("L")
ONE = T - T + 1
FACTS = Facts(lower=((T, 1), (L, 1))).within((Index("t", ONE, T), Index("l", ONE, L)))


def test_boxes_are_the_range_and_the_base_cases() -> None:
    n, h = SYSTEM.indices["n"].high, SYSTEM.indices["i"].high
    assert boxes(SYSTEM, "h") == (((0, 0), (1, n), (1, h)), ((1, T), (1, n), (1, h)))
    assert boxes(SYSTEM, "v") == (((1, h),),)
    assert box_of(SYSTEM.equations[0]) == boxes(SYSTEM, "h")[0]


_places = st.builds(lambda c, d: t + c if d else l_ + c, st.integers(-2, 2), st.booleans())
_ends = st.sampled_from([(ONE, T), (ONE - 1, ONE - 1), (T + 1, T + 1), (ONE, L), (ONE, T - 1), (ONE - 2, ONE)])
_boxes = st.lists(st.tuples(_ends, _ends), min_size=1, max_size=3)


@given(st.tuples(_places, _places), _boxes)
def test_what_is_covered_is_so_everywhere(
    places: tuple[Integer, Integer], where: list[tuple[tuple[Integer, Integer], ...]]
) -> None:
    if uncovered(Elem("h", places), where, FACTS) is None:
        for sizes in itertools.product(range(1, 5), repeat=2):
            numbers = {"T": sizes[0], "L": sizes[1]}
            for i, j in itertools.product(range(1, numbers["T"] + 1), range(1, numbers["L"] + 1)):
                here = {**numbers, "t": i, "l": j}
                read = [integer(p, here) for p in places]
                assert any(
                    all(
                        integer(low, here) <= r <= integer(high, here) for r, (low, high) in zip(read, box, strict=True)
                    )
                    for box in where
                )


@pytest.mark.parametrize(
    ("place", "where", "pins"),
    [
        (t - 1, [(ONE, T)], {t: 1}),
        (t + 1, [(ONE, T)], {t: T}),
        (t - 1, [(ONE, T), (ONE - 1, ONE - 1)], None),
        (t - 2, [(ONE, T), (ONE - 1, ONE - 1)], {t: 1}),
        (t - 2, [(ONE, T), (ONE - 1, ONE - 1), (ONE - 2, ONE - 2)], None),
        (t + 1, [(ONE, T), (T + 1, T + 1)], None),
        (T + 1 - t, [(ONE, T)], None),
        (T - t, [(ONE, T)], {t: T}),
    ],
)
def test_the_ends_of_a_recurrence(
    place: Integer, where: list[tuple[Integer, Integer]], pins: dict[Integer, Integer] | None
) -> None:
    read = Elem("h", (place,))
    failing = uncovered(read, [(box,) for box in where], FACTS)
    assert (failing is None) == (pins is None)
    if failing is not None:
        assert pinned(read, failing) == pins


def test_two_recurring_indices_need_the_corner_where_it_is_read() -> None:
    declared, row, column = ((ONE, L), (ONE, T)), ((ONE - 1, ONE - 1), (ONE, T)), ((ONE, L), (ONE - 1, ONE - 1))
    assert uncovered(Elem("h", (l_ - 1, t)), [declared, row, column], FACTS) is None
    failing = uncovered(Elem("h", (l_ - 1, t - 1)), [declared, row, column], FACTS)
    assert failing is not None and pinned(Elem("h", (l_ - 1, t - 1)), failing) == {l_: 1, t: 1}
    corner = ((ONE - 1, ONE - 1), (ONE - 1, ONE - 1))
    assert uncovered(Elem("h", (l_ - 1, t - 1)), [declared, row, column, corner], FACTS) is None


def test_an_integer_tensor_s_values_lie_in_the_axis_they_index() -> None:
    system = layer(
        indices="n:N  v:V", inputs="tok[n]", integers="tok", params="W[v]", equations="y[n] = W[tok[n]]", output="y"
    )
    read = system.equations[0].right
    assert isinstance(read, Elem)
    assert uncovered(read, boxes(system, "W"), FACTS) is None
    assert uncovered(Elem("W", (read.index[0] + 1,)), boxes(system, "W"), FACTS) is not None
