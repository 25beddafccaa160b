"""Guards on one index narrow its range; guards on sizes and loop indices can be tested."""

import pytest
import sympy

from derive.forms.numpy_guards import narrowed, split_conditions, without_impossible
from derive.forms.numpy_scope import Writer, scope_of
from derive.language.expr import Bracket, Compare, Elem, Index, size
from derive.language.integers import index_symbol, size_symbol
from derive.language.load import layer
from derive.language.ranges import facts_of

SYSTEM = layer(title="Guards", indices="t=1..T  n:N", inputs="x[t,n]", equations="y[t,n] = x[t,n]", output="y")
T, N, t, n = size_symbol("T"), size_symbol("N"), index_symbol("t"), index_symbol("n")
INDEX = Index("t", sympy.Integer(1), T)
FACTS = facts_of(SYSTEM)


@pytest.mark.parametrize(
    ("op", "left", "right", "low", "high"),
    [
        ("<", t, T, 1, T - 1),
        ("<=", t + 1, T, 1, T - 1),
        (">", t, sympy.Integer(1), 2, T),
        (">=", T, t + 1, 1, T - 1),
        ("==", t, T, T, T),
        ("!=", t, T, 1, T - 1),
        ("!=", t, sympy.Integer(1), 2, T),
        ("<=", t, T + 3, 1, T),
    ],
)
def test_the_range_in_which_a_condition_holds(op, left, right, low, high) -> None:
    new = narrowed(INDEX, Compare(op, size(left), size(right)), frozenset({t, n}), FACTS)
    assert new is not None and (new.low, new.high) == (low, high)


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [("<", t, n), ("<=", 2 * t, T), ("<=", t, T - 2), ("<", t, N), ("!=", t, sympy.Integer(2)), ("==", t, T + 1)],
)
def test_no_range_where_it_is_not_known_to_be_one(op, left, right) -> None:
    """Another index, a multiple, a range that may have negative length, a size of which nothing is known."""
    assert narrowed(INDEX, Compare(op, size(left), size(right)), frozenset({t, n}), FACTS) is None


def test_conditions_on_loop_indices_are_told_from_those_on_arrays() -> None:
    scope = scope_of(Writer(SYSTEM)).looping([INDEX]).over([Index("n", sympy.Integer(1), N)])
    on_loop, on_array = Compare("<", size(t), size(T)), Compare("<", size(n), size(t))
    on_value = Compare("<", Elem("x", (t, n)), size(T))
    scalar, vector, others = split_conditions(
        [Bracket((on_loop, on_array)), Elem("x", (t, n)), Bracket((on_value,))], scope
    )
    assert (scalar, vector, others) == ((on_loop,), (on_array, on_value), [Elem("x", (t, n))])


@pytest.mark.parametrize(
    ("right", "left_over"),
    [
        ("x[n] + [n > N]*z[n]", "x[n]"),
        ("x[n] + [n > N]*sum([m < 1]*z[m], m)", "x[n]"),
        ("x[n] + [n > 2]*[n < 2]*z[n]", "x[n]"),
        ("x[n] + [n > 2]*z[n]", "x[n] + [n > 2]*z[n]"),
        ("max(x[m] + log([m <= n]), m)", "max(x[m] + log([m <= n]), m)"),
    ],
)
def test_what_never_counts_is_left_out(right: str, left_over: str) -> None:
    system = layer(indices="n,m:N", inputs="x[n] z[n]", equations=f"y[n] = {right}", output="y")
    assert str(without_impossible(system.equations[0], system).right) == left_over
