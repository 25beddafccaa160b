"""Each row of the table of functions: its derivative, its NumPy source and its text agree."""

import cmath
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language.functions import TABLE, Function
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import Tensor
from tests.values import FUNCTIONS, value

ROWS = sorted(TABLE.values(), key=lambda row: row.name)
BY_NAME = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
POINTS = st.floats(0.05, 3.0).flatmap(lambda x: st.sampled_from([x, -x]))


def scope(row: Function) -> Scope:
    return Scope(tensors={name: Tensor(name, (), "input") for name in (*row.arguments, "y")})


def smooth(row: Function, numbers: dict[str, float]) -> dict[str, float]:
    """The point, moved into the domain where the function has one."""
    return {name: abs(x) for name, x in numbers.items()} if row.domain else numbers


def by_source(row: Function, numbers: dict[str, complex]) -> complex:
    """The value by the row's NumPy source."""
    arrays = {name: np.array([number]) for name, number in numbers.items()}
    result = eval(row.numpy, {"np": np}, arrays)  # our own table, not a user's text
    return complex(np.broadcast_to(result, 1)[0])


@BY_NAME
@given(x=POINTS, t=POINTS)
def test_each_derivative_is_that_of_the_source_by_complex_step(row: Function, x: float, t: float) -> None:
    numbers = smooth(row, dict(zip(row.arguments, (x, t), strict=False)))
    tensors = {name: (lambda n=number: n) for name, number in numbers.items()}  # type: ignore[misc]
    tensors["y"] = lambda: by_source(row, dict(numbers)).real
    for name, derivative in zip(row.arguments, row.derivatives, strict=True):
        stepped = by_source(row, {**numbers, name: numbers[name] + 1e-30j})
        stated = value(parse_expression(derivative, scope(row)), {}, tensors)
        assert stepped.imag / 1e-30 == pytest.approx(stated, rel=1e-9, abs=1e-12)


@BY_NAME
@given(x=POINTS, t=POINTS)
def test_the_source_computes_what_the_name_says(row: Function, x: float, t: float) -> None:
    numbers = smooth(row, dict(zip(row.arguments, (x, t), strict=False)))
    expected = FUNCTIONS[row.name](*numbers.values())
    assert by_source(row, dict(numbers)).real == pytest.approx(expected, rel=1e-12, abs=1e-15)


@BY_NAME
@pytest.mark.parametrize("x", [-700.0, -1e-300, 0.0, 1e-300, 700.0])
def test_far_out_and_at_a_kink_the_source_stays_finite(row: Function, x: float) -> None:
    if row.domain and x <= 0:
        x = 1e-300
    numbers: dict[str, complex] = dict(zip(row.arguments, (x, 1.0), strict=False))
    assert cmath.isfinite(by_source(row, numbers))


@BY_NAME
def test_rows_are_complete(row: Function) -> None:
    assert TABLE[row.name] is row
    assert len(row.derivatives) == len(row.arguments)
    assert "y" not in row.arguments
    assert set(re.findall(r"\b[a-z]\b", row.numpy)) <= set(row.arguments)
    if row.domain:
        assert parse_expression(f"[{row.domain}]", scope(row))


@pytest.mark.parametrize("row", [r for r in ROWS if r.steepest], ids=lambda row: row.name)
def test_no_slope_is_steeper_than_stated_and_one_comes_near(row: Function) -> None:
    (derivative,) = row.derivatives
    slopes = []
    for x in [0.0, *(sign * k / 8 for k in range(1, 400) for sign in (1, -1))]:
        tensors = {"x": lambda x=x: x, "y": lambda x=x: by_source(row, {"x": x}).real}
        slopes.append(abs(value(parse_expression(derivative, scope(row)), {}, tensors)))  # type: ignore[arg-type]
    assert max(slopes) <= Fraction(row.steepest)
    assert max(slopes) == pytest.approx(float(Fraction(row.steepest)), rel=1e-2)


@pytest.mark.parametrize("name", ["relu", "abs", "sign"])
def test_at_a_kink_the_convention_holds(name: str) -> None:
    (derivative,) = TABLE[name].derivatives
    assert value(parse_expression(derivative, scope(TABLE[name])), {}, {"x": lambda: 0.0, "y": lambda: 0.0}) == 0
    assert "x = 0" in TABLE[name].kink


def test_softplus_does_not_overflow() -> None:
    assert by_source(TABLE["softplus"], {"x": 1000.0}).real == 1000.0
    assert math.isclose(by_source(TABLE["sigmoid"], {"x": -1000.0}).real, 0.0, abs_tol=1e-300)
