"""The size of the terms of which a gradient is made, back to the loss: what its rounding is measured by."""

from __future__ import annotations

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.points import points
from derive.checking.truth import interpreter_of, terms_interpreter_of
from derive.language.load import layer, load


@pytest.mark.parametrize("name", ["rnn", "conv2d", "cross_entropy"])
def test_no_gradient_is_larger_than_its_terms(name):
    derivation = derive(load(name))
    for at in points(derivation.system):
        true, terms = (of(derivation, at).tensors for of in (interpreter_of, terms_interpreter_of))
        for tensor in derivation.gradients:
            gradient, size = (known[f"d{tensor}"].array for known in (true, terms))
            known = np.isfinite(size)
            assert (np.abs(gradient[known]) <= size[known] * (1 + 1e-12)).all() and (size[known] > 0).any()


def test_terms_that_cancel_are_seen_through_every_gradient_behind_them():
    """A mean takes out what ``v`` adds everywhere: the gradients by v and by b, which v is made of, are zero."""
    system = layer(
        indices="n:N  i:I", inputs="x[n,i]", params="b[]",
        equations="v = sin(b)\nu[n,i] = x[n,i] + v\nc[n,i] = u[n,i] - mean(u[n,i], i)\ny[n,i] = c[n,i]**3", output="y",
    )  # fmt: skip
    derivation = derive(system)
    (at, *_) = points(system)
    true, terms = (of(derivation, at).tensors for of in (interpreter_of, terms_interpreter_of))
    dc = np.abs(true["dc"].array[..., 0])
    total = 2 * dc.sum()  # of |dc| and of the mean of |dc|
    np.testing.assert_allclose(terms["dv"].array, total, rtol=1e-14)
    np.testing.assert_allclose(terms["db"].array, total * np.abs(np.cos(at.inputs["b"])), rtol=1e-14)
    assert abs(true["db"].array[0]) < 1e-14 * total
