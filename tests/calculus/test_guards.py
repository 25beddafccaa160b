"""Guards: dropped where known, zero where impossible, joined on a product."""

import pytest
import sympy

from derive.calculus.guards import (
    common_guard,
    exact_division,
    impossible_guard,
    is_integer_guard,
    known_guard,
    merge_guards,
    range_condition,
)
from derive.language.expr import Bracket, Compare, Elem, size
from derive.language.integers import index_symbol, size_symbol
from tests.calculus.lines import rewritten

T, t = size_symbol("T"), index_symbol("t")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[t <= T]*B[t]", "B[t]"),
        ("[1 <= t, t < T]*B[t]", "[t < T]*B[t]"),
        ("[t < T]*[t <= T-1]*B[t]", "[t < T]*[t <= T-1]*B[t]"),
        ("[t > T]*B[t]", "0"),
        ("[t < 1]*B[t] + v[i]", "v[i]"),
    ],
)
def test_guards_that_the_ranges_settle(text, result):
    assert rewritten(text, (impossible_guard, known_guard), "t i") == result


def test_guards_on_one_product_join_without_doubling():
    assert rewritten("[t < T]*B[t]*[t > 1]*[t < T]", (merge_guards,), "t") == "[t < T, t > 1]*B[t]"


def test_division_is_undone_only_beside_its_guard():
    assert rewritten("[t%N == 0]*B[N*(t//N)]", (exact_division,), "t") == "[t%N == 0]*B[t]"
    assert rewritten("B[N*(t//N)]", (exact_division,), "t") == "B[N*(t//N)]"


@pytest.mark.parametrize(
    ("op", "place", "bound", "written"),
    [
        ("<=", t + 1, T, "[t < T]"),
        (">=", t - 1, sympy.Integer(1), "[t > 1]"),
        ("<=", t + 2, T, "[t <= T-2]"),
        (">=", t, sympy.Integer(1), "[t >= 1]"),
    ],
)
def test_a_condition_is_written_as_a_person_would(op, place, bound, written):
    assert str(Bracket((range_condition(op, place, bound),))) == written


def test_a_condition_on_values_is_no_guard_on_indices():
    assert is_integer_guard(Bracket((Compare("<", size(t), size(T)),)))
    assert not is_integer_guard(Bracket((Compare(">", Elem("x", (t,)), size(sympy.Integer(0))),)))


def test_terms_that_are_equal_are_all_kept_behind_their_common_guard():
    """``[t < T]*B[t] + [t < T]*B[t] + x``: no term is lost because another equals it."""
    assert rewritten("B[t] + [t < T]*da[t+1,1] + [t < T]*da[t+1,1]", (common_guard,), "t") == (
        "B[t] + [t < T]*(da[t+1,1] + da[t+1,1])"
    )
