import unicodedata

import pytest

from derive.rendering.mathml_letters import bold, italic, letter, script
from derive.rendering.metrics import GREEK

LETTERS = "ABCXYZabchxyz" + "".join(GREEK.values())


@pytest.mark.parametrize("change", [italic, bold])
def test_a_letter_of_an_alphabet_is_still_that_letter(change):
    assert [unicodedata.normalize("NFKC", change(c)) for c in LETTERS] == list(LETTERS)
    assert all(change(c) != c for c in LETTERS)


def test_alphabets_by_name():
    assert unicodedata.name(bold("x")) == "MATHEMATICAL BOLD SMALL X"
    assert unicodedata.name(bold("δ")) == "MATHEMATICAL BOLD ITALIC SMALL DELTA"
    assert unicodedata.name(bold("ϕ")) == "MATHEMATICAL BOLD ITALIC PHI SYMBOL"
    assert unicodedata.name(bold("7")) == "MATHEMATICAL BOLD DIGIT SEVEN"
    assert unicodedata.name(italic("Ω")) == "MATHEMATICAL ITALIC CAPITAL OMEGA"
    assert (italic("h"), script("L"), script("D")) == ("ℎ", "ℒ", "𝒟")


def test_what_has_no_place_in_an_alphabet_stays():
    assert bold("é,") == italic("é,") == script("é,") == "é,"


def test_letters_by_their_names():
    assert [letter(s) for s in ("tau", "l", "phi", "W", "target")] == ["τ", "ℓ", "ϕ", "W", "target"]
