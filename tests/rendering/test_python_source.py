import numpy as np
import pytest

from derive.rendering.python_source import array, names


@pytest.mark.parametrize(
    "value",
    [
        np.array([[0.1, -2.0], [1 / 3, 1e-17]]),
        np.arange(6).reshape(1, 2, 3),
        np.array(0.25),
        np.zeros((0, 2)).reshape(0),
        np.linspace(0, 1, 3000),
        np.array([True, False]),
    ],
    ids=str,
)
def test_an_array_as_source_is_the_array_with_all_its_digits(value):
    read = eval(array(value), {"np": np})
    assert np.array_equal(read, value)


def test_names():
    assert eval(names(["a"])) == ("a",) and eval(names(["a", "b"])) == ("a", "b")
