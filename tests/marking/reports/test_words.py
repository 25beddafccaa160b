"""What is said of a line and of an answer."""

from dataclasses import replace

import pytest

from derive.marking.record import MISSING, Difference, Entry, Line, Marking
from derive.marking.reports import words
from derive.rendering.document import Code, Inlines, Items, Text
from tests.marking import markings


def plain(inlines: Inlines) -> str:
    return "".join(piece.text for piece in inlines)  # type: ignore[attr-defined]


def said(line: Line, hints: int = 3) -> list[str]:
    out: list[str] = []
    for block in words.said(line, hints):
        out += map(plain, block.items) if isinstance(block, Items) else [plain(block.inlines)]
    return out


def test_prose_has_code_between_backquotes() -> None:
    assert words.prose("the `a` and `b`") == (Text("the "), Code("a"), Text(" and "), Code("b"))


def test_a_backquote_without_partner_stays() -> None:
    assert words.prose("a `b` c`d") == (Text("a "), Code("b"), Text(" c`d"))
    assert words.prose("`") == (Text("`"),)


def test_what_a_terminal_would_obey_is_replaced() -> None:
    shown = words.clean(markings.CONTROLS)
    assert "red" in shown and all(c.isprintable() for c in shown)
    shown.encode("utf-8")
    assert words.clean("a\tb\nc") == "a b\nc"


def test_a_long_line_is_cut() -> None:
    assert words.clean("abcdef", 4) == "abc…" and words.clean("abcd", 4) == "abcd"
    assert len(words.source(Line("dW", "right", 1, "x" * 10**6))) < 1000


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        (Line("dW", "right", 3), "dW (line 3)"),
        (Line("", "wrong", 3), "line 3"),
        (Line("dW", "right"), "dW"),
        (Line("", "wrong"), "answer"),
    ],
)
def test_headings(line: Line, heading: str) -> None:
    assert words.heading(line) == heading


def test_a_wrong_line_is_told_where_then_which_mistake_then_the_right_line() -> None:
    assert said(markings.WRONG) == [
        "Where: all right but t = T. The largest difference is 5.0e-01 of the largest right value.",
        "At T = 5, I = 2:",
        "yours is 0.25, right is 0.5 at t = 5, i = 1",
        "yours is nan, right is -2 at t = 5, i = 2",
        "Your dh leaves out the path through a[t+1] (step D7).",
        "Right: dh[t,n,i] = TRUTH",
    ]


def test_shapes_and_transposes() -> None:
    shape, right = said(markings.SHAPED)
    assert shape.startswith("dW has shape (I, O), W has shape (O, I). Your value is the right one with its axes in")
    assert right == "Right: dW[o,i] = TRUTH"


def test_a_ratio_stands_for_the_largest_difference() -> None:
    first = said(markings.FOLLOWS)[0]
    assert first == "Your value is N times the right one."
    opposite = Line("dW", "wrong", difference=Difference(ratio="-1", error=2.0))
    assert said(opposite)[0] == "Your value is the right one with the opposite sign."


def test_a_right_line_of_several_parts_has_each_by_itself() -> None:
    parts = Line("dh", "right", right="dh[t,n,i] = dy[t,n,i]\ndh[0,n,i] = 0")
    assert said(parts) == ["Right:", "dh[t,n,i] = dy[t,n,i]", "dh[0,n,i] = 0"]


def test_what_says_nothing_is_left_out() -> None:
    everywhere = Difference(ratio="2", where="every entry", error=1.0)
    assert said(Line("dW", "wrong", difference=everywhere), 1) == ["Your value is 2 times the right one."]
    shape = Difference(shape="dW has shape (I, O)", error=0.0)
    assert said(Line("dW", "wrong", difference=shape), 1) == ["dW has shape (I, O)."]


def test_what_is_unanswered_is_called_so_once() -> None:
    for remark in MISSING:
        missing = Line("dx", "unjudged", remark=remark)
        assert words.verdict(missing) == f"· dx: {remark}" and said(missing) == []
    assert words.verdict(markings.HELPER) == "· delta (line 5): not judged"


def test_two_mistakes_and_what_would_look_the_same() -> None:
    pair = replace(markings.WRONG, difference=None, mistakes=(markings.DROPPED, markings.AVERAGED), right="")
    assert said(pair)[0] == "Two mistakes together:" and len(said(pair)) == 3
    assert "would look the same" in said(markings.FOLLOWS)[4]


def test_an_unknown_mistake_is_called_so_only_where_mistakes_are_told() -> None:
    unknown = Line("dW", "wrong", 1, "dW = 0", Difference(where="everywhere"))
    assert said(unknown, 2)[-1] == "Wrong, and not a mistake I know."
    assert not any("mistake" in sentence for sentence in said(unknown, 1))


def test_values_have_the_digits_that_tell_them_apart() -> None:
    close = Difference(entries=(Entry((), 1.0, 1.0 + 1e-10),), error=1e-10)
    assert said(Line("dtau", "wrong", difference=close))[2] == "yours is 1, right is 1.0000000001"


def test_a_remark_of_several_lines_keeps_them() -> None:
    assert words.pointed(markings.UNREAD) == markings.UNREAD.remark and said(markings.UNREAD) == []
    assert words.pointed(markings.HELPER) == "" and said(markings.HELPER) == ["Your own name."]


def test_the_summary() -> None:
    counted, unanswered, remark, sizes = map(plain, words.summary(markings.MARKING))
    assert counted == "1 of 5 right, 1 right given your earlier lines, 3 wrong."
    assert unanswered == "Not answered: dx."
    assert remark == "The first line stands for all."
    assert sizes == "Values were compared at T=5 I=2; T=1 I=3. Relative differences below 1.0e-09 are not seen."


def test_points_are_summed() -> None:
    assert words.total(markings.MARKING) is None
    scored = Marking(
        "rnn", (replace(markings.RIGHT, points=1.5, out_of=2.0), replace(markings.HELPER, points=0.0, out_of=1.0))
    )
    assert words.total(scored) == (1.5, 3.0)
    assert "Points: 1.5 of 3." in plain(next(words.summary(scored)))
    assert words.points(scored.lines[0]) == "1.5 of 2"


def test_an_empty_answer_and_a_failure() -> None:
    assert plain(next(words.summary(Marking("rnn", ())))) == "No gradient was answered."
    assert list(words.summary(markings.FAILED)) == []
