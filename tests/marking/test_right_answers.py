"""No false refusal: right answers in every form that textbooks, lecture notes and the program's own pages print."""

from collections.abc import Iterator

import pytest

from derive.forms.matrix import Reading, matrix_form
from derive.language.load import catalogue, load
from derive.marking.check import mark_text
from derive.marking.ground import Ground
from tests.marking.corpus import Case, right_answers

SEEDS = (0, 1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", right_answers(), ids=lambda case: case.id)
def test_textbook_answers(case: Case, seed: int) -> None:
    marking = case.marking(seed)
    assert marking.ok, [(line.text, line.remark, line.difference) for line in marking.lines if line.verdict == "wrong"]


def variants() -> Iterator[Case]:
    """The catalogue's layers, each as it is and with every other value of each of its options."""
    for layer in catalogue():
        yield Case(layer, layer)
        for option, values in load(layer).options.items():
            yield from (Case(f"{layer}-{value}", layer, options={option: value}) for value in values[1:])


@pytest.mark.parametrize("variant", list(variants()), ids=lambda case: case.id)
def test_the_gradients_as_the_program_prints_them(variant: Case) -> None:
    """In index form, which says every gradient."""
    ground = variant.ground(0)
    lines = [f"{part.left} = {part.right}" for parts in ground.parts.values() for part in parts]
    marking = mark_text(ground, "\n".join(lines))
    assert [line.text for line in marking.lines if line.verdict != "right"] == []
    assert len(marking.lines) == len(lines) and not marking.unanswered


@pytest.mark.parametrize("variant", list(variants()), ids=lambda case: case.id)
def test_matrix_forms_as_the_program_prints_them(variant: Case) -> None:
    """Those that are text of the language; each in an answer of its own."""
    ground = variant.ground(0)
    for line in matrix_lines(ground):
        assert mark_text(ground, line).ok, line


def matrix_lines(ground: Ground) -> Iterator[str]:
    for parts in ground.parts.values():
        for part in parts:
            form = matrix_form(ground.derivation.backward, part.left, part.right, part.indices)
            for reading in (form.batched_reading, form.per_sample_reading):
                if isinstance(reading, Reading) and reading.spoken.right.parseable:
                    yield str(reading.spoken)
