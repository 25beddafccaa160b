from itertools import combinations

import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer
from derive.rendering.compose_pictures import drawings
from derive.rendering.page import page
from derive.rendering.pictures.letters import outline
from derive.rendering.pictures.shapes import Box, Label, Stroke
from derive.rendering.unicode import unicode


def labels(drawing):
    return {unicode(s.content) for s in drawing.picture.shapes if isinstance(s, Label)}


def inks(drawing):
    return [s.ink for s in drawing.picture.shapes if isinstance(s, Stroke)]


@pytest.mark.parametrize("name", catalogue())
def test_every_tensor_is_in_the_graph_with_its_gradient(name, derivation):
    here = page(derivation(name), None, None)
    graph, *_ = drawings(here)
    shown = " ".join(labels(graph))
    for tensor in here.system.tensors.values():
        assert unicode(here.style.notation.tensor(tensor.name)) in shown
    assert "orange" in inks(graph) and "∂L/∂" in shown


@pytest.mark.parametrize("name", catalogue())
def test_without_the_backward_pass_there_is_nothing_of_it(name, derivation):
    for drawing in drawings(page(derivation(name), None, None), backward=False):
        assert "orange" not in inks(drawing) and not any("∂" in x for x in labels(drawing))
        assert "rient" not in drawing.alt and drawing.name.startswith(f"{name}-forward-")


def test_the_value_of_another_step_is_a_node_of_its_own(derivation):
    graph, unrolled = drawings(page(derivation("rnn"), None, None))
    assert "h[t−1]" in labels(graph)
    assert labels(unrolled) >= {"h[t−1]", "h[t]", "h[t+1]", "⋯"}
    assert graph.alt.startswith("h reads h0, a; a reads W_x, W_h, b_h, x, h (t − 1)")
    assert (
        unrolled.alt
        == "z[t] reads h[t]; h[t] reads a[t]; y[t] reads z[t]; l[t] reads y[t], target[t]; a[t] reads x[t], h[t−1]."
    )


def test_ways_from_the_state_to_the_loss_are_through_its_own_step_and_the_next(derivation):
    _, unrolled = drawings(page(derivation("rnn"), None, None))
    assert inks(unrolled).count("orange") == 3 + 1 + 4  # up from h[t], across, and up from a[t+1]


@pytest.mark.parametrize("name", ["gru", "lstm", "rnn", "rnn_one_to_many"])
def test_no_label_of_an_unrolled_network_stands_on_another(name, derivation):
    _, unrolled = drawings(page(derivation(name), None, None))
    places = [extent(s) for s in unrolled.picture.shapes if isinstance(s, Label)]
    assert not [
        (a, b)
        for a, b in combinations(places, 2)
        if max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3])
    ]


def test_nodes_with_long_names_stand_apart():
    lines = "memory_state[0,i] = 0\nmemory_state[t,i] = measurement[t,i] + candidate[t,i]"
    lines += "\ncandidate[t,i] = tanh(sum(W[i,k]*memory_state[t-1,k], k))"
    fields = {"indices": "t=1..T  i,k:H", "inputs": "measurement[t,i]", "params": "W[i,k]", "output": "memory_state"}
    _, unrolled = drawings(page(derive(layer(**fields, equations=lines)), None, None))
    boxes = [s for s in unrolled.picture.shapes if isinstance(s, Box) and s.ink is not None]
    assert len(boxes) == 9
    for a, b in combinations(boxes, 2):
        assert a.y != b.y or a.x + a.width < b.x or b.x + b.width < a.x


def extent(label):
    drawn = outline(label.content)
    wide, high = label.size * (drawn.right - drawn.left), label.size * (drawn.top - drawn.bottom)
    return label.x - wide / 2, label.y - high / 2, label.x + wide / 2, label.y + high / 2
