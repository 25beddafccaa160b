"""An expression leaves its guard only where all that it reads exists."""

import pytest

from derive.calculus.readable import readable
from derive.calculus.sweep import derive
from derive.language.expr import Elem
from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.steps.rule import scope_of

SYSTEM = layer(
    title="Reads",
    indices="t=1..T  i,k:I",
    inputs="v[i]  w[i]  x[t,i]",
    equations="""
        h[0,i] = 0
        h[t,i] = h[t-1,i] + x[t,i]
        z[i]   = [i > 1]*v[i-1]*h[T,i]*w[i] + [i > 1]*v[i-1]*sum(x[t,i], t)
    """,
    output="z",
)


@pytest.mark.parametrize(
    ("text", "exists"),
    [
        ("v[i]", True),
        ("v[i-1]", False),
        ("h[t-1,i]", True),  # the base case
        ("h[t+1,i]", False),
        ("[i > 1]*v[i-1]", True),
        ("sum(v[k], k)", True),
        ("w[i]*v[i+1]", False),
    ],
)
def test_what_may_be_read(text, exists):
    node = parse_expression(text, names_of(SYSTEM))
    assert readable(node, scope_of(SYSTEM, (SYSTEM.indices["t"], SYSTEM.indices["i"]), node)) is exists


@pytest.mark.parametrize(("shift", "exists"), [(0, True), (1, False)])
def test_a_gradient_exists_where_its_tensor_does(shift, exists):
    node = Elem("dz", (SYSTEM.indices["i"].symbol + shift,))
    assert readable(node, scope_of(SYSTEM, (SYSTEM.indices["i"],), node)) is exists


def test_a_common_factor_stays_beside_its_guard():
    """``v[i-1]`` does not exist for i = 1: it may not stand in front of ``[i > 1]*… + [t < T]*…``."""
    for parts in derive(SYSTEM).gradients.values():
        for gradient in parts:
            scope = scope_of(SYSTEM, gradient.indices, gradient.right)
            assert readable(gradient.right, scope), f"{gradient.left} = {gradient.right}"
