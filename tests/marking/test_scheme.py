"""Marking schemes: points, shares of them, and what is wrong with a scheme."""

import pytest

from derive.language.errors import LayerError
from derive.marking.record import NOT_ELSEWHERE, PAST_THE_END, Difference, Line, Marking
from derive.marking.scheme import Scheme, read_scheme, with_points

GRADIENTS = ("dW_h", "dW_x", "da", "dh")


def points(lines: list[Line], scheme: Scheme) -> dict[str, float | None]:
    return {
        f"{line.name}{line.number or ''}": line.points
        for line in with_points(Marking("rnn", tuple(lines)), scheme).lines
    }


def test_points_and_shares_are_read() -> None:
    scheme = read_scheme("[points]\ndW_h = 2\nda = 0.5 # half\n[partial]\nfollows = 0.5", "s.toml", GRADIENTS)
    assert scheme == Scheme({"dW_h": 2.0, "da": 0.5}, {"follows": 0.5})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[points]\ndw_x = 1", "s.toml:2:1: there is no gradient dw_x\n    dw_x = 1\n    ^\ndid you mean dW_x?"),
        ("[points]\nq7 = 1", "s.toml:2:1: there is no gradient q7\n    q7 = 1\n    ^\nthere are dW_h, dW_x, da, dh"),
        ("[points]\nda = -1", "s.toml:2:1: expected a number from 0\n    da = -1\n    ^"),
        ("[points]\nda = true", "s.toml:2:1: expected a number from 0\n    da = true\n    ^"),
        ("[points]\nda = nan", "s.toml:2:1: expected a number from 0\n    da = nan\n    ^"),
        ("[points]\nda = 'two'", "s.toml:2:1: expected a number from 0\n    da = 'two'\n    ^"),
        ("[point]\nda = 1", "s.toml:1:1: unknown table point\n    [point]\n    ^\ndid you mean points?"),
        ("points = 3", "s.toml:1:1: points is a table\n    points = 3\n    ^\nwrite [points]"),
        ("[partial]", "s.toml: the scheme gives no points\nit needs a table [points] with a gradient: dW = 2"),
        ("[points]\nda = 1\n[partial]\nsign = 2", "s.toml:4:1: a share is from 0 to 1\n    sign = 2\n    ^"),
        ("points.da=1\npartial.sgn=1", "s.toml:2:1: there is no share sgn\n"
                                        "    partial.sgn=1\n    ^\ndid you mean sign?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_pointed_at(text: str, error: str) -> None:
    with pytest.raises(LayerError) as raised:
        read_scheme(text, "s.toml", GRADIENTS)
    assert str(raised.value) == error


@pytest.mark.parametrize("text", ["[points", "a = " + "[" * 5000, "[points]\nda = 1\nda = 2"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(LayerError, match="not TOML|not a marking scheme"):
        read_scheme(text, "s.toml", GRADIENTS)


def test_right_lines_have_their_points_wrong_ones_none_and_others_are_not_counted() -> None:
    lines = [Line("da", "right", 1), Line("dh", "wrong", 2), Line("delta", "unjudged", 3)]
    assert points(lines, Scheme({"da": 2.0, "dh": 3.0})) == {"da1": 2.0, "dh2": 0.0, "delta3": None}


def test_what_is_unanswered_has_no_points() -> None:
    marked = with_points(Marking("rnn", (Line("da", "right", 1),)), Scheme({"da": 2.0, "dh": 3.0}))
    missing = marked.lines[-1]
    assert (missing.name, missing.verdict, missing.points, missing.out_of) == ("dh", "unjudged", 0.0, 3.0)
    assert marked.ok


def test_a_failed_submission_has_no_points() -> None:
    marked = with_points(Marking("rnn", (), failure="empty"), Scheme({"da": 2.0}))
    assert [(line.points, line.out_of) for line in marked.lines] == [(0.0, 2.0)]


def test_following_from_earlier_lines_is_right_unless_the_scheme_says_otherwise() -> None:
    follows = [Line("da", "follows", 1, difference=Difference(ratio="2"))]
    assert points(follows, Scheme({"da": 2.0})) == {"da1": 2.0}
    assert points(follows, Scheme({"da": 2.0}, {"follows": 0.5})) == {"da1": 1.0}


@pytest.mark.parametrize(
    ("difference", "share"),
    [
        (Difference(transposed=True), 0.5),
        (Difference(ratio="-1"), 0.75),
        (Difference(ratio="N"), 0.25),
        (Difference(transposed=True, ratio="-1"), 0.75),
        (Difference(where="only t = T"), 0.0),
        (None, 0.0),
    ],
)
def test_a_wrong_line_has_the_largest_share_that_holds_of_it(difference: Difference | None, share: float) -> None:
    partial = {"transposed": 0.5, "sign": 0.75, "ratio": 0.25}
    assert points([Line("da", "wrong", 1, difference=difference)], Scheme({"da": 4.0}, partial)) == {"da1": 4 * share}
    assert points([Line("da", "wrong", 1, difference=difference)], Scheme({"da": 4.0})) == {"da1": 0.0}


def test_the_cases_of_a_gradient_share_its_points() -> None:
    lines = [Line("dh", "right", 1, "dh[T,n,i] = dy[T,n,i]"), Line("dh", "wrong", 2, "dh[t,n,i] = 0")]
    assert points(lines, Scheme({"dh": 3.0})) == {"dh1": 1.5, "dh2": 0.0}


def test_a_second_guess_gains_nothing() -> None:
    lines = [Line("dh", "right", 1, "dh[t,n,i] = dy[t,n,i]"), Line("dh", "wrong", 2, "dh[t, n, i]=0")]
    assert points(lines, Scheme({"dh": 3.0})) == {"dh1": 0.0, "dh2": 0.0}


def test_places_of_which_nothing_is_said_are_a_line_without_points() -> None:
    lines = [Line("dh", "right", 1, "dh[T] = dy[T]"), Line("dh", "unjudged", remark=NOT_ELSEWHERE)]
    assert points(lines, Scheme({"dh": 3.0})) == {"dh1": 1.5, "dh": 0.0}


def test_what_lies_past_the_end_is_worth_nothing() -> None:
    lines = [Line("dh", "right", 1, "dh[T+1] = 0", remark=PAST_THE_END), Line("dh", "wrong", 2, "dh[t] = 0")]
    assert points(lines, Scheme({"dh": 3.0})) == {"dh1": None, "dh2": 0.0}
