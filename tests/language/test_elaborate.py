"""From Python's syntax tree to expressions: what the language has, and a refusal of all else."""

from fractions import Fraction

import pytest

from derive.language import expr as E
from derive.language.elaborate import MAX_NESTING
from derive.language.errors import LayerError
from derive.language.expr import Compare, Elem, Num, Size
from derive.language.integers import FloorDiv, Mod, element, index_symbol, size_symbol
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import Tensor
from tests.language.layers import SCOPE, parsed

i_, K, N, P = (index_symbol(c) for c in "iknp")
T, S, Q = (size_symbol(c) for c in "Tsq")


def test_numbers_are_exact() -> None:
    assert parsed("0.1") == Num(Fraction(1, 10))
    assert parsed("1e-3") == Num(Fraction(1, 1000))
    assert parsed(".5 + 1.") == Num(Fraction(3, 2))
    assert parsed("123456789012345678901234567890") == Num(Fraction(123456789012345678901234567890))


def test_names_are_tensors_sizes_or_indices() -> None:
    assert parsed("tau") == Elem("tau")
    assert parsed("T") == Size(T)
    assert parsed("i") == Size(i_)
    assert parsed("t + 1") == Size(index_symbol("t") + 1)


def test_pi_is_a_number_where_the_layer_has_no_such_name() -> None:
    assert parsed("2*pi") == E.mul(E.num(2), E.Call("pi", ()))
    assert parse_expression("pi", Scope(tensors={"pi": Tensor("pi", (), "input")})) == Elem("pi")


def test_elements_have_affine_indices() -> None:
    assert parsed("v[s*i - 2*q + 1]") == Elem("v", (S * i_ - 2 * Q + 1,))
    assert parsed("v[(i + q)//s]") == Elem("v", (FloorDiv(i_ + Q, S),))
    assert parsed("v[i % 2 + 1]") == Elem("v", (Mod(i_, i_ * 0 + 2) + 1,))
    assert parsed("v[tok[n]]") == Elem("v", (element("tok", (N,)),))


def test_quotients_are_powers_and_differences_products() -> None:
    v = Elem("v", (i_,))
    assert parsed("1/v[i]") == E.Pow(v, E.MINUS_ONE)
    assert parsed("tau/v[i]") == E.Mul((Elem("tau"), E.Pow(v, E.MINUS_ONE)))
    assert parsed("-v[i]**2") == E.Mul((E.MINUS_ONE, E.Pow(v, E.num(2))))
    assert parsed("tau - v[i]") == E.Add((Elem("tau"), E.Mul((E.MINUS_ONE, v))))
    assert parsed("+tau") == Elem("tau")


def test_conditions() -> None:
    zero = i_ * 0
    assert parsed("[1 <= i <= T]") == E.Bracket(
        (Compare("<=", Num(Fraction(1)), Size(i_)), Compare("<=", Size(i_), Size(T)))
    )
    assert parsed("[i != k, i < 2*T - 1]").conditions[1] == Compare("<", Size(i_), Size(2 * T - 1))
    assert parsed("[tok[n] == i]") == E.Bracket((Compare("==", Size(element("tok", (N,))), Size(i_)),))
    assert parsed("[(i - q) % s == 0]") == E.Bracket((Compare("==", Size(Mod(i_ - Q, S)), Num(Fraction(int(zero)))),))
    assert parsed("[v[i] > 0]") == E.Bracket((Compare(">", Elem("v", (i_,)), E.ZERO),))


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("W_hh[i,k]", 1, "unknown tensor W_hh", "did you mean W_h?"),
        ("1 + Tau", 5, "unknown name Tau", "did you mean tau?"),
        ("tanh", 1, "tanh is a function", "write tanh(...)"),
        ("T[i]", 1, "T is a size, not a tensor", ""),
        ("i[k]", 1, "i is an index, not a tensor", ""),
        ("v[i,k]", 1, "v has 1 index, here it has 2", "write v[i]"),
        ("tau[i]", 1, "tau has no index, here it has 1", "write tau"),
        ("2 + W_h[i,k,t]", 5, "W_h has 2 indices, here it has 3", "write W_h[i,k]"),
        ("(v[i])[k]", 1, "this has no index, here it has 1", ""),
        ("v[i*k]", 3, "non-affine index", "an index is multiplied by sizes and numbers only, as in s*p+d*u-q"),
        ("v[i**2]", 3, "non-affine index", "an index is multiplied by sizes and numbers only, as in s*p+d*u-q"),
        ("v[(i*k)//s]", 3, "non-affine index", "an index is multiplied by sizes and numbers only, as in s*p+d*u-q"),
        ("v[i/2]", 3, "not an index expression", "expected indices, sizes and whole numbers with + - * // %"),
        ("v[1.5]", 3, "not an index expression", "expected indices, sizes and whole numbers with + - * // %"),
        ("v[tau]", 3, "not an index expression", "expected indices, sizes and whole numbers with + - * // %"),
        ("v[w[k]]", 3, "not an index expression", 'an input of whole numbers is declared so: integers = "w"'),
        ("v[T**4*s]", 3, "an index expression has degree 4 at most", ""),
        ("tau // 2", 1, "// and % are for whole numbers: indices and sizes", "a quotient is written /"),
        ("v[i // k]", 8, "cannot divide by k", "a divisor is a size or a whole number above 0"),
        ("v[i % 0]", 7, "cannot divide by 0", "a divisor is a size or a whole number above 0"),
        ("1/0", 3, "division by zero", ""),
        ("tau/(2 - 2)", 6, "division by zero", ""),
        ("0**-1", 1, "division by zero", ""),
        ("10**10**10", 5, "exponent too large: 64 at most", ""),
        ("tau**100", 6, "exponent too large: 64 at most", ""),
        ("(9**64)**64", 1, "number too large", ""),
        ("1e30*1e30*1e30", 1, "number too large", ""),
        ("[t]", 2, "square brackets hold a condition", "as in [t < T]"),
        ("[]", 1, "empty brackets", "a scalar is declared tau[] and read as tau"),
        ("t < T", 1, "a condition stands in square brackets", "as in [t < T]*x[t+1]"),
        ("v[i].real", 1, "unknown .real", "the transpose is written .T"),
        ("tau.__class__", 1, "unknown .__class__", "the transpose is written .T"),
        ("tau, tau", 1, "several expressions where one is expected", ""),
        ("tau @ tau", 7, "@ needs an axis on each side; the left side has axes ()", ""),
        ("tau < T < 2", 1, "a condition stands in square brackets", "as in [t < T]*x[t+1]"),
        ("T*__import__", 3, "unknown name __import__", ""),
    ],
)
def test_what_has_no_meaning_is_refused_at_its_place(source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        parsed(source)
    assert (caught.value.column, caught.value.message, caught.value.hint) == (column, message, hint)


def test_an_error_in_a_later_line_is_shown_there() -> None:
    with pytest.raises(LayerError) as caught:
        parsed("tau +\n   tau*q_\n")
    assert (caught.value.line, caught.value.column, caught.value.source) == (2, 8, "   tau*q_")


def test_an_index_must_be_on_the_left_or_bound() -> None:
    free = Scope(SCOPE.indices, SCOPE.sizes, SCOPE.tensors, free={"i"})
    assert str(parse_expression("sum(W_h[i,k]*w[k], k)", free)) == "sum(W_h[i,k]*w[k], k)"
    for source, column in [("w[k]", 3), ("sum(W_h[i,k], k)*w[k]", 20), ("[i < k]", 6), ("v[i] + k", 8)]:
        with pytest.raises(LayerError, match="index k is neither on the left nor summed over") as caught:
            parse_expression(source, free)
        assert caught.value.column == column


def test_nesting_is_bounded_however_it_is_made() -> None:
    deep = "tau"
    for _ in range(50):
        deep = f"1/(1 + {deep})"
    with pytest.raises(LayerError, match="nested too deeply"):
        parsed(deep)
    assert MAX_NESTING < 100
    assert len(parsed("+".join(["tau*v[i]"] * 400)).terms) == 400  # a long sum is not deep
