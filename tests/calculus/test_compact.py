"""Known gradients are inserted where that makes the result shorter, and only there."""

from derive.calculus.simplify import size_of
from derive.calculus.sweep import derive
from derive.language.load import load


def test_a_gradient_of_one_is_inserted():
    (gradient,) = derive(load("rnn")).gradients["y"]
    assert "insert a known gradient" in [s.rule for s in gradient.steps]
    assert "dl" not in str(gradient.right)


def test_what_would_get_longer_keeps_its_names():
    found = derive(load("rnn")).gradients
    assert "da[t+1,n,k]" in str(found["h"][0].right)
    assert str(found["a"][0].right).startswith("dh[t,n,i]*")


def test_every_insertion_pays():
    for parts in derive(load("cross_entropy")).gradients.values():
        for gradient in parts:
            for k, step in enumerate(gradient.steps):
                if step.rule == "insert a known gradient":
                    assert min(size_of(s.after) for s in gradient.steps[k:]) < size_of(step.before)
