import pytest

from derive.rendering.compose_curves import curves
from derive.rendering.page import page
from derive.rendering.pictures.shapes import Label, Stroke
from derive.rendering.unicode import unicode


def legend(drawing):
    return [
        unicode(s.content) for s in drawing.picture.shapes if isinstance(s, Label) and not isinstance(s.content, str)
    ]


@pytest.mark.parametrize("name", ["relu", "silu", "prelu", "elu", "tanh"])
def test_a_layer_that_acts_entry_by_entry_is_drawn_itself(name, derivation):
    (drawing,) = curves(page(derivation(name), None, None))
    assert legend(drawing) == ["y", "∂y/∂x"]


def test_other_layers_show_the_activations_they_use(derivation):
    (drawing,) = curves(page(derivation("lstm"), None, None))
    assert legend(drawing) == ["σ(x)", "σ′(x)", "tanh(x)", "tanh′(x)"]


def test_a_layer_without_activation_has_no_curve(derivation):
    for name in ("linear", "attention", "optimizers"):
        assert not list(curves(page(derivation(name), None, None)))


def test_the_forward_picture_has_no_derivative(derivation):
    (drawing,) = curves(page(derivation("relu"), None, None), backward=False)
    inks = {s.ink for s in drawing.picture.shapes if isinstance(s, Stroke)}
    assert legend(drawing) == ["y"] and "orange" not in inks and "deriv" not in drawing.alt
