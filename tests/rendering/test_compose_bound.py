"""The section on how large products of Jacobians can be."""

from dataclasses import replace

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.language.study import Study
from derive.rendering import document as D
from derive.rendering.compose_bound import bounded
from derive.rendering.page import page
from tests.rendering.words import shown, told


def blocks_of(derived, evidence=None):
    return list(bounded(page(derived, evidence, None)))


def test_the_product_and_its_bound(derivation, evidence_of):
    blocks = blocks_of(derivation("rnn"), evidence_of("rnn"))
    product, bound = shown(blocks)
    assert product == r"\frac{\partial\mathbf h_{s}}{\partial\mathbf h_{t}}=J_{s}J_{s-1}\cdots J_{t+1}"
    assert bound.endswith(
        r"\le\Vert J_{s}\Vert\,\Vert J_{s-1}\Vert\cdots\Vert J_{t+1}\Vert\le(\gamma\,\Vert W_{h}\Vert)^{s-t}"
    )
    assert [b.evidence.ok for b in blocks if isinstance(b, D.Equation) and b.evidence] == [True]
    assert r"by the slope \tanh'(a_{t+1,n,k})=1-h_{t+1,n,k}^{2}" in told(blocks)
    assert r"\gamma=\max_{u}\vert\tanh'(u)\vert=1" in told(blocks)
    assert r"0.9^{50}\approx0.0052" in told(blocks) and r"1.1^{50}\approx120" in told(blocks)


@pytest.mark.parametrize(
    ("function", "says", "silent"),
    [
        ("sigmoid", (r"=1/4", r"\Vert W_{h}\Vert<4", r"\sigma'(u)"), ()),
        ("relu", (r"\operatorname{ReLU}'(u)\vert=1",), (r"that is \Vert",)),
        ("f", (r"\gamma=\max_{u}\vert f'(u)\vert.", r"the slope f'(a_{t+1,n,k}) of"), (r"that is \Vert",)),
    ],
)
def test_each_activation_function_has_its_largest_slope(derivation, function, says, silent):
    text = told(blocks_of(derivation("rnn", f=function)))
    assert all(words in text for words in says), text
    assert not any(words in text for words in silent)
    assert "Checked" not in text


def recurrent(right, **fields):
    lines = f"h[T+1,n,i] = 0\nh[t,n,i] = {right}"
    base = {"indices": "t=1..T  n:N  i,k:H", "inputs": "x[t,n,i]", "params": "W[i,k]", "output": "h"}
    return derive(layer(**{**base, **fields}, equations=lines, study={"truncation": "h"}))


def test_a_recurrence_that_runs_down_and_has_no_activation_function():
    blocks = blocks_of(recurrent("sum(W[i,k]*h[t+1,n,k], k) + x[t,n,i]"))
    assert shown(blocks)[0].endswith(r"=J_{s}J_{s+1}\cdots J_{t-1}")
    assert shown(blocks)[1].endswith(r"\le(\Vert W\Vert)^{t-s}")
    assert r"\gamma" not in told(blocks) and "Here every factor is W, so" in told(blocks)


def test_rows_that_something_else_scales_and_letters_that_are_taken():
    derived = recurrent("gamma[i]*sum(W[i,k]*h[t+1,n,k], k) + x[t,n,i]", params="W[i,k]  gamma[i]")
    text = told(blocks_of(derived))
    assert r"\kappa=\max\vert\gamma_{k}\vert" in text


def test_where_there_is_no_bound_of_this_kind_the_page_says_so():
    gru = replace(load("gru"), study=Study(truncation="h"))
    blocks = blocks_of(derive(gru))
    assert not shown(blocks) and "No bound by the norm of a single weight matrix follows" in told(blocks)


def test_a_matrix_made_of_several():
    derived = derive(replace(load("rnn_one_to_many"), study=Study(truncation="h")))
    assert r"(\gamma\,\Vert W_{x}W_{y}+W_{h}\Vert)^{s-t}" in "".join(shown(blocks_of(derived)))


def test_one_path_may_have_a_jacobian_of_another_shape():
    text = told(blocks_of(recurrent("sum(W[t,i,k]*h[t+1,n,k], k) + x[t,n,i]", params="W[t,i,k]")))
    assert text.endswith("it is not of that form.")


def test_what_is_not_studied_has_no_section(derivation):
    assert not blocks_of(derivation("linear"))
