"""A marking on a terminal."""

import io
from dataclasses import replace

from rich.console import Console

from derive.marking.record import Line, Marking
from derive.marking.reports.plain import plain
from derive.marking.reports.terminal import closing, terminal
from tests.marking.markings import CONTROLS, FAILED, HOSTILE, MARKING


def test_each_line_has_its_verdict_and_stands_as_written() -> None:
    shown = plain(terminal(MARKING), 120)
    for line in MARKING.lines:
        assert line.text in shown
    for heading in (
        "✓ da (line 1): right",
        "✗ dh (line 2): wrong",
        "✓ db (line 3): right given your earlier lines",
        "· delta (line 5): not judged",
    ):
        assert heading in shown.splitlines()
    assert shown.startswith("rnn f=tanh  a.txt\n")
    assert shown.index("✗ dW (line 4)") < shown.index("1 of 5 right")


def test_an_error_keeps_its_caret_under_the_place() -> None:
    rows = plain(terminal(MARKING), 120).splitlines()
    k = next(k for k, row in enumerate(rows) if row.strip() == "^")
    assert rows[k - 1][rows[k].index("^")] == "x"


def test_points_stand_at_the_right() -> None:
    scored = Marking("rnn", (replace(MARKING.lines[0], points=1.0, out_of=2.0),))
    assert plain(terminal(scored), 60).splitlines()[2].endswith("  1 of 2")


def test_a_failure_is_told_as_it_is() -> None:
    assert plain(closing(FAILED), 80) == "✗ not marked\n    the program was stopped after 10 s\n    Traceback: `<b>`\n"


def test_nothing_in_an_answer_is_markup() -> None:
    marking = Marking(
        HOSTILE, (Line(HOSTILE, "wrong", 1, HOSTILE, remark=HOSTILE.replace("`", "")),), HOSTILE, (HOSTILE,)
    )
    shown = plain(terminal(marking), 1000)
    assert shown.count(HOSTILE) >= 5


def test_an_answer_cannot_steer_the_terminal() -> None:
    marking = Marking(
        "rnn", (Line(CONTROLS, "wrong", 1, CONTROLS, remark=CONTROLS),), CONTROLS, (CONTROLS,), failure=CONTROLS
    )
    for shown in (marking, replace(marking, failure="")):
        out = io.StringIO()
        Console(file=out, force_terminal=True, color_system=None, width=100).print(terminal(shown))
        assert all(c.isprintable() or c == "\n" for c in out.getvalue())
