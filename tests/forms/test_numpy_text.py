"""Pieces of source keep their meaning when they are put together; names stay names."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derive.forms.numpy_text import Level, Names, Piece, free_name, integer_piece, join_power, join_slice, join_sum
from derive.language.integers import FloorDiv, Mod, size_symbol

A, B, C = (size_symbol(n) for n in ("A", "B", "C"))


@st.composite
def integers(draw: st.DrawFn, depth: int = 3) -> sympy.Expr:
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([A, B, C, *map(sympy.Integer, (-2, 0, 1, 3))]))
    left, right = draw(integers(depth - 1)), draw(integers(depth - 1))
    return draw(
        st.sampled_from([left + right, left - right, left * right, FloorDiv(left, A + 1), Mod(left, B + 2), right**2])
    )


@given(integers(), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_an_integer_expression_means_the_same_as_source(value: sympy.Expr, a: int, b: int, c: int) -> None:
    text = integer_piece(value, lambda s: Piece(s.name)).text
    exact = value.xreplace({A: sympy.Integer(a), B: sympy.Integer(b), C: sympy.Integer(c)})
    assert eval(text, {"A": a, "B": b, "C": c}) == exact


def test_brackets_only_where_they_are_needed() -> None:
    total = join_sum([(False, Piece("a")), (True, Piece("b + c", Level.SUM)), (True, Piece("d * e", Level.PRODUCT))])
    assert total.text == "a - (b + c) - d * e"
    assert join_sum([(True, Piece("a * b", Level.PRODUCT))]).text == "-(a * b)"
    assert join_power(Piece("h"), Piece("2")).text == "h**2"
    assert join_power(Piece("h[t]"), Piece("2")).text == "h[t] ** 2"
    assert join_power(Piece("np.pi"), Piece("0.5")).text == "np.pi**0.5"
    assert join_sum([(True, join_power(Piece("h"), Piece("2")))]).text == "-(h**2)"
    assert join_power(Piece("a + b", Level.SUM), Piece("2")).text == "(a + b) ** 2"


def test_slices_are_spaced_as_formatters_do() -> None:
    assert [join_slice("1", ""), join_slice("", "T"), join_slice("1", "T + 1")] == ["1:", ":T", "1 : T + 1"]
    assert join_slice("", "T - 1") == ": T - 1"
    assert join_slice("1", "2 * P", "2") == "1 : 2 * P : 2"


def test_a_name_is_given_once_and_never_a_word_of_python() -> None:
    names = Names(["windows"])
    assert names.of("tensor", "W") == names.of("tensor", "W") == "W"
    assert names.of("size", "W") == "W_2"
    assert [names.of("tensor", n) for n in ("lambda", "np", "max", "windows")] == ["lambda_", "np_", "max_", "windows_"]
    assert names.of("function", "f'") == "f_prime"
    assert names.of("function", "f''") == "f_prime_prime"


@pytest.mark.parametrize("text", ["x; import os", "x\ny", "", "1x", "x.y", "x[0]", "x\u0301", "'x"])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Names([]).of("tensor", text)


def test_a_name_that_is_not_taken() -> None:
    assert [free_name("x", taken) for taken in ((), ("y",), ("x",), ("x", "x_2", "x_4"))] == ["x", "x", "x_2", "x_3"]
