import pytest

from derive.language.expr import (
    Elem,
    Size,
)
from derive.language.traverse import (
    walk,
)
from derive.rendering import formula as F
from derive.rendering.integers import integer_formula, is_simple
from derive.rendering.latex import latex
from derive.rendering.notation import notation


def integer(expression, text):
    """The index expression in ``X[n, …]``, or a size expression."""
    found = next(n for n in walk(expression(text)) if isinstance(n, Elem | Size))
    return found.index[-1] if isinstance(found, Elem) else found.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v[i]", "i"),
        ("X[n,s*p+d*u-q]", "sp+du-q"),
        ("X[n,3]", "3"),
        ("X[n,-1]", "-1"),
        ("X[n,2*p+1]", "2p+1"),
        ("X[n,p-u]", "p-u"),
        ("X[n,d*(K-1)]", "d(K-1)"),
        ("X[n,(p+q)//s]", r"\lfloor(p+q)/s\rfloor"),
        ("X[n,s*((p+q)//s)]", r"s\lfloor(p+q)/s\rfloor"),
        ("X[n,(p+q) % s]", r"(p+q)\bmod s"),
        ("X[n,tok[n]]", r"\mathrm{tok}_{n}"),
    ],
)
def test_index_expressions(text, expected, expression, system):
    assert latex(integer_formula(integer(expression, text), notation(system))) == expected


def test_a_size_that_follows_from_others_keeps_the_authors_order(system):
    definition = integer_formula(system.derived["P"], notation(system), stacked=True)
    assert latex(definition) == r"\Bigl\lfloor\frac{L+2q-d(K-1)-1}{s}\Bigr\rfloor+1"


def test_a_division_that_comes_out_even_has_no_floor(expression, system):
    value = integer(expression, "X[n,(p+q)//s]")
    even = frozenset({tuple(value.args)})
    assert latex(integer_formula(value, notation(system), even)) == "(p+q)/s"
    assert latex(integer_formula(value, notation(system), even, stacked=True)) == r"\frac{p+q}{s}"


def test_single_letters_and_digits_are_simple():
    assert is_simple(F.Name("k", "k")) and is_simple(F.Name("k_2", "k", primes=1)) and is_simple(F.Number("1"))
    assert not is_simple(F.Name("s_h", "s", "h"))
    assert not is_simple(F.Number("12"))
    assert not is_simple(F.Row((F.Name("t", "t"), F.MINUS, F.Number("1"))))
