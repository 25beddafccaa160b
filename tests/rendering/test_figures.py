import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer
from derive.rendering import formula as F
from derive.rendering.figures import pictures
from derive.rendering.page import page
from derive.rendering.unicode import unicode


@pytest.mark.parametrize("name", catalogue())
def test_a_picture_has_every_tensor_once_and_arrows_go_forward(name, derivation):
    here = page(derivation(name), None, None)
    graph, *_ = pictures(here)
    at = {n.name: n for n in graph.nodes}
    shown = [name.source for node in graph.nodes for name in F.walk(node.formula) if isinstance(name, F.Name)]
    assert sorted(shown) == sorted(here.system.tensors) and len(at) == len(graph.nodes)
    assert all(at[e.source].x < at[e.target].x for e in graph.edges if not e.across)
    read = {(e.source, e.target) for e in graph.edges}
    assert read == {(t, r.name) for t in at for r in here.system.readers(t)}


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


def test_parameters_of_the_same_equations_share_a_node(derivation):
    graph, _ = pictures(page(derivation("rnn"), None, None))
    assert [unicode(n.formula) for n in graph.nodes if n.role == "param"] == ["W_x, W_h, b_h", "W_y, b_y"]


def test_a_whole_number_without_indices_has_its_arrow():
    masked = layer(indices="n:N", inputs="x[n] k[]", integers="k", equations="y[n] = [n != k]*x[n]", output="y")
    graph, *_ = pictures(page(derive(masked), None, None))
    assert {(e.source, e.target) for e in graph.edges} == {("x", "y"), ("k", "y")}


def test_of_a_large_step_only_what_reaches_another_is_unrolled():
    gates = "\n".join(f"g{k}[t,i] = sigmoid(x[t,i] + h[t-1,i])" for k in range(4))
    lines = (
        f"h[0,i] = 0\nc[0,i] = 0\n{gates}\nc[t,i] = g0[t,i]*c[t-1,i] + g1[t,i]*g2[t,i]\nh[t,i] = g3[t,i]*tanh(c[t,i])"
    )
    large = layer(title="G", indices="t=1..T  i:I", inputs="x[t,i]", equations=lines, output="h")
    _, unrolled = pictures(page(derive(large), None, None))
    assert {n.name.split()[0] for n in unrolled.nodes} == {"c", "h"}
    now = {(e.source, e.target) for e in unrolled.edges if e.target.endswith(" 1")}
    assert now == {("c 0", "c 1"), ("h 0", "c 1"), ("h 0", "h 1"), ("c 1", "h 1")}


def test_a_step_of_which_too_much_reaches_another_is_not_unrolled(derivation):
    assert len(list(pictures(page(derivation("optimizers"), None, None)))) == 1
