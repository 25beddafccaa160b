"""The record of an answer says everything that marking needs, and by itself says nothing."""

from derive.marking.written.answer_record import Answer, AnswerLine
from tests.marking.answers import derivation


def test_a_line_that_could_not_be_read_has_no_sides() -> None:
    line = AnswerLine(3, "dW = ?", "dW")
    assert (line.left, line.right, line.indices, line.axes, line.unguarded, line.remark) == (
        None,
        None,
        (),
        (),
        None,
        "",
    )


def test_an_answer_of_no_lines_has_the_layer_s_own_system() -> None:
    backward = derivation("linear").backward
    assert Answer((), {}, backward).system is backward
