"""The functions of kernels are exact to a few units in the last place, wherever they are read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from derive.forms.fused.functions import ELEMENTWISE, LARGER
from derive.language.functions import TABLE
from tests.forms.compare import interpreted

FUNCTIONS = interpreted({})
EXACT = {
    "exp": mp.exp, "tanh": mp.tanh, "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "relu": lambda x: max(x, mp.mpf(0)),
    "sqrt": mp.sqrt,
}  # fmt: skip


def ulps(name: str, x: float) -> float:
    with np.errstate(all="ignore"):
        found = float(FUNCTIONS[name](np.float64(x)))
    with mp.workdps(60):
        exact = EXACT[name](mp.mpf(x))
        return float(abs(exact - mp.mpf(found)) / mp.mpf(float(np.spacing(abs(float(exact))))))


def test_each_is_in_the_table_of_the_language() -> None:
    assert set(ELEMENTWISE) == set(EXACT) <= set(TABLE)


@given(st.floats(-708, 709))
def test_exp(x: float) -> None:
    assert ulps("exp", x) <= 1.5


@given(st.floats(-700, 700))
def test_sigmoid(x: float) -> None:
    assert ulps("sigmoid", x) <= 3


@given(st.one_of(st.floats(-1, 1), st.floats(-30, 30)))
def test_tanh(x: float) -> None:
    assert ulps("tanh", x) <= 3


@given(st.floats(0, 1e300))
def test_relu_and_sqrt(x: float) -> None:
    assert ulps("relu", x) == 0 == FUNCTIONS["relu"](-x)
    assert ulps("sqrt", x) <= 0.5


@pytest.mark.parametrize(
    ("name", "low", "high"), [("exp", 0.0, np.inf), ("sigmoid", 0.0, 1.0), ("tanh", -1.0, 1.0), ("relu", 0.0, np.inf)]
)
@pytest.mark.parametrize("size", [800.0, 1e200, np.inf])
def test_far_out_and_at_nan(name: str, low: float, high: float, size: float) -> None:
    with np.errstate(all="ignore"):
        assert FUNCTIONS[name](np.float64(-size)) == low
        assert FUNCTIONS[name](np.float64(size)) == (size if name == "relu" else high)
        assert np.isnan(FUNCTIONS[name](np.float64(np.nan))) or name == "relu"


def test_smallest_numbers() -> None:
    with np.errstate(all="ignore"):
        assert FUNCTIONS["exp"](np.float64(-745.1)) == 5e-324
        assert FUNCTIONS["exp"](np.float64(-746.0)) == 0.0
        assert FUNCTIONS["tanh"](np.float64(1e-300)) == 1e-300


def test_the_larger_of_two() -> None:
    assert [FUNCTIONS[LARGER](*pair) for pair in [(1, 2), (2, 1), (-np.inf, 0), (-np.inf, -np.inf)]] == [
        2,
        2,
        0,
        -np.inf,
    ]
