"""Random layers: every line of every derivation is true, and the compiled gradients are those of complex step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.checking.points import PointError
from derive.checking.verify import verify
from derive.forms.function import BackwardFunction
from derive.language.load import layer
from tests.oracles.random_layers import DECLARED, layers

BAR = 1e-9

ONCE_WRONG: dict[str, dict[str, Any]] = {
    "a slope of zero was not told from the error of the complex step": {
        "equations": "y[i] = [b[i] > 9]*b[i]\nz[i] = sum(y[k], k)**2*sum(y[k], k) + b[i]",
        "params": "b[i]", "output": "z",
    },
    "a closed form was refused where nothing comes back at T = 1": {
        "equations": "y[0,n,i] = 0\ny[t,n,i] = x[t,n,i] + sum(W[i,k]*y[t-1,n,k], k)", "inputs": "x[t,n,i]",
        "params": "W[i,k]", "loss": "sum([t < T]*y[t+1,n,i], t, n, i)**2",
    },
    "an index that stands free in an inner sum was captured when sums were merged": {
        "equations": "y[l] = softmax(mean(W[k,l], k), l)", "params": "W[i,k]", "output": "y",
    },
    "what is known of an index outside was believed of another of its name inside": {
        "equations": "y[i,k] = softmax([k == i]*(mean(W[k,l], l) - c), i)", "params": "W[i,k] c[]", "output": "y",
    },
    "the absolute value had a slope at zero": {
        "equations": "z[i] = abs([b[i] > 9]*b[i])*c\ny[i] = z[i] + b[i]", "params": "b[i] c[]", "output": "y",
    },
}  # fmt: skip


def derivation_of(fields: dict[str, Any]):
    return derive(layer(**{"indices": DECLARED, **fields}))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(layers())
def test_every_line_about_a_random_layer_is_true(fields):
    derivation = derivation_of(fields)
    try:
        found = evidence(derivation)
    except PointError:
        assume(False)
    assert found.worst <= BAR


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(layers())
def test_compiled_gradients_of_a_random_layer_are_those_of_complex_step(fields):
    derivation = derivation_of(fields)
    try:
        report = verify(derivation, BackwardFunction(derivation))
    except PointError:
        assume(False)
    assert report.worst <= BAR, str(report)


@pytest.mark.parametrize("fields", ONCE_WRONG.values(), ids=ONCE_WRONG)
def test_layers_that_once_went_wrong(fields):
    derivation = derivation_of(fields)
    assert evidence(derivation).worst <= BAR
    assert verify(derivation, BackwardFunction(derivation)).worst <= BAR
