"""The functions of the table against their own derivatives; powers; stand-ins for abstract functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.checking.elementwise import domain_bound, kinks, numeric, power, stand_in
from derive.checking.places import Stored
from derive.checking.reference import STEP, Interpreter
from derive.language.functions import TABLE
from derive.language.load import layer
from derive.language.parser import parse_in

FUNCTIONS = [name for name, row in TABLE.items() if row.arguments]  # constants have no slope
POINTS = np.array([-1.7, -0.6, 0.4, 1.3, 2.9])
SYSTEM = layer(indices="n:N", inputs="x[n] t[n] y[n]", equations="out[n] = x[n] + t[n] + y[n]", output="out")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_stated_derivatives_are_those_of_the_numpy_source(name):
    row = TABLE[name]
    arguments = [np.abs(POINTS) if domain_bound(name) is not None else POINTS, POINTS[::-1]][: len(row.arguments)]
    values = {**dict(zip(row.arguments, arguments, strict=True)), "y": numeric(name)(*arguments)}
    reader = Interpreter({"N": 5}, {k: Stored(v[:, None], (1,)) for k, v in values.items()}, SYSTEM)
    over = [SYSTEM.indices["n"]]
    for position, formula in enumerate(row.derivatives):
        stated = reader.over(parse_in(SYSTEM, elements_of(formula), over), over)
        moved = [a + 1j * STEP * (k == position) for k, a in enumerate(arguments)]
        slope = np.imag(numeric(name)(*moved)) / STEP
        np.testing.assert_allclose(stated, slope, rtol=1e-13, atol=1e-15)


def elements_of(formula: str) -> str:
    """A row's formula over ``x``, ``t`` and ``y`` as one over the elements ``x[n]``, ``t[n]`` and ``y[n]``."""
    words = "".join(c if c.isalnum() or c == "_" else f" {c} " for c in formula).replace(" *  * ", "**").split()
    return " ".join(f"{w}[n]" if w in ("x", "t", "y") else w for w in words)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_with_a_kink_says_where(name):
    """Left and right of a stated kink the slope, or the value, differs; everywhere else it does not."""
    row = TABLE[name]
    rest = [np.array(0.7)] * (len(row.arguments) - 1)

    def jumps(at: float) -> bool:
        left, right = (numeric(name)(np.array(at + d) + 1j * STEP, *rest) for d in (-1e-9, 1e-9))
        return bool(abs(left - right) > 1e-5 or abs(np.imag(left) - np.imag(right)) / STEP > 1e-5)

    stated = kinks(name)
    assert all(jumps(k) for k in stated)
    low = 0.1 if domain_bound(name) is not None else -2.0
    assert not any(jumps(at) for at in np.arange(low, 2.05, 0.1).round(1) if at not in stated)


@given(st.integers(-9, 9), st.floats(0.1, 3.0), st.booleans())
def test_a_whole_power_is_a_repeated_product(n, size, negative):
    base = -size if negative else size
    exponent = np.array([float(n)])
    assert power(np.array([base]), exponent)[0] == pytest.approx(base**n, rel=1e-13)
    slope = power(np.array([base + 1j * STEP]), exponent)[0].imag / STEP
    assert slope == pytest.approx(n * base ** (n - 1) if n else 0.0, rel=1e-13)


@given(st.floats(0.1, 3.0), st.floats(-2.5, 2.5))
def test_a_broken_power_and_its_slopes(base, exponent):
    b, e = np.array([base]), np.array([exponent, exponent + 0.125])
    np.testing.assert_allclose(power(b, e), base**e, rtol=1e-13)
    np.testing.assert_allclose(power(b + 1j * STEP, e).imag / STEP, e * base ** (e - 1), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(power(b, e + 1j * STEP).imag / STEP, np.log(base) * base**e, rtol=1e-12, atol=1e-14)


def test_a_bracket_as_exponent_leaves_a_factor_out():
    np.testing.assert_array_equal(power(np.array([-2.0, 0.0, 3.0]), np.array([0.0, 0.0, 1.0])), [1.0, 1.0, 3.0])


@pytest.mark.parametrize("name", ["f", "g", "f'", "phi'"])
def test_a_stand_in_and_its_derivative_belong_together(name):
    slope = stand_in(name)(POINTS + 1j * STEP).imag / STEP
    np.testing.assert_allclose(stand_in(name + "'")(POINTS), slope, rtol=1e-13)


def test_two_abstract_functions_differ():
    assert np.abs(stand_in("f")(POINTS) - stand_in("g")(POINTS)).min() > 1e-3


def test_whole_powers_of_a_negative_base_have_slopes_without_rounding_from_logarithms():
    base, exponents = -0.7, np.arange(-2.0, 6.0)
    found = power(np.array([base + 1j * STEP]), exponents)
    np.testing.assert_allclose(found.real, base**exponents, rtol=1e-15)
    np.testing.assert_allclose(found.imag / STEP, exponents * base ** (exponents - 1), rtol=1e-14)
