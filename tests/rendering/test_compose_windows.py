import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering import formula as F
from derive.rendering.compose_windows import sliding
from derive.rendering.page import page
from derive.rendering.pictures.shapes import Box, Label
from derive.rendering.unicode import unicode


def words(drawing):
    return [
        s.content if isinstance(s.content, str) else unicode(s.content)
        for s in drawing.picture.shapes
        if isinstance(s, Label)
    ]


def test_a_convolution_has_window_gradient_and_turned_kernel(derivation):
    (drawing,) = sliding(page(derivation("conv1d"), None, None))
    found = words(drawing)
    assert [w for w in found if w.startswith(("what", "the ", "its", "as"))] == [
        "what one output reads",
        "the output",
        "the outputs that read one input",
        "its gradient",
        "the kernel",
        "as the gradient meets it",
    ]
    assert [w for w in found if w.startswith("W[")][-3:] == ["W[2]", "W[1]", "W[0]"]
    assert drawing.alt.startswith("Grids of cells. Output 1 of y reads x at 1, 2, 3; x at ")


def test_a_pooling_has_no_kernel(derivation):
    (drawing,) = sliding(page(derivation("maxpool2d"), None, None))
    assert "the kernel" not in words(drawing) and "∂L/∂x" in words(drawing)


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "maxpool1d", "avgpool2d"])
def test_the_forward_picture_shows_no_gradient(name, derivation):
    for drawing in sliding(page(derivation(name), None, None), backward=False):
        fills = {s.fill for s in drawing.picture.shapes if isinstance(s, Box)}
        assert "orange" not in fills and not any("∂" in w for w in words(drawing))
        assert not any(isinstance(i, F.Formula) and "∂" in unicode(i) for i in drawing.caption)
        assert "is read by" not in drawing.alt


def test_nothing_is_said_of_a_stride_that_a_layer_does_not_have():
    fixed = layer(
        indices="p=0..P-1  u=0..2  i=0..L-1", sizes="P = (L - 3)//2 + 1", inputs="x[i]", params="w[u]",
        equations="y[p] = sum(w[u]*x[2*p+u], u)", output="y",
    )  # fmt: skip
    (drawing,) = sliding(page(derive(fixed), None, None))
    assert "the kernel" not in words(drawing) and drawing.caption[-1].text.endswith("by which it does.")


def test_a_kernel_with_a_long_name_has_indices_in_its_cells():
    long = layer(
        indices="p=0..P-1  u=0..K-1  i=0..L-1", sizes="P = L - K + 1", inputs="x[i]", params="filter_weights[u]",
        equations="y[p] = sum(filter_weights[u]*x[p+u], u)", output="y",
    )  # fmt: skip
    (drawing,) = sliding(page(derive(long), None, None))
    assert [w for w in words(drawing) if w.isdigit()][-3:] == ["2", "1", "0"] and "filter_weights" in words(drawing)


def test_what_does_not_slide_has_no_picture(derivation):
    assert not list(sliding(page(derivation("rnn"), None, None)))


def test_the_gradient_of_a_transposed_convolution_meets_the_kernel_as_it_stands(derivation):
    (drawing,) = sliding(page(derivation("conv_transpose2d"), None, None))
    assert drawing.caption[-1].text.endswith("the kernel as it stands.")
    (turned,) = sliding(page(derivation("conv2d"), None, None))
    assert turned.caption[-1].text.endswith("the kernel turned round.")
