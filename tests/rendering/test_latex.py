import re

import pytest

from derive.language.load import catalogue
from derive.rendering import formula as F
from derive.rendering.compose import compose
from derive.rendering.latex import MARKDOWN, TEX, latex
from derive.rendering.markdown import display

A, T, TAU = F.Name("a", "a"), F.Name("t", "t"), F.Name("tau", "tau")
TARGET = F.Name("target", "target")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (A, "a"),
        (TAU, r"\tau"),
        (F.Name("eps", "eps"), r"\varepsilon"),
        (F.Name("l", "l"), r"\ell"),
        (TARGET, r"\mathrm{target}"),
        (F.Name("L", "L", style="script"), r"\mathcal L"),
        (F.Name("h", "h", style="bold"), r"\mathbf h"),
        (F.Name("mu", "mu", style="bold"), r"\boldsymbol\mu"),
        (F.Name("W_h", "W", "h"), "W_{h}"),
        (F.Name("W_i", "W", "i", upright=True), r"W_{\mathrm{i}}"),
        (F.Name("W_in", "W", "in"), r"W_{\mathrm{in}}"),
        (F.Name("h0", "h", number="0"), "h^{(0)}"),
        (F.Name("k_3", "k", primes=2), "k''"),
        (F.Indexed(F.Name("W_h", "W", "h"), (A, T), tight=True), "W_{h,at}"),
        (F.Indexed(F.Name("W_h", "W", "h"), (A, T)), "W_{h,a,t}"),
        (F.Indexed(F.Name("h0", "h", number="0"), (A,)), "h_{a}^{(0)}"),
        (F.Indexed(TARGET, (A,)), r"\mathrm{target}_{a}"),
        (F.row(F.PARTIAL, A), r"\partial a"),
        (F.row(F.PARTIAL, TAU), r"\partial\tau"),
        (F.row(A, F.MINUS, TAU), r"a-\tau"),
        (F.row(F.Function("log"), F.GAP, A), r"\log a"),
        (F.row(F.Function("tanh"), F.Fenced("(", A, ")")), r"\tanh(a)"),
        (F.row(F.Function("f", 1), F.Fenced("(", A, ")")), "f'(a)"),
        (F.Function("ReLU"), r"\operatorname{ReLU}"),
        (F.Function("σ"), r"\sigma"),
        (F.Script(F.Row((A, T)), above=F.Number("2")), "{at}^{2}"),
        (F.Big("∑", T, A), r"\sum_{t}^{a}"),
        (F.Big("argmax", T), r"\operatorname{argmax}_{t}"),
        (F.Fraction(A, T), r"\frac{a}{t}"),
        (F.Fenced("⌊", A, "⌋", 1), r"\bigl\lfloor a\bigr\rfloor"),
        (F.row(F.Delimiter("(", 2, True), A, F.Delimiter(")", 2, False)), r"\Bigl(a\Bigr)"),
        (F.Root(A), r"\sqrt{a}"),
        (F.Marked(A), r"\boxed{a}"),
        (F.Name("a", "a", accent="bar"), r"\bar{a}"),
        (F.row(A, F.THIN, T, F.QUAD, A), r"a\,t\quad a"),
        (F.row(A, F.Sign("<", "relation"), T), "a<t"),
        (F.Text("50 % of $x_1 & {y} \\z"), r"\text{50 \% of \$x\_1 \& \{y\} \backslash z}"),
        (F.Lines(((A, F.row(F.EQUALS, T)), (F.Row(()), F.row(F.PLUS, A)))),
         r"\begin{aligned}a & =t \\  & +a\end{aligned}"),
    ],
)  # fmt: skip
def test_latex(formula, expected):
    assert latex(formula, TEX) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (F.row(A, F.Sign("<", "relation"), T, F.THIN, A), r"a\lt t\thinspace a"),
        (TARGET, r"\mathrm{target}"),
        (F.Indexed(TARGET, (A,)), r"\mathrm{targe}\mathrm t_{a}"),
        (F.Name("mu", "mu", style="bold"), r"\pmb\mu"),
        (F.Script(F.Function("softmax"), A), r"\mathrm{softma}\mathrm x_{a}"),
        (F.row(F.Big("argmax", T), A), r"\mathrm{argma}\mathrm x_{t}\thinspace a"),
        (F.Script(F.Fenced("(", T, ")"), A), r"(t)\hskip 0pt_{a}"),
        (F.Lines(((A, T), (A, T))), r"\begin{aligned}a & t \cr a & t\end{aligned}"),
    ],
)
def test_markdown_dialect(formula, expected):
    assert latex(formula, MARKDOWN) == expected


@pytest.mark.parametrize("name", catalogue())
def test_formulas_in_markdown_hold_nothing_that_markdown_or_github_takes_for_its_own(name, derivation):
    """No ``<>|*``, no backslash before punctuation, no underscore after a bracket, no refused macro, no link."""
    formulas = [f for b in compose(derivation(name), None, None).blocks for f in formulas_of(b)]
    assert formulas
    for formula in formulas:
        source = display(formula)[2:-2]
        assert not re.search(r"[<>|*~#%\n$]|\\[^A-Za-z]|[^A-Za-z0-9]_|\]\(", source), source
        assert not re.search(r"\\(operatorname|phantom|hphantom|mbox|text\s)", source), source


def formulas_of(value):
    """Every formula in a part of a document."""
    if isinstance(value, F.Formula):
        return [value]
    if isinstance(value, tuple):
        return [f for part in value for f in formulas_of(part)]
    return [f for part in getattr(value, "__dict__", {}).values() for f in formulas_of(part)]
