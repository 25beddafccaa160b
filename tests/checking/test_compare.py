"""Lines are compared relative to their own size, on all axes, and undefined values are never equal."""

from __future__ import annotations

import numpy as np
import pytest

from derive.checking.compare import closeness, compared
from derive.checking.forward import stored_inputs
from derive.checking.reference import Interpreter
from derive.language.load import layer
from derive.language.parser import parse_in

SYSTEM = layer(indices="n,m:N", inputs="x[n] z[n]", equations="y[n] = x[n] + z[n]", output="y")
N = SYSTEM.indices["n"]


def comparison(*lines: str, scale: float = 1.0, where: str | None = None):
    x = scale * np.array([1.0, -2.0, 4.0])
    reader = Interpreter({"N": 3}, stored_inputs(SYSTEM, {"x": x, "z": 0 * x}, {"N": 3}), SYSTEM)
    parsed = [parse_in(SYSTEM, line, [N]) for line in lines]
    condition = parse_in(SYSTEM, where, [N]) if where else None
    return compared(reader, [N], parsed, condition, lambda: reader)


@pytest.mark.parametrize("scale", [1.0, 1e-150, 1e150])
def test_the_error_is_relative_whatever_the_size(scale):
    assert comparison("x[n]", "1000001/1000000*x[n]", scale=scale).error == pytest.approx(1e-6)
    assert comparison("x[n]", "(x[n] + x[n])/2", scale=scale).error < 1e-15


def test_the_worst_of_several_lines_counts():
    assert comparison("x[n]", "1*x[n]", "3/2*x[n]", "x[n]").error == pytest.approx(0.5)


def test_an_undefined_value_is_never_equal():
    assert comparison("x[n+1]", "x[n+1]").error == np.inf


def test_a_condition_limits_where_lines_must_agree():
    assert comparison("x[n+1]", "x[n+1]*1", where="[n < N]").error == 0.0
    assert comparison("[n < N]*x[n]", "x[n]", where="[n < N]").error == 0.0
    assert comparison("[n < N]*x[n]", "x[n]").error > 0.1


def test_zero_is_telling_only_where_terms_cancel():
    assert not comparison("z[n]", "2*z[n]*x[n]").telling
    assert comparison("z[n]", "x[n] - sum(x[m]*[m == n], m)").telling


def test_rounding_is_measured_by_the_terms_and_errors_are_not():
    assert comparison("1/10*x[n]", "(x[n]*1000000000000000 + 1/10*x[n]) - 1000000000000000*x[n]").error < 1e-13
    assert comparison("x[n]", "(x[n]*1000 + 1001/1000*x[n]) - 1000*x[n]").error > 1e-4


def test_closeness_is_relative_to_the_norm_and_refuses_wrong_shapes():
    truth = np.array([3.0, 4.0])
    assert closeness(truth + [0.0, 5e-6], truth) == pytest.approx(1e-6)
    assert closeness(truth[:, None], truth) == np.inf
    assert closeness(truth * np.nan, truth) == np.inf
    assert closeness(np.zeros(2), np.zeros(2)) == 0.0
    assert closeness(np.full(2, 1e-30), np.zeros(2)) == np.inf
