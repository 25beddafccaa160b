"""Marks of many submissions in tables."""

import csv
import io
from dataclasses import replace

import pytest

from derive.marking.record import Line, Marking
from derive.marking.reports.summary import COLUMNS, Common, commonest, csv_of_marks, csv_of_mistakes, first_wrong, shown
from tests.marking.markings import ALL_RIGHT, AVERAGED, CONTROLS, DROPPED, FAILED, MARKING, WRONG

MARKINGS = {"ada": ALL_RIGHT, "bob": MARKING, "eve": replace(MARKING, source="e.txt"), "joe": FAILED}


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_for_each_submission_in_order() -> None:
    rows = read(csv_of_marks(MARKINGS))
    assert [row["name"] for row in rows] == list(MARKINGS) and tuple(rows[0]) == COLUMNS
    assert [row["ok"] for row in rows] == ["yes", "no", "no", "no"]
    bob = rows[1]
    assert (bob["right"], bob["follows"], bob["wrong"]) == ("1", "1", "3")
    assert bob["first wrong line"] == "2: dh[t,n,i] = dy[t,n,i]"
    assert bob["mistakes"] == "dh: dropped path"
    assert (bob["points"], bob["out of"]) == ("", "")
    assert rows[3]["not marked"].startswith("the program was stopped after 10 s Traceback")


def test_points_are_those_of_the_lines() -> None:
    scored = replace(ALL_RIGHT, lines=(replace(ALL_RIGHT.lines[0], points=1.5, out_of=2.0),))
    row = read(csv_of_marks({"ada": scored}))[0]
    assert (row["points"], row["out of"]) == ("1.5", "2")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r="])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = f"{start}cmd|' /C calc'!A0"
    line = Line(evil, "wrong", 0, evil, mistakes=(replace(DROPPED, kind=evil, sentence=evil, gradient=evil),))
    marking = Marking("linear", (line,), evil, failure=evil)
    for text in (csv_of_marks({evil: marking}), csv_of_mistakes({evil: marking})):
        cells = [cell for row in read(text) for cell in row.values()]
        assert any("calc" in cell for cell in cells)
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_cell_is_one_line_that_any_program_can_read() -> None:
    marking = Marking("linear", (Line("dW", "wrong", 1, CONTROLS + "\n" + "x" * 10_000),))
    text = csv_of_marks({"eve\nnew row": marking})
    assert len(text.splitlines()) == 2 and len(text) < 1000
    assert all(c.isprintable() or c == "\n" for c in text)


def test_the_commonest_mistakes_count_once_a_submission_and_not_where_a_line_follows() -> None:
    averaged = replace(WRONG, name="db", mistakes=(AVERAGED,))
    twice = Marking("rnn", (WRONG, replace(WRONG, number=9), averaged))
    assert commonest({"abe": twice, **MARKINGS}) == (
        Common("dropped path", "dh", DROPPED.sentence, ("abe", "bob", "eve")),
        Common("sum for average", "db", AVERAGED.sentence, ("abe",)),
    )
    rows = read(csv_of_mistakes({"abe": twice, **MARKINGS}))
    assert [(row["submissions"], row["kind"], row["names"]) for row in rows] == [
        ("3", "dropped path", "abe; bob; eve"),
        ("1", "sum for average", "abe"),
    ]


def test_the_first_wrong_line() -> None:
    assert first_wrong(MARKING) == WRONG and first_wrong(ALL_RIGHT) is None


def test_a_line_in_one_row() -> None:
    assert shown(Line("dW", "wrong", 3, " dW = a\n  + b\n")) == "3: dW = a + b" and shown(Line("dW", "wrong")) == "dW"
