"""A marking as JSON, and back."""

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from derive.marking.record import Difference, Entry, Line, Marking
from derive.marking.reports.json_text import VERSION, from_json, json_text, to_json
from tests.marking.markings import ALL_RIGHT, CONTROLS, FAILED, HOSTILE, MARKING


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def test_the_schema() -> None:
    read = json.loads(MARKING.json(), parse_constant=no_constant)
    assert list(read) == ["version", "ok", *(field.name for field in fields(Marking))]
    assert (read["version"], read["ok"], read["hints"]) == (VERSION, False, 2)
    assert [line["verdict"] for line in read["lines"]] == [line.verdict for line in MARKING.lines]
    assert read["sizes"] == [{"T": 5, "I": 2}, {"T": 1, "I": 3}]
    assert json.loads(ALL_RIGHT.json())["ok"] is True


@pytest.mark.parametrize("marking", [MARKING, FAILED, ALL_RIGHT], ids=lambda m: m.source)
def test_it_can_be_read_back(marking: Marking) -> None:
    again = from_json(json.loads(json.dumps(to_json(marking), allow_nan=False)))
    assert to_json(again) == to_json(marking)
    assert replace(again, lines=()) == replace(marking, lines=())
    assert again.lines[:1] == marking.lines[:1] and again.ok == marking.ok


def test_what_is_not_finite_is_a_text() -> None:
    entries = tuple(Entry((k,), value, 0.0) for k, value in enumerate([math.nan, math.inf, -math.inf]))
    marking = Marking("linear", (Line("dW", "wrong", difference=Difference(entries=entries)),))
    stored = json.loads(json_text(marking, 3), parse_constant=no_constant)["lines"][0]["difference"]
    assert [entry["yours"] for entry in stored["entries"]] == ["NaN", "Infinity", "-Infinity"]
    assert stored["error"] == "Infinity"
    again = from_json(to_json(marking)).lines[0].difference
    assert again is not None and math.isnan(again.entries[0].yours) and again.entries[2].yours == -math.inf


def test_numbers_that_numpy_counted_are_numbers() -> None:
    difference = Difference(
        entries=(Entry((np.int64(2),), np.float64(0.5), np.float32(0.25)),), sizes={"N": np.int64(3)}
    )
    stored = to_json(Marking("linear", (Line("dW", "wrong", difference=difference),)))["lines"][0]["difference"]
    assert stored["sizes"] == {"N": 3} and stored["entries"][0] == {"place": [2], "yours": 0.5, "right": 0.25}
    json.dumps(stored, allow_nan=False)


def test_an_answer_stands_in_it_as_written() -> None:
    for text in (HOSTILE, CONTROLS):
        read = json.loads(Marking("linear", (Line("dW", "wrong", 1, text),), text).json())
        assert read["lines"][0]["text"] == text.replace("\ud800", "?") == read["source"]


def test_another_version_is_refused() -> None:
    with pytest.raises(TypeError, match="version"):
        from_json(to_json(MARKING) | {"version": VERSION + 1})
