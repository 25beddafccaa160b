"""The check of compiled gradients accepts right ones, refuses wrong ones, and says by how much."""

from __future__ import annotations

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.elementwise import stand_in
from derive.checking.evidence import evidence
from derive.checking.points import points
from derive.checking.verify import arguments, verify
from derive.forms.function import BackwardFunction
from derive.language.load import layer, load

LINEAR = derive(load("linear"))


def linear(x, W, b, dy):
    return {"y": x @ W.T + b, "dx": dy @ W, "dW": dy.T @ x, "db": dy.sum(axis=0)}


def test_right_gradients_pass_at_every_point():
    report = verify(LINEAR, linear)
    assert report.ok and report.worst < 1e-14
    assert {row.gradient for row in report.rows} == {"dx", "dW", "db"}
    assert len({row.sizes for row in report.rows}) == 4


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("dx", lambda good: good["dx"] * (1 + 1e-11)),
        ("dW", lambda good: -good["dW"]),
        ("db", lambda good: good["db"][:, None]),
        ("db", lambda good: np.where(np.arange(len(good["db"])) == 0, np.nan, good["db"])),
        ("dW", lambda good: 0.0 * good["dW"]),
    ],
)
def test_wrong_gradients_are_refused(name, wrong):
    def function(**given):
        good = linear(**given)
        return {**good, name: wrong(good)}

    report = verify(LINEAR, function)
    assert not report.ok
    assert {row.gradient for row in report.rows if not row.ok} == {name}


@pytest.mark.parametrize(
    "past",
    [
        "[t > K]*h[t-K]", "sum([s < t]*h[s], s)", "sum([s > t]*h[s]**2, s)", "[t > 1]*[t == T]*h[t-1]",
        "[t > 1]*h[t//2]", "[t > 1]*h[1]", "[2*t > T+1]*h[T+1-t]",
    ],
)  # fmt: skip
def test_recurrences_reach_as_far_as_they_like_to_one_side(past):
    system = layer(
        indices="t,s=1..T", sizes="K", assume="K >= 1", inputs="x[t]", params="w[]",
        equations=f"h[t] = tanh(x[t] + w*{past})", output="h",
    )  # fmt: skip
    derivation = derive(system)
    assert verify(derivation, BackwardFunction(derivation)).ok
    assert evidence(derivation).ok


def test_the_error_is_relative_to_the_gradient():
    def function(**given):
        return {name: value * (1 + 1e-9) for name, value in linear(**given).items()}

    tiny = verify(LINEAR, lambda **given: function(**given))
    assert all(row.error == pytest.approx(1e-9, rel=1e-4) for row in tiny.rows)


def test_recurrences_of_length_one_two_and_five_are_among_the_points():
    rnn = derive(load("rnn"))
    asked = []

    def function(**given):
        asked.append(given["x"].shape[0])
        return {f"d{name}": np.zeros(given[name].shape) for name in rnn.wrt}

    assert not verify(rnn, function).ok
    assert {1, 2, 5} <= set(asked)


def test_a_report_is_a_table():
    lines = str(verify(LINEAR, linear)).splitlines()
    assert lines[0].split() == ["gradient", "method", "sizes", "error"]
    assert lines[1].startswith("d") and "complex step" in lines[1] and lines[1].endswith("ok")
    assert len({line.index("complex step") for line in lines[1:]}) == 1


def test_a_gradient_that_is_zero_but_for_rounding_is_not_measured_by_the_rounding():
    system = layer(
        indices="n:N  i:I", inputs="x[n,i]", params="b[]",
        equations="u[n,i] = tanh(x[n,i]) + b\nc[n,i] = u[n,i] - mean(u[n,i], i)\ny[n,i] = c[n,i]**3", output="y",
    )  # fmt: skip
    derivation = derive(system, ["b"])

    def function(x, b, dy, noise=1e-17):
        return {"db": np.array(noise)}

    assert verify(derivation, function).ok
    assert not verify(derivation, lambda **given: function(**given, noise=1e-6)).ok


def test_sizes_that_no_shape_shows_and_abstract_functions_are_passed():
    system = layer(
        indices="n:N  p=0..P-1  u=0..K-1  a=0..L-1", sizes="P = (L - d*(K-1) - 1)//s + 1",
        inputs="x[n,a]", params="w[u]", equations="y[n,p] = f(sum(w[u]*x[n,s*p+d*u], u))", output="y",
        options={"f": ["f"]},
    )  # fmt: skip
    (at,) = points(system, (5,))
    given = arguments(system, at)
    assert set(given) == {"x", "w", "dy", "s", "d", "f", "f_prime"}
    assert given["s"] == at.sizes["s"] and given["d"] == at.sizes["d"]
    assert given["f"] is stand_in("f") and given["f_prime"] is stand_in("f'")


def test_sizes_that_only_a_multiple_shows_are_not_passed():
    system = layer(indices="n:N  i=1..2*H", inputs="x[n,i]", equations="y[n] = sum(x[n,i], i)/H", output="y")
    assert set(arguments(system, points(system, (5,))[0])) == {"x", "dy"}
    found = derive(system)
    assert verify(found, BackwardFunction(found)).ok


@pytest.mark.parametrize("value", ["b[i] - mean(b[k], k)", "(b[i] - m)*(v + 1)**(-1/2)"])
def test_a_gradient_that_cancels_is_right_though_the_complex_step_leaves_rounding(value):
    equations = f"m = mean(b[i], i)\nv = mean((b[i] - m)**2, i)\nz[i] = {value}\ny = sum(z[i], i)"
    found = derive(layer(indices="i,k:H", params="b[i]", equations=equations, output="y"))
    assert verify(found, BackwardFunction(found)).ok and evidence(found).ok
    assert not verify(found, lambda **given: {"db": np.full(len(given["b"]), 1e-9)}).ok
