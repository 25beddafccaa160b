"""The table of what cutting gradients short costs."""

from dataclasses import replace

from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.language.study import Study
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose_cut_error import cut_error
from derive.rendering.page import page
from tests.rendering.words import words

TAU = F.Name("tau", "tau")


def table_of(derived):
    blocks = list(cut_error(page(derived, None, None), derived.truncation, TAU))
    return next((b for b in blocks if isinstance(b, D.Table)), None)


def test_errors_fall_with_the_reach(derivation):
    table = table_of(derivation("rnn"))
    assert [words(cell) for cell in table.header[:3]] == [
        r"\tau", r"\partial\mathcal L/\partial W_{x}", r"\partial\mathcal L/\partial W_{h}",
    ]  # fmt: skip
    assert [words(row[0]) for row in table.rows] == ["1", "2", "4", "8", "16"]
    for column in (1, 2, 3):
        errors = [float(words(row[column])) for row in table.rows]
        assert errors == sorted(errors, reverse=True) and 0.0 < errors[-1] < 1e-4 < errors[0] < 1.0


def test_what_cannot_be_run_has_no_table(derivation):
    assert table_of(derivation("rnn", f="f")) is None


def test_of_many_gradients_the_smallest_and_the_largest_error_stand_there():
    table = table_of(derive(replace(load("gru"), study=Study(truncation="h"))))
    for _, smallest, largest in table.rows:
        assert 0.0 < float(words(smallest)) <= float(words(largest))


def test_a_gradient_that_is_zero_at_the_values_drawn_has_no_table(recwarn):
    lines = "h[0,n,i] = 0\nh[t,n,i] = scale*tanh(sum(W[i,k]*h[t-1,n,k], k) + x[t,n,i])"
    fields = {"indices": "t=1..T  n:N  i,k:H", "inputs": "x[t,n,i]  scale[]", "params": "W[i,k]", "output": "h"}
    scaled = replace(layer(**fields, equations=lines), study=Study(truncation="h"))
    assert table_of(derive(scaled)) is None and not recwarn
