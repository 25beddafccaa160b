"""Writing where one must add."""

import numpy as np

from derive.calculus.sweep import derive
from derive.checking.points import point
from derive.checking.sizes import choose_sizes
from derive.checking.truth import interpreter_of
from derive.language.load import load
from derive.marking.mutations.overwriting import overwritten
from tests.marking.mutations.found import line_of


def test_of_repeated_tokens_the_last_or_the_first_is_left():
    derivation = derive(load("embedding"))
    at = point(derivation.system, choose_sizes(derivation.system, 5, 0), 0)
    interpreter = interpreter_of(derivation, at)
    tokens, upstream = at.inputs["tok"], at.upstream["y"]
    low = interpreter.tensors["W"].lows[0]
    last = np.zeros_like(at.inputs["W"])
    first = np.zeros_like(last)
    for place in np.ndindex(tokens.shape):
        last[tokens[place] - low] = upstream[place]
    for place in reversed(list(np.ndindex(tokens.shape))):
        first[tokens[place] - low] = upstream[place]
    line = line_of("embedding", "dW")
    found = [interpreter.over(c.right, line.gradient.indices) for c in overwritten(line)]
    assert len(np.unique(tokens)) < tokens.size
    np.testing.assert_array_equal(found, [last, first])


def test_windows_that_overlap_overwrite_each_other():
    assert len([*overwritten(line_of("conv1d", "dx"))]) == 2
    assert [*overwritten(line_of("linear", "dW"))] == []
