"""The sections that the table ``[study]`` asks for."""

from dataclasses import replace

from derive.calculus.sweep import derive
from derive.language.load import load
from derive.language.study import Measured, Study
from derive.rendering import document as D
from derive.rendering.compose_study import study
from derive.rendering.page import page
from tests.rendering.words import words


def headings(derived):
    return [words(b.inlines) for b in study(page(derived, None, None)) if isinstance(b, D.Heading)]


def test_the_sections_of_a_recurrent_network(derivation):
    assert headings(derivation("rnn")) == [
        "Vanishing and exploding gradients", "Measured", "Truncated backpropagation through time",
    ]  # fmt: skip


def test_only_what_is_asked_for_is_there(derivation):
    assert headings(derivation("linear")) == []
    rnn = load("rnn")
    assert headings(derive(replace(rnn, study=Study((Measured("rnn", "h"),))))) == [
        "Vanishing and exploding gradients", "Measured",
    ]  # fmt: skip
    assert headings(derive(replace(rnn, study=Study(truncation="h")))) == [
        "Vanishing and exploding gradients", "Truncated backpropagation through time",
    ]  # fmt: skip
