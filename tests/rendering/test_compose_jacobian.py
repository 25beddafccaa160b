import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering.compose_jacobian import jacobians
from derive.rendering.document import Math
from derive.rendering.latex import latex
from derive.rendering.metrics import width
from derive.rendering.page import page
from derive.rendering.pictures.shapes import Box, Label


def filled(drawing):
    return [s for s in drawing.picture.shapes if isinstance(s, Box) and s.fill in ("blue", "orange")]


def test_a_layer_of_single_entries_has_a_diagonal(derivation):
    (drawing,) = jacobians(page(derivation("tanh"), None, None))
    boxes = filled(drawing)
    assert len(boxes) == 8 and len({b.x - b.y for b in boxes}) == 1
    assert drawing.alt == "Matrix of 8 by 8 cells, of which 8 are filled."


def test_samples_meet_in_a_batch_norm_only(derivation):
    def corners(name):
        (drawing,) = jacobians(page(derivation(name), None, None))
        boxes = filled(drawing)
        half = (max(b.x for b in boxes) + min(b.x for b in boxes)) / 2
        top = (max(b.y for b in boxes) + min(b.y for b in boxes)) / 2
        return {(b.x > half, b.y > top) for b in boxes}

    assert len(corners("batchnorm1d")) == 4 and len(corners("layernorm")) == 2


def test_a_softmax_is_shown_with_its_numbers(derivation):
    for name in ("softmax", "attention"):
        (drawing,) = jacobians(page(derivation(name), None, None))
        numbers = [
            float(s.content.replace("−", "-"))
            for s in drawing.picture.shapes
            if isinstance(s, Label) and isinstance(s.content, str)
        ]
        assert len(numbers) == 30 and sum(numbers[25:]) == pytest.approx(1.0, abs=0.03)
        assert sum(numbers[:5]) == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("name", ["rnn", "mse", "embedding"])
def test_what_recurs_ends_in_a_loss_or_reads_integers_has_none(name, derivation):
    assert not list(jacobians(page(derivation(name), None, None)))


def test_the_sizes_of_a_caption_are_printed_as_on_the_page(derivation):
    (drawing,) = jacobians(page(derivation("conv2d"), None, None))
    formulas = [latex(piece.formula) for piece in drawing.caption if isinstance(piece, Math)]
    assert formulas == ["y", "x", "N=1", "C=1", "O=1", "L_{h}=5", "L_{w}=5", "P_{h}=3", "P_{w}=3"]


def test_long_names_beside_a_small_matrix_are_on_the_paper():
    long = layer(indices="n:N", inputs="measurement_of_noise[n]", equations="y_out[n] = measurement_of_noise[n]**2",
                 output="y_out")  # fmt: skip
    (drawing,) = jacobians(page(derive(long), None, None))
    for label in (s for s in drawing.picture.shapes if isinstance(s, Label)):
        wide = label.size * width(label.content)
        left = label.x - wide * {"end": 1.0, "middle": 0.5}[label.anchor]
        assert left >= 0.0 and left + wide <= drawing.picture.width
