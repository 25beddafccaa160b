"""Answers marked as a whole."""

from tests.marking.marks import ground_for, marked


def test_what_is_right_and_what_is_left_out() -> None:
    marking = marked("linear", "dW = dy.T @ x\ndx = dy @ W")
    assert marking.ok and marking.unanswered == ("db",) and marking.layer == "linear"
    assert marking.resolution == 1e-9 and len(marking.sizes) == len(ground_for("linear").places)


def test_an_empty_answer_is_not_ok() -> None:
    marking = marked("linear", "# nothing yet\n")
    assert not marking.ok and "no equation" in marking.failure


def test_options_are_named() -> None:
    assert marked("rnn", "dz = dy", f="relu").layer.startswith("rnn, f=relu")


def test_kinks_are_said_not_to_be_judged() -> None:
    assert any("kinks" in remark for remark in marked("relu", "dx = dy*[x > 0]").remarks)
    assert not marked("linear", "db = sum(dy, n)").remarks
