import numpy as np
import pytest

from derive.forms.jacobian import along_softmax, curve, jacobian, shape_of, sizes_by_name
from derive.language.load import load


def test_the_jacobian_of_a_convolution_is_the_kernel_moved_along() -> None:
    system = load("conv1d")
    sizes = {"N": 1, "C": 1, "O": 1, "L": 5, "K": 3, "q": 0, "d": 1, "s": 2, "P": 2}
    given = {"x": np.ones((1, 1, 5)), "W": np.array([[[2.0, 3.0, 5.0]]]), "b": np.zeros(1)}
    expected = [[2, 3, 5, 0, 0], [0, 0, 2, 3, 5]]
    assert jacobian(system, "y", "x", given, sizes) == pytest.approx(np.array(expected))
    assert shape_of(system, "x", sizes) == (1, 1, 5)
    assert sizes_by_name(system, sizes) == {"q": 0, "d": 1, "s": 2}


def test_a_softmax() -> None:
    z = np.array([0.5, -1.0, 2.0])
    p, matrix = along_softmax(z)
    assert p == pytest.approx(np.exp(z) / np.exp(z).sum())
    assert matrix == pytest.approx(np.diag(p) - np.outer(p, p))


def test_a_curve_has_its_slope() -> None:
    x = np.linspace(-2.0, 2.0, 9)
    y, slope = curve("tanh(x[n])", x)
    assert y == pytest.approx(np.tanh(x)) and slope == pytest.approx(1 - np.tanh(x) ** 2)
