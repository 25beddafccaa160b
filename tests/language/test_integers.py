"""Index arithmetic: exact division, linear parts, evaluation."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derive.language.integers import (
    FloorDiv,
    Mod,
    element,
    elements,
    evaluate,
    expand,
    index_symbol,
    is_size,
    linear_in,
    size_symbol,
    symbols_of,
)

i_, J = index_symbol("i"), index_symbol("j")
S, Q = size_symbol("s"), size_symbol("q")


@given(st.integers(-50, 50), st.integers(1, 9))
def test_division_rounds_down_as_in_python(a: int, b: int) -> None:
    assert FloorDiv(sympy.Integer(a), sympy.Integer(b)) == a // b
    assert Mod(sympy.Integer(a), sympy.Integer(b)) == a % b
    assert evaluate(FloorDiv(i_, S), {i_: a, S: b}, {}) == a // b
    assert evaluate(Mod(i_, S), {i_: a, S: b}, {}) == a % b


def test_division_by_one_is_none() -> None:
    assert FloorDiv(i_, sympy.Integer(1)) == i_
    assert Mod(i_, sympy.Integer(1)) == 0


def test_an_index_and_a_size_of_one_name_are_two() -> None:
    assert index_symbol("n") != size_symbol("n")
    assert is_size(size_symbol("n")) and not is_size(index_symbol("n"))


def test_linear_parts() -> None:
    assert linear_in(S * (i_ - 1) + Q, i_) == (S, expand(Q - S))
    assert linear_in(i_ * J, i_) == (J, 0)
    assert linear_in(i_**2, i_) is None
    assert linear_in(FloorDiv(i_, S), i_) is None
    assert linear_in(FloorDiv(i_, S) + J, J) == (1, FloorDiv(i_, S))


@given(*(st.integers(-6, 6) for _ in range(4)))
def test_linear_parts_add_up(i: int, j: int, s: int, q: int) -> None:
    values = {i_: i, J: j, S: s, Q: q}
    expression = S * (2 * i_ - J) + Q * i_ - 3
    parts = linear_in(expression, i_)
    assert parts is not None
    coefficient, rest = (evaluate(p, values, {}) for p in parts)
    assert evaluate(expression, values, {}) == coefficient * i + rest


def test_evaluation_over_arrays() -> None:
    i = np.arange(5)
    assert (evaluate(FloorDiv(2 * i_ + S, S) - 1, {i_: i, S: 3}, {}) == (2 * i + 3) // 3 - 1).all()


def test_integer_tensors_are_read_within_their_range() -> None:
    tok = element("tok", (i_, J))
    assert elements(2 * tok + 1) == {tok}
    assert symbols_of(tok + S) == {i_, J, S}
    tensors = {"tok": (np.array([[4, 5], [6, 7]]), (1, 0))}
    assert evaluate(tok, {i_: 2, J: 0}, tensors) == 6
    assert evaluate(tok, {i_: 9, J: -3}, tensors) == 6  # clipped: a guard beside it makes it count for nothing


def test_what_is_no_integer_expression_is_refused() -> None:
    with pytest.raises(TypeError):
        evaluate(sympy.sin(i_), {i_: 1}, {})
