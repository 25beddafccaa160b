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
