from random import Random

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.rendering import formula as F
from derive.rendering.exercise_blanks import GAP, LINE, is_answer, redacted, rows, secrets, telling
from derive.rendering.page import page

X, Y, Z = (F.Name(n, n) for n in "xyz")
SUM = F.Big("∑", Y)


def test_what_repeats_a_result_becomes_a_gap() -> None:
    secret = (X, F.PLUS, Y)
    assert redacted(F.Row((Z, F.EQUALS, X, F.PLUS, Y)), [secret]) == F.Row((Z, F.EQUALS, GAP))
    assert redacted(F.Fraction(F.Row((X, F.PLUS, Y)), Z), [secret]) == F.Fraction(GAP, Z)
    assert redacted(F.Row((Y, F.PLUS, X)), [secret]) == F.Row((Y, F.PLUS, X))


def test_a_sum_with_another_factor_is_another_sum() -> None:
    secret = (SUM, X)
    longer = F.Row((SUM, X, F.THIN, Z))
    assert redacted(longer, [secret]) == longer
    assert redacted(F.Row((SUM, X, F.PLUS, Z)), [secret]) == F.Row((GAP, F.PLUS, Z))


def test_an_element_or_a_number_tells_nothing() -> None:
    of = {name: parts[0].right for name, parts in derive(load("rnn")).gradients.items()}
    assert not telling(of["z"]) and not telling(of["l"])
    assert telling(of["h"]) and telling(of["b_y"])


def test_a_line_is_an_answer_once_no_derivative_and_no_delta_is_left() -> None:
    one = derive(load("softmax")).gradients["z"][0]
    assert [is_answer(s.after) for s in one.steps] == [False, False, True, True]


@pytest.mark.parametrize("name", ["rnn", "softmax", "conv2d", "batchnorm1d", "cross_entropy"])
def test_lines_that_could_be_copied_are_blank_in_every_kind(name: str) -> None:
    here = page(derive(load(name)), None, None)
    hidden = secrets(here)
    for one in here.gradients():
        assert not list(rows(here, one, "all", Random(0), hidden))
        for kind in ("results", "steps"):
            for row in rows(here, one, kind, Random(0), hidden):
                if is_answer(row.steps[-1].after):
                    assert row.formula == LINE and not row.reason


class Highest(Random):
    def random(self) -> float:
        return 1.0


def test_gaps_stay_gaps_in_the_lines_below() -> None:
    here = page(derive(load("rnn")), None, None)
    one = here.derivation.gradients["h"][0]
    lines = [row.formula for row in rows(here, one, "steps", Highest(), secrets(here))]
    gaps = [sum(node == GAP for node in F.walk(line)) for line in lines]
    assert gaps[:3] == [0, 1, 2] and lines[-1] == LINE


def test_the_seed_chooses() -> None:
    here = page(derive(load("batchnorm1d")), None, None)
    ways = {
        tuple(row.formula for one in here.gradients() for row in rows(here, one, "steps", Random(seed), ()))
        for seed in (0, 0, 1, 2, 3)
    }
    assert 1 < len(ways) <= 4


def test_what_a_gradient_was_found_to_be_is_not_told_by_the_line_that_puts_it_in() -> None:
    lines = "h[i] = tanh(x[i])"
    small = layer(indices="i:I", inputs="x[i]", equations=lines, loss="sum(h[i]**2, i)")
    here = page(derive(small), None, None)
    for one in here.gradients():
        told = [r.formula for r in rows(here, one, "results", Random(0), ()) if "known" in r.steps[0].rule]
        assert all(line == LINE for line in told)
