import pytest

from derive.rendering import formula as F
from derive.rendering.unicode import unicode

A, T = F.Name("a", "a"), F.Name("t", "t")
TIMES = F.row(T, F.PLUS, F.Number("1"))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (F.Name("tau", "tau"), "τ"),
        (F.Name("W_h", "W", "h"), "W_h"),
        (F.Name("h0", "h", number="0"), "h0"),
        (F.Name("t_2", "t", primes=1), "t′"),
        (F.Name("loss", "L", style="script"), "L"),
        (F.Indexed(F.Name("W_h", "W", "h"), (A, TIMES)), "W_h[a,t+1]"),
        (F.row(F.Indexed(A, (T,)), F.Indexed(A, (T,))), "a[t] a[t]"),
        (F.row(F.Number("2"), A), "2a"),
        (F.Fraction(F.row(F.PARTIAL, A), F.row(F.PARTIAL, T)), "∂a/∂t"),
        (F.Fraction(F.row(A, F.PLUS, T), A), "(a + t)/a"),
        (F.row(F.Big("∑", T), A), "Σ_t a"),
        (F.row(F.Big("∑", F.row(A, F.COMMA, T)), A), "Σ_{a,t} a"),
        (F.row(F.Big("∑", F.row(T, F.EQUALS, F.Number("1")), F.Name("T", "T")), A), "Σ_{t=1..T} a"),
        (F.Script(A, above=F.Number("2")), "a²"),
        (F.Script(A, above=F.Sign("⊤")), "aᵀ"),
        (F.Script(A, T, TIMES), "a_t^(t + 1)"),
        (F.row(A, F.Script(F.Delimiter("|", 2, False), F.Text("direct"))), "a|direct"),
        (F.Root(F.row(A, F.PLUS, T)), "√(a + t)"),
        (F.Marked(A), "⟦a⟧"),
        (F.row(F.Function("f", 1), F.Fenced("(", A, ")")), "f′(a)"),
        (F.Name("a", "a", accent="bar"), "a\u0304"),
        (F.Lines(((A, F.row(F.EQUALS, T)), (F.row(A, A), F.row(F.EQUALS, T)))), "  a = t\na a = t"),
    ],
)
def test_formulas_in_one_line(formula, expected):
    assert unicode(formula) == expected
