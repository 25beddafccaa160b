"""Brackets as the language has them."""

import pytest

from derive.language.errors import Fragment
from derive.marking.written.brackets import conditions, kronecker, without_slices
from derive.marking.written.characters import Token, tokens
from tests.marking.answers import names


def text(line: list[Token]) -> str:
    return "".join(token.text for token in line)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("(a > 0)*b", "[a>0]*b"),
        ("tanh(a > 0)", "tanh(a>0)"),  # no condition, but an argument
        ("1_{a = b}*c", "[a==b]*c"),
        ("𝟙(a ≥ b)", "[a>=b]"),
        ("[t = T]*a[t]", "[t==T]*a[t]"),
        ("((a) <= (b + 1))", "[(a)<=(b+1)]"),
        ("x[1]*1", "x[1]*1"),
    ],
)
def test_conditions_stand_in_square_brackets(written: str, expected: str) -> None:
    assert text(conditions(tokens(Fragment.of(written)))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("δ_{ij}*a", "[i==j]*a"),
        ("δ_{i,j}", "[i==j]"),
        ("δ_ij", "[i==j]"),
        ("δ_{ijk}", "delta_{ijk}"),
        ("δ_hx", "delta_hx"),  # a name of one's own
        ("δ", "delta"),
    ],
)
def test_kronecker_deltas_are_conditions(written: str, expected: str) -> None:
    assert text(kronecker(tokens(Fragment.of(written)), names("delta_hx"))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("h[t,:,:]", "h[t]"), ("h[:]", "h"), ("h[t,...]", "h[t]"), ("h[:,t]", "h[:,t]"), ("(a[:])[t]", "(a)[t]")],
)
def test_axes_left_out_at_the_end_are_whole(written: str, expected: str) -> None:
    assert text(without_slices(tokens(Fragment.of(written)))) == expected
