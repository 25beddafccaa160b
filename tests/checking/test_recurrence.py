"""What is said of a recurrence holds at random points, and what is not true of it is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.evidence import TOLERANCE, evidence
from derive.checking.points import point
from derive.checking.recurrence import jacobians, left_out, unrolled, within
from derive.checking.reference import Interpreter
from derive.checking.sizes import choose_sizes
from derive.checking.truth import interpreter_of, terms_interpreter_of
from derive.language.expr import Num, mul, num
from derive.language.load import layer, load
from derive.language.study import Study
from derive.language.system import System
from derive.steps.record import Derivation

DOWN = layer(
    indices="t=1..T  n:N  i,k:H",
    inputs="x[t,n,i]",
    params="W[i,k]",
    equations="h[T+1,n,i] = 0\nh[t,n,i] = tanh(sum(W[i,k]*h[t+1,n,k], k) + x[t,n,i])",
    output="h",
    study={"truncation": "h"},
)
SYSTEMS = {
    "rnn": load("rnn"),
    "rnn relu": load("rnn", f="relu"),
    "rnn sigmoid": load("rnn", f="sigmoid"),
    "rnn abstract": load("rnn", f="f"),
    "lstm": replace(load("lstm"), study=Study(truncation="h")),
    "gru": replace(load("gru"), study=Study(truncation="h")),
    "down": DOWN,
}


def reader_of(derivation: Derivation, length: int = 5) -> Interpreter:
    system = derivation.system
    return interpreter_of(derivation, point(system, choose_sizes(system, length, 0)))


@pytest.fixture(scope="module")
def rnn() -> Derivation:
    return derive(load("rnn"))


@pytest.fixture(scope="module")
def reader(rnn: Derivation) -> Interpreter:
    return reader_of(rnn)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))
def test_what_is_said_of_recurrences_is_true(system: System) -> None:
    derivation = derive(system)
    assert derivation.truncation is not None
    assert (derivation.bound is None) == (system.name in ("lstm", "gru"))
    found = evidence(derivation)
    for record in (derivation.bound, derivation.truncation, *derivation.closed_forms, *derivation.entrywise_forms):
        if record is not None:
            assert found.of(record).ok, record
            assert found.of(record).error <= TOLERANCE


def test_the_product_of_jacobians_is_how_the_last_state_changes_with_the_first(
    rnn: Derivation, reader: Interpreter
) -> None:
    """By complex step of a rerun of the recurrence from a changed first state."""
    (form,) = rnn.closed_forms
    product = np.eye(reader.sizes["H"])
    for transposed in jacobians(form, reader)[:-1]:
        product = product @ transposed
    W_x, W_h, b_h, x, h = (reader.tensors[n].array[..., 0] for n in ("W_x", "W_h", "b_h", "x", "h"))
    for unit in range(reader.sizes["H"]):
        state = h[1].astype(complex)
        state[:, unit] += 1e-30j
        for t in range(1, len(x)):
            state = np.tanh(x[t] @ W_x.T + state @ W_h.T + b_h)
        np.testing.assert_allclose(product[:, unit], state.imag / 1e-30, rtol=1e-10)


def test_a_bound_that_is_too_small_is_refused(rnn: Derivation, reader: Interpreter) -> None:
    assert rnn.bound is not None
    assert within(rnn.bound, reader).error == 0.0
    tight = within(replace(rnn.bound, steepest=Fraction(1, 100)), reader)
    assert tight.error > 1.0 and tight.telling


def test_over_a_single_step_a_bound_says_nothing(rnn: Derivation) -> None:
    assert rnn.bound is not None
    assert not within(rnn.bound, reader_of(rnn, 1)).telling


def test_a_wrong_closed_form_is_refused(rnn: Derivation, reader: Interpreter) -> None:
    (form,) = rnn.closed_forms
    wrong = replace(form, jacobian=mul(num(2), form.jacobian))
    terms = terms_interpreter_of(rnn, point(rnn.system, reader.sizes))
    right, refused = (unrolled(f, reader, lambda: terms) for f in (form, wrong))
    assert right.error < TOLERANCE < refused.error


@pytest.mark.parametrize("own", ["u[i]*h[t-1,i]", "sum(W[i,k]*h[t-1,k], k)"])
def test_a_recurrence_whose_gradients_cancel_is_measured_by_their_terms(own: str) -> None:
    """The weights of a softmax add up to one, so all that comes back from their sum is rounding."""
    equations = f"h[0,i] = 0\nh[t,i] = tanh({own} + x[t,i])\np[i] = softmax(h[T,i], i)\ny = sum(p[i], i)"
    params = "u[i]" if "u[" in own else "W[i,k]"
    fields = {"inputs": "x[t,i]", "params": params, "equations": equations, "output": "y"}
    assert evidence(derive(layer(indices="t=1..T i,k:H", **fields))).ok


@pytest.mark.parametrize("name", ["K_h", "K_a", "E_h", "E_a"])
def test_a_wrong_recursion_of_what_is_kept_or_left_out_is_refused(
    rnn: Derivation, reader: Interpreter, name: str
) -> None:
    cut = rnn.truncation
    assert cut is not None
    (form,) = rnn.closed_forms
    assert left_out(cut, form, reader).error < TOLERANCE
    last = [e for e in cut.system.definitions(name) if e.indices[0] == cut.reach][0]
    half = Num(Fraction(1, 2))
    equations = (replace(e, right=mul(half, e.right)) if e is last else e for e in cut.system.equations)
    wrong = replace(cut, system=replace(cut.system, equations=tuple(equations)))
    assert left_out(wrong, form, reader).error > 1e-3


def test_a_wrong_product_is_refused(rnn: Derivation, reader: Interpreter) -> None:
    (form,) = rnn.closed_forms
    assert rnn.truncation is not None
    wrong = replace(form, jacobian=mul(num(2), form.jacobian))
    assert left_out(rnn.truncation, wrong, reader).error > 1e-3


def test_of_a_single_step_nothing_is_left_out_after_it() -> None:
    down = derive(DOWN)
    assert down.truncation is not None
    found = left_out(down.truncation, None, reader_of(down, 1))
    assert found.error < TOLERANCE and not found.telling
