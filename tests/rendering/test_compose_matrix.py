from derive.calculus.sweep import derive
from derive.forms.matrix import Reading
from derive.language.load import layer
from derive.rendering.compose_matrix import Readings, convolutions, matrix_readings, reading_formula, readings
from derive.rendering.latex import latex
from derive.rendering.page import page


def test_both_readings_where_they_differ(derivation):
    here = page(derivation("linear"), None, None)
    (one,) = derivation("linear").gradients["x"]
    found = readings(here, one.left, one.right, one.indices)
    assert isinstance(found.per_sample, Reading) and isinstance(found.batched, Reading)
    assert found.batch == "n"
    assert latex(reading_formula(here, found.batched)) == (
        r"\frac{\partial\mathcal L}{\partial\mathbf X}=\frac{\partial\mathcal L}{\partial\mathbf Y}\,W"
    )


def test_one_reading_where_they_are_the_same_and_none_where_there_is_none(derivation):
    here = page(derivation("conv2d"), None, None)
    (one,) = derivation("conv2d").gradients["x"]
    found = readings(here, one.left, one.right, one.indices)
    assert found.batched is None and [c.kind for c in convolutions(found.per_sample)] == ["transposed convolution"]
    here = page(derivation("maxpool1d"), None, None)
    (one,) = derivation("maxpool1d").gradients["x"]
    found = readings(here, one.left, one.right, one.indices)
    assert found == Readings(None, None, None)


def test_a_number_has_no_reading_of_its_own():
    counted = layer(
        indices="n:N  i,k:I", inputs="x[n,i]", equations="m[i] = sum([k <= i], k)\ny[n,i] = x[n,i]/m[i]", output="y"
    )
    here = page(derive(counted), None, None)
    numbers, values = (readings(here, e.left, e.right, e.indices) for e in counted.equations)
    assert numbers == Readings(None, None, None)
    assert values.per_sample is not None


def test_the_forms_of_a_page_are_those_it_prints(derivation):
    found = matrix_readings(page(derivation("linear"), None, None))
    forms = [(reading.left.name, batched) for reading, batched in found]
    assert forms == [
        ("y", False), ("dW", False), ("dW", True), ("db", False), ("db", True), ("dx", False), ("dx", True),
    ]  # fmt: skip
