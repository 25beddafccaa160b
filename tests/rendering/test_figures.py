from collections import Counter

import pytest

from derive.language.load import catalogue
from derive.rendering.figures import pictures
from derive.rendering.page import page
from derive.rendering.unicode import unicode


@pytest.mark.parametrize("name", catalogue())
def test_a_picture_has_every_tensor_once_and_arrows_go_forward(name, derivation):
    here = page(derivation(name), None, None)
    graph, *_ = pictures(here)
    at = {n.name: n for n in graph.nodes}
    assert set(at) == set(here.system.tensors) and len(at) == len(graph.nodes)
    assert max(Counter((n.x, n.y) for n in graph.nodes).values()) == 1
    assert all(at[e.source].x < at[e.target].x for e in graph.edges if not e.across)
    read = {(e.source, e.target) for e in graph.edges}
    assert read == {(t, r.name) for t in here.system.tensors for r in here.system.readers(t)}


def test_what_is_read_at_another_step_is_labelled_with_it(derivation):
    graph, unrolled = pictures(page(derivation("rnn"), None, None))
    (back,) = (e for e in graph.edges if e.across)
    assert (back.source, back.target, unicode(back.label)) == ("h", "a", "t − 1")
    across = {(e.source, e.target) for e in unrolled.edges if e.across}
    assert across == {("h -1", "a 0"), ("h 0", "a 1")}
    assert {unicode(n.formula) for n in unrolled.nodes} >= {"h[t−1]", "h[t]", "h[t+1]"}
    assert not any(n.role == "param" for n in unrolled.nodes)


def test_only_a_recurrence_is_unrolled(derivation):
    assert len(list(pictures(page(derivation("linear"), None, None)))) == 1
