"""The table of mistakes, over the whole catalogue."""

import re

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.points import point
from derive.checking.sizes import choose_sizes
from derive.checking.truth import interpreter_of
from derive.language.load import catalogue, load
from derive.language.parser import parse_in
from derive.marking.mutations import KINDS, mutants
from derive.marking.mutations.table import lines
from tests.marking.mutations.found import all_mutants


@pytest.mark.parametrize("name", catalogue())
def test_every_mutant_has_a_value_and_a_sentence_that_can_be_read(name):
    derivation = derive(load(name))
    interpreter = interpreter_of(derivation, point(derivation.system, choose_sizes(derivation.system, 3, 0), 0))
    right = wrong = 0
    for gradient in (part for parts in derivation.gradients.values() for part in parts):
        truth = interpreter.over(gradient.right, gradient.indices)
        for mutant in mutants(derivation, gradient, {}):
            value = interpreter.over(mutant.right, mutant.indices)
            assert np.isfinite(value).all(), mutant.mistake
            assert mutant.mistake.kind in KINDS
            equal = np.allclose(value, truth, rtol=1e-9, atol=1e-12)
            right, wrong = right + equal, wrong + (not equal)
            for formula in re.findall("`(.*?)`", mutant.mistake.sentence):
                parse_in(derivation.backward, formula, gradient.indices, calculus=True)
    assert wrong > 2 * right  # a mistake may make no difference: where a sum is 0, or a function is the identity


@pytest.mark.parametrize("name", ["rnn", "lstm", "softmax", "layernorm", "conv2d", "embedding"])
def test_no_two_mutants_are_written_alike_and_none_like_the_truth(name):
    derivation = derive(load(name))
    for gradient in (part for parts in derivation.gradients.values() for part in parts):
        rights = [m.right for m in mutants(derivation, gradient, {})]
        assert len(rights) == len(set(rights))
        assert not {gradient.right, *(step.after for step in gradient.steps)} & set(rights)


def test_mistakes_are_made_in_the_line_before_known_gradients_were_inserted_too():
    derivation = derive(load("layernorm"))
    (gradient,) = derivation.gradients["x"]
    assert [str(line.expr) for line in lines(derivation, gradient)] == [
        "r[n]/D*(D*dx_hat[n,i] - sum(dx_hat[n,k], k) - x_hat[n,i]*sum(dx_hat[n,k]*x_hat[n,k], k))",
        "dmu[n]/D + 2*dv[n]*(x[n,i] - mu[n])/D + dx_hat[n,i]*r[n]",
    ]
    assert "the scale `2` is missing" in {m.mistake.sentence for m in all_mutants("layernorm", "dx")}


def test_the_step_is_that_of_the_document_and_none_where_the_document_has_none():
    steps = {m.mistake.sentence: m.mistake.step for m in all_mutants("rnn", "dh")}
    assert steps["your dh leaves out the path through `a[t+1,n,k]`"] == "D6"
    assert {m.mistake.step for m in all_mutants("lstm", "da_f")} == {""}  # shown as a repetition only


def test_every_kind_of_mistake_is_made_somewhere():
    layers = ["rnn", "gru", "layernorm", "dropout", "conv1d", "embedding", "softmax", "bce_with_logits", "mse"]
    derivations = [derive(load(name)) for name in layers]
    parts = ((d, part) for d in derivations for parts in d.gradients.values() for part in parts)
    assert {m.mistake.kind for d, part in parts for m in mutants(d, part, {})} == set(KINDS)
