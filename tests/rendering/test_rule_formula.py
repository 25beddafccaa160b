import pytest

from derive.calculus.passes import all_rules
from derive.rendering.document import Code, Math
from derive.rendering.latex import latex
from derive.rendering.rule_formula import rule_formula


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("D(w[k], w[j]) = delta(k, j)", r"\frac{\partial w_{k}}{\partial w_{j}}=\delta_{kj}"),
        ("sum(da[s,i]*delta(s-1, t), s) = [t < T]*da[t+1,i]",
         r"\sum_{s}\frac{\partial\mathcal L}{\partial a_{s,i}}\,\delta_{s-1,t}"
         r"=[t<T]\,\frac{\partial\mathcal L}{\partial a_{t+1,i}}"),
        ("sum(A[i,k]*w[k], k) = u[i]", r"\sum_{k}A_{ik}w_{k}=u_{i}"),
    ],
)  # fmt: skip
def test_formulas_of_rules(source, expected):
    (math,) = rule_formula(source)
    assert latex(math.formula) == expected


def test_what_is_no_formula_stays_code():
    assert rule_formula("what? = that") == (Code("what? = that"),)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.name)
def test_every_rule_can_be_printed(rule):
    (math,) = rule_formula(rule.formula)
    assert isinstance(math, Math)
