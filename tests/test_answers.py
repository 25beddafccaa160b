"""Marking in Python: ``check`` gives the marks; ``assert_gradients`` passes, or tells in its message."""

import traceback
from pathlib import Path

import numpy as np
import pytest
import torch

import derive

Arrays = dict[str, np.ndarray]


def linear(x: np.ndarray, W: np.ndarray, dy: np.ndarray) -> Arrays:
    return {"dx": dy @ W, "dW": dy.T @ x, "db": dy.sum(axis=0)}


def told(*arguments: object, **options: object) -> str:
    with pytest.raises(AssertionError) as caught:
        derive.assert_gradients(*arguments, **options)  # type: ignore[arg-type]
    frames = [f for f, _ in traceback.walk_tb(caught.value.__traceback__) if "derive" in f.f_code.co_filename]
    assert all(f.f_locals.get("__tracebackhide__") for f in frames if "tests" not in f.f_code.co_filename)
    return str(caught.value)


@pytest.mark.parametrize("seed", range(3))
def test_right_gradients_pass(seed: int) -> None:
    derive.assert_gradients("linear", linear, seed=seed)
    derive.assert_gradients("linear", linear, dtype=np.float32)


def test_the_derived_function_passes() -> None:
    function = derive.gradients("cross_entropy").function()
    derive.assert_gradients("cross_entropy", lambda z, target: function(z=z, target=target))


def test_tensors_of_torch() -> None:
    def backward(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor, dy: torch.Tensor) -> dict[str, torch.Tensor | None]:
        leaves = [v.clone().requires_grad_() for v in (x, W, b)]
        torch.nn.functional.linear(*leaves).backward(dy)
        return {name: leaf.grad for name, leaf in zip(("dx", "dW", "db"), leaves, strict=True)}

    derive.assert_gradients("linear", backward, tensors=torch.from_numpy)
    derive.assert_gradients("linear", backward, tensors=torch.from_numpy, dtype="float32")


def test_a_wrong_gradient_is_told() -> None:
    message = told("linear", lambda x, W, dy: {**linear(x, W, dy), "db": dy.mean(axis=0)})
    assert message.startswith("gradients of linear: 2 of 3 right, 1 wrong.\n✗ db: wrong")
    assert "1/N times the right one" in message and "yours is" in message and "dW: right" not in message


def test_a_shape_is_told() -> None:
    assert "dW has shape (I, O)" in told("linear", lambda x, W, dy: {**linear(x, W, dy), "dW": x.T @ dy})


def test_what_must_be_there() -> None:
    def only_the_weights(x: np.ndarray, dy: np.ndarray) -> Arrays:
        return {"dW": dy.T @ x}

    assert "Not given back: db" in told("linear", only_the_weights)
    derive.assert_gradients("linear", only_the_weights, wrt="W")
    assert "Not given back: dx" in told("linear", only_the_weights, wrt=["W", "x"])
    assert "Not given back: dz" in told("softmax", lambda dy: {"dy": dy, "du": dy})


def test_what_is_no_answer() -> None:
    assert "asks for xx" in told("linear", lambda xx: {})
    assert "gave back nothing" in told("linear", lambda x: None)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(derive.LayerError, match="has no gradient by w"):
        derive.assert_gradients("linear", linear, wrt="w")


RIGHT = "dW[o,i] = sum(dy[n,o]*x[n,i], n)\ndb[o] = sum(dy[n,o], n)\ndx[n,i] = sum(dy[n,o]*W[o,i], o)"


def test_a_written_answer_is_marked_as_text_and_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(RIGHT)
    for answers in (RIGHT, file, str(file)):
        marking = derive.check("linear", answers)
        assert marking.ok and [line.name for line in marking.lines] == ["dW", "db", "dx"]
    assert derive.check("linear", file).source == str(file)
    assert not derive.check("linear", RIGHT.replace("x[n,i]", "2*x[n,i]")).ok


def test_functions_and_arrays_are_marked() -> None:
    assert derive.check("linear", linear).ok
    assert not derive.check("linear", lambda x, W, dy: {"dW": x.T @ dy}).ok
    rng = np.random.default_rng(0)
    given = {
        "x": rng.normal(size=(4, 3)),
        "W": rng.normal(size=(2, 3)),
        "b": np.zeros(2),
        "dy": rng.normal(size=(4, 2)),
    }
    assert derive.check("linear", {**given, **linear(given["x"], given["W"], given["dy"])}).ok


def test_gradients_written_by_name_are_lines_or_right_sides() -> None:
    marking = derive.check(
        "linear", {"dW": "dW[o,i] = sum(dy[n,o]*x[n,i], n)", "db[o]": "sum(dy[n,o], n)", "dx": "dy @ W"}
    )
    assert [line.verdict for line in marking.lines] == ["right", "right", "right"]
    assert derive.check("linear", {"dx": "∂L/∂x = dy @ W", "dW": "dL/dW[o,i] := sum(dy[n,o]*x[n,i], n)"}).ok
    assert not derive.check("linear", {}).ok


def test_what_is_empty_is_not_right_and_what_is_not_there_is_said() -> None:
    assert "no equation" in derive.check("linear", "dW[o,i] = ").failure
    assert not derive.check("linear", "").ok
    with pytest.raises(derive.LayerError, match="there is no such file of answers"):
        derive.check("linear", "missing.txt")
