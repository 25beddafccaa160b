"""No false acceptance: mistakes that people make, across the catalogue, are refused at any seed and named."""

import pytest

from derive.marking.record import Line
from tests.marking.corpus import Case, known_mistakes

CASES = known_mistakes()
SEEDS = (0, 1, 2)
NAMED = 0.95  # of all mistakes, at least


def kinds(line: Line) -> set[str]:
    """What a mark says of a mistake; that of an array's shape is said by its difference."""
    found = {mistake.kind for mistake in (*line.mistakes, *line.others)}
    if line.difference is not None and line.difference.transposed:
        found.add("transposed")
    if line.difference is not None and "summed over" in line.difference.shape:
        found.add("dropped sum")
    return found


def named(case: Case, seed: int) -> bool:
    wrong = [line for line in case.marking(seed).lines if line.verdict == "wrong"]
    return any(line.name == case.wrong and kinds(line) & set(case.kinds) for line in wrong)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_is_refused_in_its_line_and_later_lines_are_not_blamed(case: Case, seed: int) -> None:
    marking = case.marking(seed)
    assert not marking.failure and not marking.ok
    assert [line.name for line in marking.lines if line.verdict == "wrong"] == [case.wrong]


@pytest.mark.parametrize("seed", SEEDS)
def test_nearly_all_are_named(seed: int) -> None:
    unnamed = [case.id for case in CASES if not named(case, seed)]
    assert len(unnamed) <= (1 - NAMED) * len(CASES), unnamed


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert len({case.layer or case.own for case in CASES}) >= 20
    assert len({kind for case in CASES for kind in case.kinds}) >= 15
