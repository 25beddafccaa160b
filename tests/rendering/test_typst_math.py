import pytest

from derive.rendering import formula as F
from derive.rendering.typst_math import alternative, string, typst_math

A, T, TAU = F.Name("a", "a"), F.Name("t", "t"), F.Name("tau", "tau")
TARGET = F.Name("target", "target")
EVIL = '#read("/etc/passwd") $x$ \\input{y} @z <label> *a* _b_ `c` // d /* e */ & f'

FORMULAS = [
    (A, "a"),
    (TAU, "τ"),
    (F.Name("eps", "eps"), "ε"),
    (F.Name("l", "l"), "ℓ"),
    (TARGET, '"target"'),
    (F.Name("字", "字"), '"字"'),
    (F.Name("L", "L", style="script"), "cal(L)"),
    (F.Name("h", "h", style="bold"), "bold(h)"),
    (F.Name("mu", "mu", style="bold"), "bold(μ)"),
    (F.Name("i", "i", style="upright"), "upright(i)"),
    (F.Name("W_h", "W", "h"), "W_(h)"),
    (F.Name("W_i", "W", "i", upright=True), "W_(upright(i))"),
    (F.Name("W_in", "W", "in"), 'W_("in")'),
    (F.Name("s_beta", "s", "beta"), "s_(β)"),
    (F.Name("h0", "h", number="0"), "h^((0))"),
    (F.Name("k_3", "k", primes=2), "k''"),
    (F.Name("a", "a", accent="hat"), "hat(a)"),
    (F.Name("a", "a", accent="tilde"), "tilde(a)"),
    (F.Name("a", "a", accent="bar"), "macron(a)"),
    (F.Indexed(F.Name("W_h", "W", "h"), (A, T), tight=True), r"W_(h\,a t)"),
    (F.Indexed(F.Name("W_h", "W", "h"), (A, T)), r"W_(h\,a\,t)"),
    (F.Indexed(F.Name("h0", "h", number="0"), (A,)), "h_(a)^((0))"),
    (F.Indexed(TARGET, (A,)), '"target"_(a)'),
    (F.Number("2.5"), "2.5"),
    (F.Number("1e-05"), '"1e-05"'),
    (F.row(F.Number("2"), A), "2 a"),
    (F.row(F.PARTIAL, A), "∂a"),
    (F.row(A, F.MINUS, TAU), "a−τ"),
    (F.row(F.NEGATIVE, A), 'class("normal", −)a'),
    (F.row(F.PLUS, A), 'class("binary", +)a'),
    (F.row(F.QUAD, F.MINUS, A), 'quad class("binary", −)a'),
    (F.row(A, F.COMMA, T), r"a\,t"),
    (F.row(A, F.Sign("/"), T), r"a\/t"),
    (F.row(A, F.Sign("<", "relation"), T), "a<t"),
    (F.row(A, F.Sign("mod", "relation"), T), 'a class("relation", "mod")t'),
    (F.row(F.Sign("…"), F.Sign("⊙", "binary"), F.Sign("⊤")), "…⊙⊤"),
    (F.row(F.Function("log"), F.GAP, A), "log a"),
    (F.row(F.Function("tanh"), F.Fenced("(", A, ")")), r"tanh\(a\)"),
    (F.row(F.Function("f", 1), F.Fenced("(", A, ")")), r"f'\(a\)"),
    (F.Function("ReLU"), 'op("ReLU")'),
    (F.Function("σ"), "σ"),
    (F.Text("where"), '"where"'),
    (F.Script(A, below=T, above=F.Number("2")), "a_(t)^(2)"),
    (F.Script(F.Row((A, T)), above=F.Number("2")), "attach(a t, t: 2)"),
    (F.Script(F.Fraction(A, T), F.Sign(","), A), r"attach(frac(a, t), b: \,, t: a)"),
    (F.Script(F.Delimiter("|", 2, False), F.Text("direct")), r'closing(#1.8em, \|)_("direct")'),
    (F.Big("∑", T, A), "∑_(t)^(a)"),
    (F.Big("max", T), "max_(t)"),
    (F.Big("argmax", T), 'op("argmax")_(t)'),
    (F.Fraction(F.row(A, F.COMMA, T), T), r"frac(a\,t, t)"),
    (F.Fenced("⌊", A, "⌋"), r"\⌊a\⌋"),
    (F.Fenced("|", A, "|"), r'class("opening", \|)a class("closing", \|)'),
    (F.Fenced("(", A, ")", 3), r"opening(#2.4em, \()a closing(#2.4em, \))"),
    (F.row(F.Delimiter("[", 1, True), A, F.Delimiter("]", 1, False)), r"opening(#1.2em, \[)a closing(#1.2em, \])"),
    (F.Root(A), "sqrt(a)"),
    (F.Marked(A), "marked(a)"),
    (F.Gap(2.5), "gap(#2.5em)"),
    (F.row(A, F.THIN, T, F.QUAD, A), "a thin t quad a"),
    (F.row(A, F.Space(9), T), "a#h(0.500em);t"),
    (F.row(F.THIN, F.Fenced("(", A, ")")), r"thin\(a\)"),
    (F.Lines(((A, F.row(F.EQUALS, T)), (F.Row(()), F.row(F.PLUS, A)))), 'a &=t \\\n &class("binary", +)a'),
    (F.Lines(((A, F.PLUS),)), 'a &class("binary", +)'),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), FORMULAS)
def test_typst(formula, expected):
    assert typst_math(formula) == expected


@pytest.mark.parametrize("formula", [f for f, _ in FORMULAS])
def test_each_formula_compiles_with_its_alternative(formula, typeset_pdf):
    assert typeset_pdf(f"#dm({string(alternative(formula))}, $ {typst_math(formula)} $)")


def test_every_kind_of_formula_is_here():
    tried = {type(n) for f, _ in FORMULAS for n in F.walk(f)}
    assert tried == set(F.Formula.__subclasses__())


def test_an_unknown_formula_is_an_error():
    with pytest.raises(TypeError):
        typst_math(F.Formula())


@pytest.mark.parametrize(
    "formula",
    [F.Text(EVIL), F.Name(EVIL, EVIL), F.Name("a", "a", EVIL), F.Function(EVIL), F.Number(EVIL), F.Sign(EVIL)],
)
def test_no_name_is_a_command(formula, typeset_pdf, text_of):
    assert EVIL.replace(" ", "") in text_of(typeset_pdf(f'#dm("x", $ {typst_math(formula)} $)')).replace(" ", "")


def test_a_string_ends_where_it_should():
    assert string('a"b\\c\nd') == r'"a\"b\\c\nd"'
    assert string("a\u202eb\x00c") == '"abc"'


def test_the_alternative_is_plain_text_without_the_marks():
    assert alternative(F.row(A, F.EQUALS, F.Marked(TAU))) == "a = τ"
    assert alternative(F.Lines(((A, F.row(F.EQUALS, T)), (F.Row(()), F.row(F.PLUS, A))))) == "a = t + a"
