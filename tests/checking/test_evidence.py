"""Evidence accepts true derivations and refuses every way of getting one wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.compare import compared
from derive.checking.evidence import TOLERANCE, Evidence, evidence
from derive.checking.points import point
from derive.checking.sizes import choose_sizes
from derive.checking.truth import interpreter_of
from derive.language.binding import (
    substitute,
)
from derive.language.expr import (
    Add,
    Bracket,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Reduce,
    add,
    mul,
    num,
)
from derive.language.integers import index_symbol, size_symbol
from derive.language.load import catalogue, layer, load
from derive.language.traverse import (
    transform,
)
from derive.steps.record import Derivation, Gradient, Step


@pytest.fixture(scope="module")
def rnn() -> Derivation:
    return derive(load("rnn"))


@pytest.fixture(scope="module")
def conv2d() -> Derivation:
    return derive(load("conv2d"))


@pytest.mark.parametrize("name", catalogue())
def test_every_line_of_the_catalogue_is_true(name):
    found = evidence(derive(load(name)))
    assert found.ok and found.worst < 1e-13, found.failures[:1]
    assert found.found


def test_every_step_substep_case_and_closed_form_has_evidence(rnn):
    found = evidence(rnn)
    for gradients in rnn.gradients.values():
        for gradient in gradients:
            for record in (gradient, *all_steps(gradient.steps), *gradient.cases):
                assert found.of(record).ok and len(found.of(record).points) >= 1
    assert rnn.closed_forms and rnn.bound and rnn.truncation
    assert all(found.of(record).ok for record in (*rnn.closed_forms, rnn.bound, rnn.truncation))
    lengths = {text.split(",")[0] for text in found.of(rnn.gradients["h"][0].steps[0]).points}
    assert lengths == {"T=5", "T=1", "T=2"}


def all_steps(steps: tuple[Step, ...]) -> list[Step]:
    return [s for step in steps for s in (step, *all_steps(step.substeps))]


def with_result(derivation: Derivation, name: str, part: int, change) -> tuple[Derivation, Step]:
    """The derivation with the last step of one gradient changed; nothing else knows of it."""
    gradient = derivation.gradients[name][part]
    wrong = replace(gradient.steps[-1], after=change(gradient.steps[-1].after))
    assert wrong.after != gradient.steps[-1].after
    changed = replace(gradient, steps=(*gradient.steps[:-1], wrong))
    parts = tuple(changed if g is gradient else g for g in derivation.gradients[name])
    return replace(derivation, gradients={**derivation.gradients, name: parts}), wrong


def refused(derivation: Derivation, name: str, change, part: int = 0) -> Evidence:
    """Checks a derivation with a corrupted last step: that step is refused, and nothing else."""
    wrong, step = with_result(derivation, name, part, change)
    found = evidence(wrong)
    assert [record for record, _ in found.failures] == [step]
    assert found.of(step).error > TOLERANCE and not found.ok
    return found


def without_first_term(expr: Expr) -> Expr:
    assert isinstance(expr, Add)
    return Add(expr.terms[1:]) if len(expr.terms) > 2 else expr.terms[1]


def without_guards(expr: Expr) -> Expr:
    def change(node: Expr) -> Expr:
        return mul(*(f for f in node.factors if not isinstance(f, Bracket))) if isinstance(node, Mul) else node

    return transform(expr, change)


def without_divisibility(expr: Expr) -> Expr:
    """Every condition with a remainder left out, the others kept: the convolution bug."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Bracket):
            return node
        kept = tuple(c for c in node.conditions if "%" not in str(c.left))
        return Bracket(kept) if kept else num(1)

    return transform(expr, change)


def transposed(name: str):
    def change(node: Expr) -> Expr:
        return Elem(name, node.index[::-1]) if isinstance(node, Elem) and node.name == name else node

    return lambda expr: transform(expr, change)


def test_a_dropped_term_is_refused(rnn):
    refused(rnn, "h", without_first_term)


def test_a_wrong_sign_is_refused(rnn):
    refused(rnn, "W_h", lambda expr: mul(num(-1), expr))


def test_a_relative_error_of_a_millionth_is_refused(rnn):
    found = refused(rnn, "W_x", lambda expr: mul(num("1000001/1000000"), expr))
    assert found.worst == pytest.approx(1e-6, rel=1e-3)


def test_a_missing_guard_is_refused(rnn):
    assert refused(rnn, "h", without_guards).worst == np.inf  # it reads da[T+1]


def test_a_transposed_matrix_is_refused(rnn):
    refused(rnn, "h", transposed("W_h"))


def test_a_shift_in_time_is_refused(rnn):
    t = index_symbol("t")
    refused(rnn, "b_h", lambda expr: substitute_bound(expr, "t", t + 1))


def substitute_bound(expr: Expr, name: str, value) -> Expr:
    assert isinstance(expr, Reduce)
    return Reduce(expr.op, expr.over, substitute(expr.body, {index_symbol(name): value}))


def test_a_sum_over_too_few_samples_is_refused(rnn):
    def change(expr: Expr) -> Expr:
        assert isinstance(expr, Reduce)
        shorter = tuple(Index(i.name, i.low + 1, i.high) if i.name == "n" else i for i in expr.over)
        assert shorter != expr.over
        return Reduce(expr.op, shorter, expr.body)

    refused(rnn, "W_h", change)


def test_a_wrong_gradient_of_a_base_case_is_refused(rnn):
    refused(rnn, "h", transposed("W_h"), part=1)


def test_a_convolution_without_its_divisibility_guard_is_refused(conv2d):
    refused(conv2d, "x", without_divisibility)


def test_a_convolution_with_an_unflipped_kernel_is_refused(conv2d):
    def change(node: Expr) -> Expr:
        if isinstance(node, Elem) and node.name == "W":
            o, c, u, v = node.index
            return Elem("W", (o, c, v, u))
        return node

    refused(conv2d, "x", lambda expr: transform(expr, change))


def test_swapped_strides_are_refused(conv2d):
    swap = {size_symbol("s_h"): size_symbol("s_w"), size_symbol("s_w"): size_symbol("s_h")}
    refused(conv2d, "W", lambda expr: substitute(expr, swap))


def test_a_corrupted_substep_case_and_closed_form_are_refused(rnn):
    gradient = rnn.gradients["h"][0]
    step = next(s for s in gradient.steps if s.substeps)
    substep = replace(step.substeps[0], after=mul(num(2), step.substeps[0].after))
    bad_step = replace(step, substeps=(substep, *step.substeps[1:]))
    case = replace(gradient.cases[0], right=mul(num("1001/1000"), gradient.cases[0].right))
    changed = replace(
        gradient,
        steps=tuple(bad_step if s is step else s for s in gradient.steps),
        cases=(case, *gradient.cases[1:]),
    )
    form = replace(rnn.closed_forms[0], jacobian=mul(num(-1), rnn.closed_forms[0].jacobian))
    gradients = {**rnn.gradients, "h": (changed, *rnn.gradients["h"][1:])}
    found = evidence(replace(rnn, gradients=gradients, closed_forms=(form,)))
    cut = rnn.truncation  # what it leaves out is a product of the form's Jacobians
    assert [record for record, _ in found.failures] == [substep, case, form, cut]


def test_steps_must_start_from_the_gradient_they_are_said_to_derive(rnn):
    """A step whose two sides agree with each other, but not with the gradient."""
    gradient = rnn.gradients["W_x"][0]
    other = Elem("W_x", gradient.left.index)
    step = replace(gradient.steps[-1], before=other, after=mul(num(1), other))
    changed = replace(gradient, steps=(*gradient.steps[:-1], step))
    found = evidence(replace(rnn, gradients={**rnn.gradients, "W_x": (changed,)}))
    assert not found.of(step).ok


def gradient_of(derivation: Derivation, name: str) -> Gradient:
    return derivation.gradients[name][0]


def test_what_is_zero_everywhere_shows_nothing_unless_zero_is_claimed():
    system = layer(indices="n:N", inputs="x[n] z[n]", equations="y[n] = x[n] + sign(z[n])", output="y")
    derivation = derive(system)
    assert evidence(derivation).ok and gradient_of(derivation, "z").right == Num(0)
    gradient = gradient_of(derivation, "z")
    hidden = mul(Elem("dy", gradient.left.index), Elem("zero", gradient.left.index))
    reader = interpreter_of(derivation, point(system, choose_sizes(system, 5, 0)))
    reader.tensors = {**reader.tensors, "zero": replace(reader.tensors["x"], array=0 * reader.tensors["x"].array)}
    assert not compared(reader, gradient.indices, (gradient.left, hidden), None, lambda: reader).telling


def test_a_gradient_that_cancels_to_zero_is_measured_by_its_terms():
    """A shift that a mean takes out again: its gradient is zero though no term of it is."""
    system = layer(
        indices="n:N  i:I", inputs="x[n,i]", params="b[]",
        equations="u[n,i] = tanh(x[n,i]) + b\nc[n,i] = u[n,i] - mean(u[n,i], i)\ny[n,i] = c[n,i]**3", output="y",
    )  # fmt: skip
    derivation = derive(system)
    found = evidence(derivation)
    assert found.ok, found.failures[:1]
    wrong = refused(derivation, "b", lambda expr: add(expr, mul(num("1/1000000"), Elem("b", ()))))
    assert wrong.worst > 1e-8


def test_a_gradient_may_be_zero_at_the_end_of_a_recurrence():
    """Nothing reads the last state; at all other times something does."""
    system = layer(
        indices="t=1..T",
        inputs="x[t] h0[]",
        equations="h[0] = h0\nh[t] = tanh(h[t-1] + x[t])\ny[t] = 2*h[t-1]",
        output="y",
    )
    derivation = derive(system)
    found = evidence(derivation)
    assert found.ok, found.failures[:1]
    assert any(case.where == "[t == T]" for case in gradient_of(derivation, "h").cases)
