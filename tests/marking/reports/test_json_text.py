"""A marking as JSON."""

import json
import math
from dataclasses import fields

import numpy as np

from derive.marking.record import Difference, Entry, Line, Marking
from derive.marking.reports.json_text import VERSION, json_text, to_json
from tests.marking.markings import ALL_RIGHT, CONTROLS, HOSTILE, MARKING


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def test_the_schema() -> None:
    read = json.loads(MARKING.json(), parse_constant=no_constant)
    assert list(read) == ["version", "ok", *(field.name for field in fields(Marking))]
    assert (read["version"], read["ok"], read["hints"]) == (VERSION, False, 2)
    assert [line["verdict"] for line in read["lines"]] == [line.verdict for line in MARKING.lines]
    assert read["sizes"] == [{"T": 5, "I": 2}, {"T": 1, "I": 3}]
    assert json.loads(ALL_RIGHT.json())["ok"] is True


def test_what_is_not_finite_is_a_text() -> None:
    entries = tuple(Entry((k,), value, 0.0) for k, value in enumerate([math.nan, math.inf, -math.inf]))
    marking = Marking("linear", (Line("dW", "wrong", difference=Difference(entries=entries)),))
    stored = json.loads(json_text(marking, 3), parse_constant=no_constant)["lines"][0]["difference"]
    assert [entry["yours"] for entry in stored["entries"]] == ["NaN", "Infinity", "-Infinity"]
    assert stored["error"] == "Infinity"


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
