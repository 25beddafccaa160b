"""A tier of hints leaves nothing in a marking that it does not tell."""

from dataclasses import replace

import pytest

from derive.language.errors import LayerError
from derive.marking.hints import DEFAULT, TIERS, at_tier
from derive.marking.record import Marking
from derive.marking.reports.gradescope import gradescope
from derive.marking.reports.markdown import markdown
from derive.marking.reports.plain import plain
from derive.marking.reports.terminal import terminal
from tests.marking.markings import MARKING

FORMATS = {
    "terminal": lambda marking, hints: plain(terminal(at_tier(marking, hints)), 100),
    "Markdown": lambda marking, hints: markdown(at_tier(marking, hints)),
    "JSON": Marking.json,
    "Gradescope": gradescope,
}
TOLD_FROM = {  # words of each kind of hint, and the tier from which they are told
    "all right but": 1,
    "0.25": 1,
    "transpose": 1,
    "leaves out the path": 2,
    "D7": 2,
    "TRUTH": 3,
}


@pytest.mark.parametrize("hints", range(len(TIERS)))
@pytest.mark.parametrize("format", ["terminal", "Markdown", "Gradescope"])
def test_a_tier_tells_what_it_is_for_and_nothing_more(format: str, hints: int) -> None:
    report = FORMATS[format](MARKING, hints)
    assert {words for words in TOLD_FROM if words in report} == {w for w, tier in TOLD_FROM.items() if tier <= hints}


@pytest.mark.parametrize("hints", range(len(TIERS)))
def test_json_leaks_nothing_either(hints: int) -> None:
    report = MARKING.json(hints)
    for words in set(TOLD_FROM) - {"transpose"}:
        assert (words in report) == (TOLD_FROM[words] <= hints)
    assert ('"transposed": true' in report) == (hints >= 1)


def test_verdicts_points_and_remarks_are_told_at_every_tier() -> None:
    scored = replace(MARKING, lines=tuple(replace(line, points=1.0, out_of=2.0) for line in MARKING.lines))
    for before, after in zip(scored.lines, at_tier(scored, 0).lines, strict=True):
        assert (after.verdict, after.remark, after.points) == (before.verdict, before.remark, 1.0)
    assert at_tier(scored, 0).unanswered == MARKING.unanswered


def test_what_was_cut_does_not_come_back() -> None:
    assert at_tier(at_tier(MARKING, 1), 3) == at_tier(MARKING, 1)
    assert at_tier(MARKING, 3) == MARKING


def test_by_default_the_mistake_is_named_and_the_right_line_is_not() -> None:
    assert TIERS[DEFAULT] == "which mistake"
    assert MARKING.json() == MARKING.json(DEFAULT)


@pytest.mark.parametrize("hints", [-1, 4])
def test_there_are_no_other_tiers(hints: int) -> None:
    with pytest.raises(LayerError, match=f"no tier {hints}"):
        at_tier(MARKING, hints)
