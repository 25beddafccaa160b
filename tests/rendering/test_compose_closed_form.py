from dataclasses import replace

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer, load
from derive.language.study import Study
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose_closed_form import closed_form
from derive.rendering.latex import latex
from derive.rendering.page import page
from tests.rendering.words import told


def parts(derived, evidence=None):
    (form,) = derived.closed_forms
    blocks = list(closed_form(page(derived, evidence, None), form))
    formulas = [
        latex(f) for b in blocks if isinstance(b, D.Equation)
        for f in ([F.row(*r) for r in b.formula.rows] if isinstance(b.formula, F.Lines) else [b.formula])
    ]  # fmt: skip
    text = " ".join(
        latex(i.formula) if isinstance(i, D.Math) else i.text
        for b in blocks
        if isinstance(b, D.Paragraph)
        for i in b.inlines
    )
    return blocks, formulas, text


def test_the_recurrence_of_a_recurrent_network(derivation):
    _, formulas, text = parts(derivation("rnn"))
    assert r"\mathbf g_{t}=W_{y}^{\top}\,\frac{\partial\mathcal L}{\partial\mathbf z_{t}}" in formulas
    assert r"J_{t+1}=\operatorname{diag}\bigl(1-\mathbf h_{t+1}^{\odot2}\bigr)W_{h}" in formulas
    assert formulas[-1] == (
        r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}"
        r"=\sum_{s=t}^{T}\bigl(J_{t+1}^{\top}J_{t+2}^{\top}\cdots J_{s}^{\top}\bigr)\,\mathbf g_{s}"
    )
    assert "t<T" in text and "Local or total?" in text and "a section of its own" in text


def test_how_large_its_terms_are_where_no_section_says_it():
    _, _, text = parts(derive(replace(load("rnn"), study=Study())))
    assert r"\max_{k}\bigl\vert1-h_{t+1,n,k}^{2}\bigr\vert\,\Vert W_{h}\Vert" in text
    assert "a section of its own" not in text


def test_its_evidence_stands_beside_it(derivation, evidence_of):
    blocks, *_ = parts(derivation("rnn"), evidence_of("rnn"))
    assert [b.evidence.ok for b in blocks if isinstance(b, D.Equation) and b.evidence] == [True]


def test_a_recurrence_that_runs_down_and_letters_that_are_taken():
    lines = "h[T+1,n,i] = 0\nh[t,n,i] = tanh(sum(J[i,k]*h[t+1,n,k], k) + x[t,n,i])"
    down = layer(
        title="Down", indices="t=1..T  n:N  i,k:H", inputs="x[t,n,i]", params="J[i,k]", equations=lines, output="h"
    )
    _, formulas, text = parts(derive(down))
    assert formulas[-1].startswith(r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}=\sum_{s=1}^{t}")
    assert "K_{t-1}^{\\top}" in formulas[-1] and "t>1" in text and "every earlier" in text


def test_where_only_the_last_step_is_read_one_term_is_left(derivation):
    blocks, formulas, _ = parts(derivation("rnn_many_to_one"))
    text = told(blocks)
    assert formulas[-1].endswith(
        r"=J_{t+1}^{\top}J_{t+2}^{\top}\cdots J_{T}^{\top}\,W_{y}^{\top}\,\frac{\partial\mathcal L}{\partial\mathbf y}"
    )
    assert "Only t=T has a local part" in text and "The sum runs" not in text
    assert "where the norms stay below one the gradient vanishes" in text


RESIDUAL = "h[0,n,i] = x[n,i]\nh[l,n,i] = h[l-1,n,i] + tanh(sum(W[l,i,k]*h[l-1,n,k], k))\ny[n,i] = h[L,n,i]"


def test_the_identity_of_a_residual_stack_stands_in_every_factor():
    stack = layer(indices="l=1..L  n:N  i,k:D", inputs="x[n,i]", params="W[l,i,k]", equations=RESIDUAL, output="y")
    derived = derive(stack)
    blocks, formulas, _ = parts(derived, evidence(derived))
    text = told(blocks)
    assert any(f.startswith(r"J_{\ell+1}=I+\operatorname{diag}") and f.endswith(r"W_{\ell+1}") for f in formulas)
    assert r"\bigl(I+W_{\ell+1}^{\top}\,\operatorname{diag}" in formulas[-1]
    assert r"\cdots" in formulas[-1] and r"I+W_{L}^{\top}" in formulas[-1]
    assert "with I for the identity matrix" in text and "whatever the weights" in text
    assert [b.evidence.ok for b in blocks if isinstance(b, D.Equation) and b.evidence] == [True]


def test_a_gate_that_lets_pass_is_a_diagonal_in_every_factor(derivation):
    blocks, formulas, _ = parts(derivation("gru"))
    text = told(blocks)
    assert any(f.startswith(r"J_{t+1}=\operatorname{diag}(\mathbf z_{t+1})+\operatorname{diag}(1-") for f in formulas)
    assert r"a diagonal matrix such as \operatorname{diag}(\mathbf z_{t+1})" in text
    assert "identity" not in text
