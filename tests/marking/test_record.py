"""What a marking says as a whole."""

from derive.marking.record import Line, Marking


def test_an_answer_is_ok_where_something_was_answered_and_all_of_it_is_right() -> None:
    right, wrong, helper = Line("dW", "right"), Line("dx", "wrong"), Line("delta", "unjudged")
    assert Marking("linear", (right, helper)).ok
    assert not Marking("linear", (right, wrong)).ok
    assert not Marking("linear", (right, Line("dx", "follows"))).ok


def test_an_answer_without_a_judged_line_is_not() -> None:
    assert not Marking("linear", ()).ok
    assert not Marking("linear", (Line("delta", "unjudged"),)).ok
    assert not Marking("linear", (Line("dW", "right"),), failure="the program was stopped").ok


def test_a_marking_shows_itself_without_the_right_line() -> None:
    marking = Marking("linear", (Line("dW", "wrong", 1, "dW = x", right="dW = dy.T @ x"),))
    assert str(marking).startswith("linear\n\n✗ dW (line 1): wrong\n    dW = x\n") and "dy.T" not in str(marking)
    assert marking._repr_markdown_().startswith("# Marks: linear\n") and "dy.T" not in marking._repr_markdown_()
    assert '"name": "dW"' in marking.json() and "dy.T" not in marking.json()
