"""The section on gradients cut short."""

from dataclasses import replace

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer, load
from derive.language.study import Study
from derive.rendering import document as D
from derive.rendering.compose_truncation import truncation
from derive.rendering.metrics import width
from derive.rendering.page import WIDTH, page
from tests.rendering.words import shown, told


def blocks_of(derived, checks=None):
    return list(truncation(page(derived, checks, None)))


def test_the_recursions_of_the_recurrent_network(derivation, evidence_of):
    blocks = blocks_of(derivation("rnn"), evidence_of("rnn"))
    assert shown(blocks)[:5] == [
        r"\mathbf K_{0,t}=\mathbf g_{t}",
        r"\mathbf K_{\tau,t}=\mathbf g_{t}+J_{t+1}^{\top}\,\mathbf K_{\tau-1,t+1}",
        r"\mathbf E_{0,t}=J_{t+1}^{\top}\,\frac{\partial\mathcal L}{\partial\mathbf h_{t+1}}",
        r"\mathbf E_{\tau,t}=J_{t+1}^{\top}\,\mathbf E_{\tau-1,t+1}",
        r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}-\mathbf K_{\tau,t}"
        r"=\bigl(J_{t+1}^{\top}J_{t+2}^{\top}\cdots J_{t+\tau+1}^{\top}\bigr)"
        r"\,\frac{\partial\mathcal L}{\partial\mathbf h_{t+\tau+1}}",
    ]
    assert r"\frac{\partial\mathcal L}{\partial W_{h,ik}}\approx\sum_{t,n}" in "\n".join(shown(blocks))
    assert [b.evidence.ok for b in blocks if isinstance(b, D.Equation) and b.evidence] == [True]
    text = told(blocks)
    assert r"\Vert\mathbf E_{\tau,t}\Vert\le(\gamma\,\Vert W_{h}\Vert)^{\tau+1}" in text
    assert r"t+\tau+1>T" in text and "h = h.detach()" in text and "Checked at random points" in text


def test_the_equations_that_were_evaluated_can_be_unfolded(derivation):
    (folded,) = (b for b in blocks_of(derivation("rnn")) if isinstance(b, D.Details))
    lines = shown(folded.blocks)
    assert len(lines) == 8 and all(line.startswith(("K_", "E_")) for line in lines)
    assert "Checked" not in told(blocks_of(derivation("rnn")))


def test_where_several_tensors_recur_together_what_is_carried_is_shown():
    lstm = derive(replace(load("lstm"), study=Study(truncation="h")))
    blocks = blocks_of(lstm, evidence(lstm))
    assert any(line.startswith(r"K_{\mathrm{c},\tau,t,n,j}=") for line in shown(blocks))
    assert not any(line.startswith(r"K_{\mathrm{o},\tau") for line in shown(blocks))
    assert shown(blocks)[-1] == (
        r"\mathbf E_{\tau,t}=\frac{\partial\mathcal L}{\partial\mathbf h_{t}}-\mathbf K_{\tau,t}"
    )
    (table,) = (b for b in blocks if isinstance(b, D.Table))
    assert len(table.header) == 3  # the smallest and the largest of twelve gradients


def test_no_formula_is_wider_than_the_page():
    for name in ("rnn", "lstm", "gru", "rnn_one_to_many"):
        derived = derive(replace(load(name), study=Study(truncation="h")))
        blocks = blocks_of(derived)
        inner = [i for b in blocks if isinstance(b, D.Details) for i in b.blocks]
        for block in (*blocks, *inner):
            if isinstance(block, D.Equation):
                assert width(block.formula) <= WIDTH, name


def test_a_recurrence_that_runs_down():
    lines = "h[T+1,n,i] = 0\nh[t,n,i] = tanh(sum(W[i,k]*h[t+1,n,k], k) + x[t,n,i])"
    down = derive(layer(indices="t=1..T  n:N  i,k:H", inputs="x[t,n,i]", params="W[i,k]", equations=lines, output="h",
                        study={"truncation": "h"}))  # fmt: skip
    blocks = blocks_of(down)
    assert r"\mathbf K_{\tau,t}=\mathbf g_{t}+J_{t-1}^{\top}\,\mathbf K_{\tau-1,t-1}" in shown(blocks)
    assert r"t-\tau-1<1" in told(blocks) and "as long as t>1" in told(blocks)


def test_what_does_not_recur_has_no_section(derivation):
    assert not blocks_of(derivation("linear"))
