"""Arrays from any framework are marked at the values that they came with."""

import io

import numpy as np
import pytest

import derive
from derive.marking.programs.given_arrays import mark_arrays
from tests.marking.program_texts import ground, line_of, verdicts

RNG = np.random.default_rng(1)


def linear(n: int = 4, dtype: type = np.float64) -> dict[str, np.ndarray]:
    """Inputs of a linear layer and the right gradients, computed in a type."""
    x, W, b, dy = (RNG.normal(size=s).astype(dtype) for s in ((n, n + 1), (n + 2, n + 1), (n + 2,), (n, n + 2)))
    return {"x": x, "W": W, "b": b, "dy": dy, "dx": dy @ W, "dW": dy.T @ x, "db": dy.sum(axis=0)}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [4, 60])
def test_right_gradients(n: int, dtype: type) -> None:
    marking = mark_arrays(ground("linear"), linear(n, dtype))
    assert marking.ok and marking.unanswered == () and marking.sizes == ({"N": n, "I": n + 1, "O": n + 2},)
    assert (marking.resolution < 1e-8) == (dtype is np.float64)


@pytest.mark.parametrize("n", [4, 60])
def test_gradients_that_are_all_zero(n: int) -> None:
    arrays = {name: array if name in ("x", "W", "b") else 0 * array for name, array in linear(n).items()}
    assert mark_arrays(ground("linear"), arrays).ok
    arrays["dW"] = arrays["dW"].T
    found = line_of(mark_arrays(ground("linear"), arrays), "dW").difference
    assert found is not None and found.shape and found.where == ""


@pytest.mark.parametrize("n", [4, 60])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_wrong_ones(n: int, dtype: type) -> None:
    arrays = linear(n, dtype)
    arrays["db"] = -arrays["db"]
    at = tuple(map(int, np.unravel_index(np.abs(arrays["dW"]).argmax(), arrays["dW"].shape)))
    arrays["dW"][at] *= 1.01
    marking = mark_arrays(ground("linear"), arrays)
    assert verdicts(marking) == {"dx": "right", "dW": "wrong", "db": "wrong"}
    found, off = line_of(marking, "db").difference, line_of(marking, "dW").difference
    assert found is not None and found.ratio == "-1"
    assert off is not None and [e.place for e in off.entries] == [tuple(k + 1 for k in at)]


def test_a_file() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **linear())  # type: ignore[arg-type]
    marking = mark_arrays(ground("linear"), buffer.getvalue(), "arrays.npz")
    assert marking.ok and marking.source == "arrays.npz"


def test_sizes_that_no_shape_shows() -> None:
    given = {"x": RNG.normal(size=(2, 3, 9)), "W": RNG.normal(size=(4, 3, 2)), "b": np.zeros(4)}
    numbers = {"s": np.array(2), "q": np.array(1), "d": np.array(1)}
    function = derive.gradients("conv1d").function()
    names = {n: int(v) for n, v in numbers.items() if n in str(derive.gradients("conv1d").layer.sizes)}
    y_shape = (2, 4, (9 + 2 * 1 - 1 * (2 - 1) - 1) // 2 + 1)
    dy = RNG.normal(size=y_shape)
    found = function(**given, **names, dy=dy)
    arrays = {**given, **{n: numbers[n] for n in names}, "dy": dy, "dx": found["dx"], "dW": found["dW"]}
    assert verdicts(mark_arrays(ground("conv1d"), arrays)) == {"dx": "right", "dW": "right"}


@pytest.mark.parametrize("n", [2, 200])
def test_elements_on_a_kink_are_not_judged(n: int) -> None:
    x = np.resize([0.0, 1.0, -1.0, 0.0, 2.0, -2.0, 0.0], (n, 300))
    arrays = {"x": x, "dy": np.ones(x.shape)}
    for on_it in (x > 0, x >= 0, np.where(x == 0, 0.5, x > 0)):
        marking = mark_arrays(ground("relu"), {**arrays, "dx": on_it * 1.0})
        assert marking.ok and f"{(x == 0).sum()} of {x.size} elements of dx lie on a kink" in marking.remarks[0]
    assert not mark_arrays(ground("relu"), {**arrays, "dx": (x <= 0) * 1.0}).ok


def test_gradients_that_cancel_are_measured_by_what_they_are_made_of() -> None:
    function = derive.gradients("batchnorm1d").function()
    for n in (5, 400):
        given = {"x": RNG.normal(size=(n, 30)), "gamma": RNG.normal(size=30), "beta": np.zeros(30), "eps": 1e-5}
        given |= {"dy": np.ones((n, 30))}  # whose gradient by x is zero but for rounding
        dx = function(**given)["dx"]
        arrays = {name: np.asarray(value) for name, value in given.items()}
        assert mark_arrays(ground("batchnorm1d"), {**arrays, "dx": dx}).ok
        assert mark_arrays(ground("batchnorm1d"), {**arrays, "dx": dx + 1e-17}).ok
        assert not mark_arrays(ground("batchnorm1d"), {**arrays, "dx": dx + 1e-3}).ok


@pytest.mark.parametrize(
    ("arrays", "failure"),
    [
        (b"text", "not a file of arrays (.npz)"),
        ({"x": np.ones((2, 3))}, "W is not among the arrays"),
        ({**linear(), "W": np.ones((3, 3))}, "W has shape (3, 3), expected (O, I)"),
        ({**linear(), "W": 1j * np.ones((6, 5))}, "W is no array of real numbers"),
        ({**linear(), "dW": "dy.T @ x"}, "dW is no array of real numbers"),
        ({**linear(), "dW": [[1.0], [2.0, 3.0]]}, "dW is no array of real numbers"),
        ({3: np.ones(3)}, "x is not among the arrays"),
        ({n: a for n, a in linear().items() if n in ("x", "W", "b", "dy")}, "there is no gradient in it"),
    ],
)
def test_what_cannot_be_marked(arrays: object, failure: str) -> None:
    marking = mark_arrays(ground("linear"), arrays)  # type: ignore[arg-type]
    assert marking.failure.startswith(failure) and marking.lines == ()


def test_a_name_that_is_nearly_one() -> None:
    arrays = linear()
    arrays["dw"] = arrays.pop("dW")
    line = line_of(mark_arrays(ground("linear"), arrays), "dw")
    assert line.verdict == "wrong" and "did you mean dW?" in line.remark
