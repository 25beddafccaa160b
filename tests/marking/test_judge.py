"""Verdicts on the lines of written answers."""

import pytest

import derive
from derive.marking.record import NOT_ELSEWHERE
from tests.marking.marks import lines, marked, verdicts

RNN = """
dy[t,n,o] = 2*(y[t,n,o] - target[t,n,o])
dz[t,n,o] = dy[t,n,o]
dh[t,n,i] = sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)
da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]
dW_h[i,k] = sum(da[t,n,i]*h[t-1,n,k], t, n)
"""


def test_right_lines_are_right() -> None:
    assert {verdict for _, verdict in verdicts("rnn", RNN)} == {"right"}


def test_the_first_wrong_line_is_found_and_later_ones_are_not_blamed() -> None:
    wrong = RNN.replace(" + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)", "")
    assert verdicts("rnn", wrong) == [
        ("dy", "right"),
        ("dz", "right"),
        ("dh", "wrong"),
        ("da", "follows"),
        ("dW_h", "follows"),
    ]
    line = lines("rnn", wrong)["dh"]
    assert line.mistakes[0].kind == "dropped path" and "a[t+1,n,k]" in line.mistakes[0].sentence
    assert line.difference is not None and "t = T" in line.difference.where
    assert line.right.startswith("dh[t,n,i] = ")


def test_a_line_is_held_against_true_values_of_what_it_reads() -> None:
    """With no line for dh, the true one is read."""
    assert verdicts("rnn", "da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]") == [("da", "right")]


def test_a_wrong_line_after_a_wrong_line_is_wrong_by_itself() -> None:
    text = "da[t,n,i] = h[t,n,i]**2*dh[t,n,i]\ndW_h[i,k] = sum(da[t,n,i]*h[t,n,k], t, n)"
    assert verdicts("rnn", text) == [("da", "wrong"), ("dW_h", "wrong")]


@pytest.mark.parametrize("text", ["dW[o,i] = dW[o,i]", "dW[o,i] = 2*dW[o,i] - sum(dy[n,o]*x[n,i], n)*1"])
def test_what_is_computed_from_itself_is_no_answer(text: str) -> None:
    line = lines("linear", text)["dW"]
    assert line.verdict == "wrong" and "itself" in line.remark


def test_lines_that_need_each_other_are_no_answer() -> None:
    text = "da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]\ndh[t,n,i] = da[t,n,i]/(1 - h[t,n,i]**2)"
    assert verdicts("rnn", text) == [("da", "right"), ("dh", "wrong")]


def test_a_name_of_the_persons_own_is_not_judged_where_all_that_reads_it_is_right() -> None:
    text = "delta[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]\ndW_h[i,k] = sum(delta[t,n,i]*h[t-1,n,k], t, n)"
    assert verdicts("rnn", text) == [("delta", "unjudged"), ("dW_h", "right")]
    assert marked("rnn", text).ok


def test_a_name_that_stands_for_a_gradient_is_blamed_for_it() -> None:
    text = """
    delta[t,n,i] = (1 - h[t,n,i])*dh[t,n,i]
    dW_h[i,k] = sum(delta[t,n,i]*h[t-1,n,k], t, n)
    db_h[i] = sum(delta[t,n,i], t, n)
    """
    assert verdicts("rnn", text) == [("delta", "wrong"), ("dW_h", "follows"), ("db_h", "follows")]
    assert "used as da" in lines("rnn", text)["delta"].remark


def test_a_line_for_one_place_speaks_of_that_place_only() -> None:
    last = "dh[T,n,i] = sum(dz[T,n,o]*W_y[o,i], o)"
    general = "dh[t,n,i] = sum(dz[t,n,o]*W_y[o,i], o) + sum(da[t+1,n,k]*W_h[k,i], k)"
    assert verdicts("rnn", f"{last}\n{general}") == [("dh", "right"), ("dh", "right")]
    assert verdicts("rnn", "dh[1,n,i] = sum(dz[1,n,o]*W_y[o,i], o)")[0] == ("dh", "wrong")


def test_what_lies_past_the_end_is_zero() -> None:
    assert verdicts("rnn", "da[T+1,n,i] = 0")[0] == ("da", "right")
    assert verdicts("rnn", "da[T+1,n,i] = 1")[0] == ("da", "wrong")


def test_an_upstream_gradient_is_given() -> None:
    line = lines("linear", "dy[n,o] = y[n,o]")["dy"]
    assert line.verdict == "unjudged" and "given" in line.remark


def test_another_shape_is_said_first() -> None:
    line = lines("linear", "dW[i,o] = sum(dy[n,o]*x[n,i], n)")["dW"]
    assert line.verdict == "wrong" and line.difference is not None
    assert line.difference.transposed and "(I, O)" in line.difference.shape


def test_a_line_that_cannot_be_read_leaves_the_others() -> None:
    text = "dW = dy.T @ \ndb[o] = sum(dy[n,o], n)\ndx = 2dy @ W"
    assert [v for _, v in verdicts("linear", text)][-2:] == ["right", "wrong"]
    assert "2*dy" in lines("linear", text)["dx"].advice


def test_a_gradient_that_cancels_is_zero_in_any_form() -> None:
    """A shift before a batch norm has no effect: every form of its gradient is rounding."""
    layer = derive.Layer(
        indices="n:N c:C",
        inputs="x[n,c]",
        params="b[c]",
        equations="a[n,c] = x[n,c] + b[c]\nm[c] = mean(a[n,c], n)\ny[n,c] = a[n,c] - m[c]",
        output="y",
    )
    text = "db[c] = 0\nda[n,c] = dy[n,c] - sum(dy[m,c], m)/N".replace("m,c], m", "n_2,c], n_2")
    assert {v for _, v in verdicts(layer, text)} == {"right"}
    assert verdicts(layer, "db[c] = sum(dy[n,c], n) - sum(mean(dy[n_2,c], n_2), n)") == [("db", "right")]
    assert verdicts(layer, "db[c] = sum(dy[n,c], n)") == [("db", "wrong")]


def test_a_line_written_again_makes_up_for_one_that_could_not_be_read() -> None:
    text = "dy = 2(y - target)\ndy = 2*(y - target)\ndz = dy"
    assert verdicts("rnn", text) == [("dy", "wrong"), ("dy", "right"), ("dz", "right")]


def test_a_read_outside_the_range_is_wrong_and_what_would_make_it_right_is_said() -> None:
    layer = derive.Layer(
        indices="p=0..P-1 u=0..K-1 i=0..L-1",
        inputs="x[i]",
        params="W[u]",
        equations="y[p] = sum(W[u]*x[p+u], u)",
        sizes="P = L - K + 1",
        output="y",
    )
    line = lines(layer, "dx[i] = sum(dy[i-u]*W[u], u)")["dx"]
    assert line.verdict == "wrong" and "outside the range" in line.remark
    assert "[i-u >= 0, i-u <= P-1]*dy[i-u]" in line.advice and "with that the line is right" in line.advice
    line = lines(layer, "dx[i] = sum(dy[i-u]*W[K-1-u], u)")["dx"]
    assert "with that" not in line.advice and line.mistakes[0].kind == "flipped"


def test_of_a_name_that_looks_like_a_gradients_it_is_said_why_it_is_not_judged() -> None:
    (line,) = marked("softmax", "dx = y*(dy - sum(dy*y, k))").lines
    assert line.verdict == "unjudged" and line.remark.startswith("dx is a name of your own: there is no tensor x")


def test_a_read_outside_a_range_in_a_line_of_another_shape() -> None:
    line = lines("linear", "dx[n,i] = sum(dy[n,o]*W[o-i], o)")["dx"]
    assert line.verdict == "wrong" and "outside the range of W" in line.remark


def test_a_value_nearly_right_is_no_multiple_and_has_no_mistake() -> None:
    line = lines("mlp", "dx = (1 + 1/2**25)*([a > 0]*(dy @ W_2)) @ W_1")["dx"]
    assert line.verdict == "wrong" and line.mistakes == ()
    assert line.difference is not None and line.difference.ratio == ""


@pytest.mark.parametrize("mask", ["m", "m**2", "[m > 0]", "[m[n,i] == 1]", "[y != 0]"])
def test_a_mask_is_zero_or_one(mask: str) -> None:
    on_the_left = "dx[n,i]" if "n,i" in mask else "dx"
    dy = "dy[n,i]" if "n,i" in mask else "dy"
    assert marked("dropout", f"{on_the_left} = {mask}*{dy}/(1 - p)").ok


@pytest.mark.parametrize("text", ["dh[T] = dz[T] @ W_y", "dh[T+1] = 0", "dh[0] = da[1] @ W_h"])
def test_a_gradient_answered_at_some_places_only_is_not_answered_elsewhere(text: str) -> None:
    marking = marked("rnn", text)
    assert [(line.name, line.verdict) for line in marking.lines] == [("dh", "right"), ("dh", "unjudged")]
    assert marking.lines[-1].remark == NOT_ELSEWHERE


@pytest.mark.parametrize("more", ["dh[t] = dz[t] @ W_y + da[t+1] @ W_h", "dh[t] = (", "dh[t] = W_y"])
def test_a_line_for_all_places_leaves_out_none(more: str) -> None:
    assert all(line.number for line in marked("rnn", f"dh[T] = dz[T] @ W_y\n{more}").lines)


def test_a_parameter_answered_at_some_places_only_is_unanswered() -> None:
    assert "db" in marked("linear", "db[1] = sum(dy[n,1], n)").unanswered
    assert "db" not in marked("linear", "db[o] = sum(dy[n,o], n)").unanswered


def test_a_circle_is_told_of_its_own_line_and_not_of_others_beside_it() -> None:
    assert verdicts("linear", "dW = dW; db = sum(dy, n)") == [("dW", "wrong"), ("db", "right")]


@pytest.mark.parametrize("text", ["dh[T+1] = h[T+2] @ W_h", "dh[-1] = h[-1]"])
def test_a_read_outside_a_range_in_a_line_past_the_end(text: str) -> None:
    line = marked("rnn", text).lines[0]
    assert line.verdict == "wrong" and "outside the range of h" in line.remark


def test_a_name_that_a_guard_keeps_from_ever_being_read_may_be_defined_later() -> None:
    text = "db[o] = sum(dy[n,o] + [n > N]*q[n], n)\nq[n] = 2*x[n,1]"
    assert verdicts("linear", text) == [("db", "right"), ("q", "unjudged")]
