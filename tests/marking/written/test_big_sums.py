"""A sum that names its index at its sign reaches to the end of its term."""

import pytest

from derive.language.errors import Fragment, LayerError
from derive.marking.written.big_sums import Ranges, in_words
from derive.marking.written.characters import tokens
from tests.marking.answers import names

WORDS = names("a b c; t n s", "T", "sum")


def summed(text: str) -> tuple[str, Ranges]:
    fragment = Fragment.of(text)
    line, ranges = in_words(tokens(fragment), WORDS, fragment)
    return "".join(token.text for token in line), ranges


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Σ_t a[t]*b[t] + c", "sum(a[t]*b[t],t)+c"),
        ("∑_{t,n} a[t,n]", "sum(a[t,n],t,n)"),
        ("Σ_(t,n) a", "sum(a,t,n)"),
        ("Σₜ a[t] - Σ_n c", "sum(a[t],t)-sum(c,n)"),
        ("Σ_tn a[t,n]", "sum(a[t,n],t,n)"),
        ("sum_t a[t] @ b[t]", "sum(a[t]@b[t],t)"),
        ("2*Σ_t (a + b)*c", "2*sum((a+b)*c,t)"),
        ("Σ_t Σ_n a*b", "sum(sum(a*b,n),t)"),
        ("Σ_t -a[t]", "sum(-a[t],t)"),
        ("Σ_t a[t]*-b[t] - c", "sum(a[t]*-b[t],t)-c"),
        ("(Σ_t a[t])*b", "(sum(a[t],t))*b"),
        ("Σ(a*b, t)", "sum(a*b,t)"),
        ("mean_n a + ∏_t b[t]", "mean(a,n)+prod(b[t],t)"),
        ("Σ_{s=t}^{T} a[s]", "sum([t<=s<=T]*a[s],s)"),
    ],
)
def test_sums_in_words(text: str, expected: str) -> None:
    assert summed(text) == (expected, {})


@pytest.mark.parametrize("text", ["Σ_{t=0}^{T-1} a[t+1]*b[t]", "Σ_{t=0..T-1} a[t+1]*b[t]"])
def test_limits_of_its_own_give_an_index_of_its_own(text: str) -> None:
    line, ranges = summed(text)
    assert line == "sum([0<=t_2<=T-1]*a[t_2+1]*b[t_2],t_2)"
    ((low, high),) = ranges.values()
    assert ["".join(t.text for t in end) for end in (low, high)] == ["0", "T-1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Σ a[t]", "a sum over what?"),
        ("b + Σ_t", "something is missing after this sum"),
        ("Σ_{t=1} a[t]", "the limits of a sum are not understood"),
        ("Σ_{t a[t]", "this { is never closed"),
        ("Σ_{t+1} a[t]", "a sum runs over indices"),
    ],
)
def test_what_is_no_sum_is_refused(text: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        summed(text)
    assert caught.value.message == message
