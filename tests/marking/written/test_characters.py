"""Characters as a person types them are plain letters and signs, each with its place."""

import pytest

from derive.language.errors import Fragment, LayerError
from derive.marking.written.characters import MAX_TOKENS, tokens


def plain(text: str) -> list[str]:
    return [token.text for token in tokens(Fragment.of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a·b × c ⊙ d ∘ e", "a * b * c * d * e"),
        ("a − b – c ÷ d", "a - b - c / d"),
        ("a ≤ b ≥ c ≠ d", "a <= b >= c != d"),
        ("γ*δ_h + ε", "gamma * delta_h + eps"),
        ("x̂ + ŷ + h̃", "x_hat + y_hat + h_tilde"),
        ("𝑊*𝐱", "W * x"),
        ("δ₁ + W₁₂", "delta_1 + W_12"),
        ("2.5e-3*x", "2.5e-3 * x"),
        ("Wᵀ@x", "W ᵀ @ x"),
        ("dW := x", "dW = x"),
    ],
)
def test_signs_and_letters_are_plain(text: str, expected: str) -> None:
    assert plain(text) == expected.split()


@pytest.mark.parametrize(("text", "high"), [("h²", "2"), ("x⁻¹", "-1"), ("x¹⁰", "10")])
def test_superscripts_are_numbers_of_their_own(text: str, high: str) -> None:
    name, power = tokens(Fragment.of(text))
    assert (name.text, power.kind, power.text) == (text[0], "super", high)


def test_a_name_says_all_that_it_may_be() -> None:
    (epsilon,) = tokens(Fragment.of("ε"))
    assert epsilon.spellings == ("eps", "epsilon")
    (state,) = tokens(Fragment.of("hₜ"))
    assert (state.base, state.low, state.spellings) == ("h", "t", ("h_t", "ht"))


def test_a_number_before_a_letter_is_a_number_and_a_name() -> None:
    assert plain("2x") == ["2", "x"]
    assert plain("2e3x") == ["2", "e3x"]


def test_every_token_knows_where_it_stands() -> None:
    text = "δ_h  ·  Wᵀ"
    assert [(t.at, t.end) for t in tokens(Fragment.of(text))] == [(0, 3), (5, 6), (8, 9), (9, 10)]


def test_a_line_has_a_bound() -> None:
    assert len(tokens(Fragment.of("x+" * (MAX_TOKENS // 2)))) == MAX_TOKENS
    with pytest.raises(LayerError, match="line too long"):
        tokens(Fragment.of("x+" * MAX_TOKENS))
