import pytest

from derive.language.expr import Bracket
from derive.rendering.conditions import chains, divisor, even_divisions


def conditions(expression, text):
    bracket = expression(text)
    assert isinstance(bracket, Bracket)
    return bracket.conditions


def said(expression, text):
    return [" ".join(map(str, chain)) for chain in chains(conditions(expression, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[t < T]", ["t < T"]),
        ("[i >= k]", ["i ≥ k"]),
        ("[i == k, i != 3]", ["i = k", "i ≠ 3"]),
        ("[i >= 1, i <= I]", ["1 ≤ i ≤ I"]),
        ("[1 <= i, i < I]", ["1 ≤ i < I"]),
        ("[i < I, i > k]", ["k < i < I"]),
        ("[i >= 1, k >= 1]", ["i ≥ 1", "k ≥ 1"]),
        ("[i >= 1, k <= I]", ["i ≥ 1", "k ≤ I"]),
        ("[(p+q) % s == 0]", ["s ∣ p+q"]),
        ("[(p+q) % s == 0, (p+q)//s >= 0, (p+q)//s <= P-1]", ["s ∣ p+q", "0 ≤ (p+q)//s ≤ P-1"]),
        ("[(p+q) % s == 1]", ["(p+q)%s = 1"]),
    ],
)
def test_two_bounds_on_one_thing_are_one_chain(text, expected, expression):
    assert said(expression, text) == expected


def test_the_divisions_that_come_out_even(expression):
    (one,) = conditions(expression, "[(p+q) % s == 0]")
    assert [str(side) for side in divisor(one)] == ["s", "p+q"]
    assert {tuple(map(str, pair)) for pair in even_divisions([one])} == {("p + q", "s")}
    assert even_divisions(conditions(expression, "[(p+q) % s == 1, p == 0]")) == frozenset()
