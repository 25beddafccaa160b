"""Positions along an axis: what they are made of, and the slices that reach them."""

import sympy

from derive.forms.numpy_places import places_of, slice_of, slice_text, subscripted
from derive.forms.numpy_scope import Writer, scope_of
from derive.forms.numpy_text import Piece
from derive.language.expr import Index
from derive.language.integers import FloorDiv, index_symbol, size_symbol
from derive.language.load import layer

SYSTEM = layer(
    title="Places", indices="t=1..T  p=1..P", sizes="P = 2*T", inputs="x[p]", equations="y[t] = x[2*t]", output="y"
)
T, P, s = size_symbol("T"), size_symbol("P"), size_symbol("s")
t, u = index_symbol("t"), index_symbol("u")
SCOPE = scope_of(Writer(SYSTEM)).over([Index("t", sympy.Integer(1), T), Index("u", sympy.Integer(0), T - 1)])


def place(value, high=P):
    return places_of(((sympy.Integer(1), high),), (value,), SCOPE)[0]


def test_slices_count_from_the_low_bound() -> None:
    found = {
        t: ":T", 2 * t: "1 : 2 * T : 2", t + 1: "1 : T + 1", 2 * t - 1: ": 2 * T - 1 : 2", T + 1 - t: ":T|reversed",
    }  # fmt: skip
    assert {value: slice_of(place(value), SCOPE) for value in found} == found
    assert slice_of(place(t, high=T), SCOPE) == ":"


def test_no_slice_where_the_end_is_not_proved_or_windows_overlap() -> None:
    for value in (2 * t + 1, t - 1, t + u, 3 * t):
        assert slice_of(place(value), SCOPE) is None


def test_runs_of_a_position() -> None:
    runs = place(s * t + 2 * u - 3).runs
    assert runs is not None and {(r.index, r.coefficient) for r in runs} == {("t", s), ("u", 2)}
    assert place(FloorDiv(t, s)).runs is None
    assert place(t * u).runs is None
    assert place(T).runs == ()


def test_an_index_on_two_axes_takes_index_arrays() -> None:
    both = places_of(((sympy.Integer(1), T),) * 2, (t, t), SCOPE)
    assert [p.runs for p in both] == [None, None]


def test_subscripts() -> None:
    x = Piece("x")
    assert subscripted(x, [":", ":"]) == "x"
    assert subscripted(x, ["0", ":"]) == "x[0]"
    assert subscripted(x, [":|reversed", "1:"]) == "x[::-1, 1:]"
    assert subscripted(x, ["0", "1:3|reversed", ":"]) == "x[0, 1:3][::-1]"
    one = sympy.Integer(1)
    assert slice_text(sympy.Integer(0), T - 3, one, T, SCOPE) == ": max(T - 2, 0)"
