"""Answers are read as they are meant: right ones have the true values, and what cannot be read says so in its line."""

import pytest

from derive.api import gradients
from derive.forms.matrix import NotMatrix, Reading
from derive.forms.matrix_tree import Convolution
from derive.language.load import catalogue
from tests.marking.answers import answer, apart, derivation

CANCELLED = {"db_k"}  # is zero: its terms cancel, and leave rounding only


@pytest.mark.parametrize("layer", catalogue())
def test_what_the_program_prints_is_read_back_with_its_true_value(layer: str) -> None:
    parts = [part for found in derivation(layer).gradients.values() for part in found]
    text = "\n".join(f"{part.left} = {part.right}" for part in parts)
    found = answer(layer, text)
    assert len(found.lines) == len(parts)
    for one, part in zip(found.lines, parts, strict=True):
        assert one.left is not None and one.left.name == part.left.name
        assert one.name in CANCELLED or apart(layer, found, one) < 1e-9, one.text


@pytest.mark.parametrize("layer", catalogue())
def test_matrix_forms_are_read_back_with_their_true_values(layer: str) -> None:
    derived = gradients(layer)
    for form in (derived[name].matrix for name in derived):
        for reading in (form.batched_reading, form.per_sample_reading):
            if isinstance(reading, Reading) and not isinstance(reading.right, Convolution):
                found = answer(layer, str(reading.spoken))
                assert found.lines[0].name in CANCELLED or apart(layer, found, found.lines[0]) < 1e-9, str(reading)
            assert not isinstance(reading, NotMatrix) or reading.reason
