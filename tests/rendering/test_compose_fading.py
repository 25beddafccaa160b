"""The plot of gradient norms against distance."""

from dataclasses import replace

import pytest

from derive.calculus.sweep import derive
from derive.language.errors import LayerError
from derive.language.load import layer, load
from derive.language.study import Measured, Study
from derive.rendering import document as D
from derive.rendering.compose_fading import fading
from derive.rendering.page import page
from tests.rendering.words import told, words


def blocks_of(derived):
    return list(fading(page(derived, None, None)))


def plot_of(derived):
    (plot,) = (b for b in blocks_of(derived) if isinstance(b, D.Plot))
    return plot


def test_each_layer_has_a_curve_that_begins_at_one(derivation):
    plot = plot_of(derivation("rnn"))
    assert [c.label for c in plot.curves] == ["rnn", "lstm", "gru", "lstm, b_f = 3"]
    for curve in plot.curves:
        assert [x for x, _ in curve.points] == [float(d) for d in range(50)]
        assert curve.points[0][1] == pytest.approx(1.0)
    last = {c.label: c.points[-1][1] for c in plot.curves}
    assert last["rnn"] < last["lstm"] < 1e-6 < 0.1 < last["lstm, b_f = 3"]
    assert plot.name == "rnn-gradient-norms"


def test_the_caption_says_the_setting_and_what_is_seen(derivation):
    plot = plot_of(derivation("rnn"))
    caption = words(plot.caption)
    assert r"\Vert\partial\mathcal L/\partial h\Vert" in caption
    assert all(part in caption for part in ("last of 50 states", "32 units", "±0.177", "fades fastest in rnn"))
    assert "logarithmic" in plot.alt and all(c.label in plot.alt for c in plot.curves)


def test_the_own_layer_is_run_with_its_options(derivation):
    plot = plot_of(derivation("rnn", f="relu"))
    assert plot.curves[0].label == "rnn (f = relu)" and plot.name == "rnn-f-relu-gradient-norms"
    assert plot.curves[0].points != plot_of(derivation("rnn")).curves[0].points


def test_an_abstract_function_cannot_be_run_so_the_default_is(derivation):
    assert plot_of(derivation("rnn", f="f")).curves == plot_of(derivation("rnn")).curves


def test_one_layer_alone():
    one = replace(load("rnn"), study=Study((Measured("rnn", "h"),)))
    blocks = blocks_of(derive(one))
    assert "On average that factor is 0.51 (rnn)." in told(blocks) and "fastest" not in told(blocks)


def test_what_the_author_says_comes_last(derivation):
    assert "gates add" in words(blocks_of(derivation("rnn"))[-1].inlines)


@pytest.mark.parametrize("one", [Measured("no_such_layer", "h"), Measured("linear", "y"), Measured("lstm", "zz")])
def test_what_cannot_be_measured_is_refused(one):
    with pytest.raises(LayerError):
        blocks_of(derive(replace(load("rnn"), study=Study((one,)))))


def test_without_the_table_there_is_no_plot(derivation):
    assert not blocks_of(derivation("linear"))


def test_a_gradient_that_is_zero_has_no_curve():
    lines = "h[0,i] = 0\nh[t,i] = scale*tanh(sum(W[i,k]*h[t-1,k], k)) + x[t,i]"
    fields = {"indices": "t=1..T  i,k:H", "inputs": "x[t,i]  scale[]", "params": "W[i,k]", "output": "h"}
    gone = layer(name="gone", **fields, equations=lines)
    both = replace(gone, study=Study((Measured("gone", "h"), Measured("rnn", "h"))))
    assert [c.label for c in plot_of(derive(both)).curves] == ["rnn"]
    assert not blocks_of(derive(replace(gone, study=Study((Measured("gone", "h"),)))))
