from dataclasses import replace

from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose_gradient import gradient
from derive.rendering.latex import latex
from derive.rendering.page import page


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def blocks_of(derived, tensor, kind, evidence=None, part=0):
    here = page(derived, evidence, None)
    return [b for b in gradient(here, derived.gradients[tensor][part]) if isinstance(b, kind)]


def test_the_readers_come_first(derivation):
    first, *_ = blocks_of(derivation("rnn"), "h", D.Paragraph)
    said = words(first.inlines)
    assert said.startswith("Who reads it? h_{t,n,i} is read by") and "a_{t+1,n,k}" in said and "z_{t,n,o}" in said


def test_the_first_line_has_the_gradient_on_its_left_and_the_others_go_on(derivation):
    steps = blocks_of(derivation("rnn"), "h", D.Step)
    assert [latex(s.formula)[:1] for s in steps] == ["\\", "=", "=", "="]
    assert [s.indent is None for s in steps] == [True, False, False, False]
    assert latex(steps[-1].formula) == (
        r"=\sum_{o}W_{y,oi}\,\frac{\partial\mathcal L}{\partial z_{t,n,o}}"
        r"+[t<T]\sum_{k}W_{h,ki}\,\frac{\partial\mathcal L}{\partial a_{t+1,n,k}}"
    )
    assert r"\boxed{W_{h,ki}\,\delta_{s-1,t}}" in latex(steps[2].formula)


def test_every_line_has_rule_reason_shape_and_its_own_evidence(derivation, evidence_of):
    derived, checks = derivation("rnn"), evidence_of("rnn")
    steps = blocks_of(derived, "h", D.Step, checks)
    records = derived.gradients["h"][0].steps
    for step, record in zip(steps, records, strict=True):
        assert step.rule == record.rule and step.reason and words(step.shape) == r"T\times N\times H"
        assert step.evidence.error == checks.of(record).error and step.evidence.ok


def test_a_failed_check_is_shown_as_one(derivation, evidence_of):
    class Failing:
        def of(self, record):
            return replace(evidence_of("linear").of(record), ok=False, error=0.5)

    steps = blocks_of(derivation("linear"), "W", D.Step, Failing())
    assert all(not s.evidence.ok and s.evidence.error == 0.5 for s in steps)


def test_single_rewrites_are_folded_away(derivation):
    steps = blocks_of(derivation("rnn"), "h", D.Step)
    details = steps[1].details
    rules = [b.rule for b in details.blocks if isinstance(b, D.Substep)]
    assert rules[0] == "definition" and rules[-1] == "delta contraction"
    assert details.summary == f"{len(rules)} single steps"
    assert steps[0].details is None


def test_the_result_stands_in_index_and_matrix_form_with_its_shape(derivation):
    (result,) = blocks_of(derivation("rnn"), "h", D.Result)
    assert [latex(f).split("=")[0] for f in result.formulas] == [
        r"\frac{\partial\mathcal L}{\partial h_{t,n,i}}",
        r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}",
        r"\frac{\partial\mathcal L}{\partial\mathbf H_{t}}",
    ]
    said = [words(r) for r in result.remarks]
    assert said[0] == r"Shape: T\times N\times H, like h."
    assert said[1].startswith("Why the transpose?")


def test_special_cases(derivation):
    paragraphs = [words(b.inlines) for b in blocks_of(derivation("rnn"), "h", D.Paragraph)]
    assert any(p.startswith("t=T: ") for p in paragraphs) and any(p.startswith(r"1\le t<T: ") for p in paragraphs)
    equations = [latex(b.formula) for b in blocks_of(derivation("rnn"), "h", D.Equation)]
    left, right = (rf"\frac{{\partial\mathcal L}}{{\partial\mathbf {v}_{{T}}}}" for v in "hz")
    assert equations[1] == rf"{left}=W_{{y}}^{{\top}}\,{right}"
    assert equations[0] == (
        r"\frac{\partial\mathcal L}{\partial h_{T,n,i}}=\sum_{o}W_{y,oi}\,\frac{\partial\mathcal L}{\partial z_{T,n,o}}"
    )


def test_a_parameter_of_a_recurrence_has_a_local_and_a_total_gradient(derivation):
    said = [words(b.inlines) for b in blocks_of(derivation("rnn"), "W_h", D.Paragraph)]
    assert any(s.startswith("Local or total? One use of W_{h}, at one t, contributes") for s in said)
    said = [words(b.inlines) for b in blocks_of(derivation("linear"), "W", D.Paragraph)]
    assert not any(s.startswith("Local or total?") for s in said)


def test_a_matrix_form_without_a_vector_is_not_shown(derivation):
    (result,) = blocks_of(derivation("rnn"), "l", D.Result)
    assert len(result.formulas) == 1


def test_long_guards_use_short_names(derivation):
    (result,) = blocks_of(derivation("conv2d"), "x", D.Result)
    names = {n.source for n in F.walk(result.formulas[0]) if isinstance(n, F.Name)}
    assert {"p", "r"} <= names
    assert any(words(r).startswith("Here p=") for r in result.remarks)


def test_single_rewrites_that_change_nothing_to_be_seen_are_left_out(derivation):
    """A guard is printed in front of its product anyway: moving it there is no line."""
    *_, last = blocks_of(derivation("embedding"), "W", D.Step)
    assert last.rule == "remaining delta" and last.details is None


def test_rewrites_that_do_the_same_to_each_term_are_shown_for_the_first(derivation):
    here = page(derivation("lstm"), None, None)
    steps = [b for one in here.gradients() for b in gradient(here, one) if isinstance(b, D.Step) and b.details]
    shortened = [s.details for s in steps if " of " in s.details.summary]
    assert shortened and all(words(d.blocks[-1].inlines) == "The other terms likewise." for d in shortened)


def test_several_marks_with_a_minus_have_it_outside(derivation):
    steps = blocks_of(derivation("layernorm"), "x", D.Step)
    assert not any(r"+\boxed{\Bigl(-" in latex(s.formula) for s in steps)
