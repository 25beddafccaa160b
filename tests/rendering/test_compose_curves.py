import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering.compose_curves import curves
from derive.rendering.page import page
from derive.rendering.pictures.chart import WIDTH
from derive.rendering.pictures.network import extent
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


@pytest.mark.parametrize(
    "equations",
    [
        "y[0,i] = 0\ny[t,i] = y[t-1,i]/2 + x[t,i]",
        "y[t,i] = x[t,i] - [t > 1]*x[t-1,i]",
        "y[t,i] = x[t,H+1-i]**2",
        "y[t,i] = [i > 2]*x[t,i]",
        "y[t,i] = x[t,i]/sqrt(H)",
    ],
)
def test_a_layer_that_looks_at_places_is_no_function_of_an_entry(equations):
    fields = {"indices": "t=1..T  i:H", "inputs": "x[t,i]", "output": "y"}
    assert not list(curves(page(derive(layer(**fields, equations=equations)), None, None)))
    alone = layer(**fields, equations="y[t,i] = x[t,i]**2")
    assert list(curves(page(derive(alone), None, None)))


def test_the_forward_picture_has_no_derivative(derivation):
    (drawing,) = curves(page(derivation("relu"), None, None), backward=False)
    inks = {s.ink for s in drawing.picture.shapes if isinstance(s, Stroke)}
    assert legend(drawing) == ["y"] and "orange" not in inks and "deriv" not in drawing.alt


def test_long_names_stand_beside_each_other_on_the_paper():
    long = layer(indices="n:N", inputs="x[n]", equations="measurement_of_the_noise[n] = x[n]**2",
                 output="measurement_of_the_noise")  # fmt: skip
    (drawing,) = curves(page(derive(long), None, None))
    one, other = (extent(s) for s in drawing.picture.shapes if isinstance(s, Label) and not isinstance(s.content, str))
    assert one[2] < other[0] and other[2] <= drawing.picture.width


def test_the_usual_names_do_not_make_a_chart_wider(derivation):
    (drawing,) = curves(page(derivation("silu"), None, None))
    assert drawing.picture.width == WIDTH
