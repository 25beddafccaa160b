"""Results as Gradescope reads them."""

import json
from dataclasses import replace

import pytest

from derive.marking.record import NOT_ELSEWHERE, Line, Marking
from derive.marking.reports.gradescope import gradescope
from derive.marking.scheme import Scheme, with_points
from tests.marking.markings import ALL_RIGHT, CONTROLS, FAILED, HOSTILE, MARKING

KNOWN = {
    "score",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
    "stdout_visibility",
    "tests",
}
OF_A_TEST = {"score", "max_score", "status", "name", "name_format", "output", "output_format", "visibility"}


def results(marking: Marking, hints: int = 2) -> dict:
    return json.loads(gradescope(marking, hints))


@pytest.mark.parametrize("marking", [MARKING, FAILED, ALL_RIGHT], ids=lambda m: m.source)
def test_the_keys_are_those_of_the_format(marking: Marking) -> None:
    read = results(marking)
    assert set(read) <= KNOWN and {"output", "tests"} <= set(read)
    for test in read["tests"]:
        assert set(test) <= OF_A_TEST and test["visibility"] == "visible" and test["output_format"] == "text"
    assert read["stdout_visibility"] == "hidden"


def test_with_a_scheme_each_test_has_its_points_and_gradescope_adds_them() -> None:
    read = results(with_points(MARKING, Scheme({"da": 2.0, "dx": 3.0})))
    assert "score" not in read
    scores = {test["name"]: (test["score"], test["max_score"]) for test in read["tests"] if "score" in test}
    assert scores == {"da (line 1)": (2.0, 2.0), "dx": (0.0, 3.0)}
    assert "Points: 2 of 5." in read["output"]


def test_without_a_scheme_the_score_is_the_share_of_the_gradients_that_are_right() -> None:
    assert results(ALL_RIGHT)["score"] == 100.0
    assert results(replace(ALL_RIGHT, unanswered=("dx", "db", "dtau")))["score"] == 25.0
    both = replace(ALL_RIGHT, lines=(*ALL_RIGHT.lines, Line("dW", "wrong", 2)))
    assert results(both)["score"] == 0.0
    assert [test["status"] for test in results(both)["tests"]] == ["passed", "failed"]
    in_part = replace(ALL_RIGHT, lines=(*ALL_RIGHT.lines, Line("dW", "unjudged", remark=NOT_ELSEWHERE)))
    assert results(in_part)["score"] == 0.0


def test_what_could_not_be_marked_has_no_points_and_says_why() -> None:
    read = results(FAILED)
    assert read["score"] == 0.0 and FAILED.failure.splitlines()[0] in read["output"] and read["tests"] == []
    assert results(Marking("linear", ()))["score"] == 0.0


def test_helpers_are_shown_and_neither_passed_nor_failed() -> None:
    helper = next(test for test in results(MARKING)["tests"] if test["name"].startswith("delta"))
    assert "status" not in helper and "score" not in helper


def test_the_text_of_an_answer_comes_out_literally() -> None:
    read = results(Marking("linear", (Line("dW", "wrong", 1, HOSTILE[:80]), Line("db", "wrong", 2, CONTROLS))))
    assert HOSTILE[:80] in read["tests"][0]["output"]
    assert all(c.isprintable() or c == "\n" for c in read["tests"][1]["output"])
