"""Programs and functions are marked by what they give back, and their failures are told."""

import numpy as np
import pytest
import torch

import derive
from derive.marking.ground import ground_of
from derive.marking.programs.functions import mark_function, mark_program, mark_returned, unmarked
from derive.marking.programs.sandbox import Limits
from tests.marking.program_texts import ground, line_of, verdicts

LINEAR = "def backward(x, W, dy): return {'dx': dy @ W, 'dW': dy.T @ x, 'db': dy.sum(axis=0)}"
RELU = "def backward(x, dy): return {'dx': dy * (x > 0)}"


def test_a_right_program() -> None:
    marking = mark_program(ground("linear"), LINEAR, "answer.py")
    assert marking.ok and marking.source == "answer.py" and marking.unanswered == ()
    assert marking.resolution == 1e-9 and len(marking.sizes) > 2


def test_a_wrong_one_is_explained() -> None:
    marking = mark_program(ground("linear"), LINEAR.replace("dy.sum(axis=0)", "dy.mean(axis=0)").encode())
    assert verdicts(marking) == {"dx": "right", "dW": "right", "db": "wrong"}
    found = line_of(marking, "db")
    assert found.difference is not None and found.difference.ratio == "1/N" and found.mistakes


def test_what_is_left_out_is_unanswered() -> None:
    assert mark_program(ground("linear"), "def backward(x, dy): return {'dW': dy.T @ x}").unanswered == ("db", "dx")


def test_intermediate_values_may_be_asked_for() -> None:
    assert mark_program(
        ground("softmax"), "def backward(y, dy): return {'z': 0, 'dz': y*(dy - (y*dy).sum(-1, keepdims=True))}"
    ).ok


@pytest.mark.parametrize(
    ("program", "failure"),
    {
        "def backward(xx): pass": "asks for xx, which the layer does not have; did you mean x?",
        "def backward(speed): pass": "asks for speed, which the layer does not have; there are x, ",
        "def backward(x): return {'y': x}": "there is no gradient in it",
        "def backward(x): return {}": "there is no gradient in it",
        "def backward(x): 1/0": "raised ZeroDivisionError at line 1: division by zero",
        "def backward(x):\n  while True: pass": "stopped after 1 s",
        "import derive": "tried to import derive at line 1, which is not allowed",
    }.items(),
    ids=str,
)
def test_failures(program: str, failure: str) -> None:
    marking = mark_program(ground("linear"), program, "answer.py", Limits(seconds=1.0))
    assert marking.failure.startswith(failure) and not marking.ok
    assert (marking.lines, marking.source, marking.unanswered) == ((), "answer.py", ("dW", "db", "dx"))


def test_a_failure_at_some_sizes_only_says_at_which() -> None:
    program = "def backward(h, h0, da): return {'dW_h': h[1]}"
    marking = mark_program(ground("rnn"), program.replace(", da", ""))
    assert marking.failure.startswith("raised IndexError at line 1") and "; that was with T=1, " in marking.failure


def test_attempts_are_told() -> None:
    sneaky = "try: open('/etc/passwd')\nexcept OSError: pass\n"
    marking = mark_program(ground("linear"), sneaky + LINEAR)
    assert marking.ok and marking.remarks == ("the program tried to read /etc/passwd, which was refused",)


def test_a_layer_with_kinks_says_that_they_are_not_judged() -> None:
    assert any("kink" in remark for remark in mark_program(ground("relu"), RELU).remarks)
    assert mark_program(ground("linear"), LINEAR).remarks == ()
    assert mark_program(ground("relu"), RELU.replace(">", ">=")).ok


def test_a_function_that_writes_into_what_it_gets() -> None:
    def backward(x: np.ndarray, W: np.ndarray, dy: np.ndarray) -> dict[str, np.ndarray]:
        found = {"dW": dy.T @ x, "dx": dy @ W}
        for array in (x, W, dy):
            array[...] = np.nan
        return found

    for _ in range(2):
        assert verdicts(mark_function(ground("linear"), backward)) == {"dW": "right", "dx": "right"}


def test_what_a_function_raises_is_raised() -> None:
    def backward(x: np.ndarray) -> None:
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        mark_function(ground("linear"), backward)


def test_what_is_no_dictionary() -> None:
    assert mark_function(ground("linear"), lambda x: x).failure.startswith("gave back an array of type float64 and no")


@pytest.mark.parametrize("dtype", [None, "float32"])
def test_tensors(dtype: str | None) -> None:
    def backward(x: torch.Tensor, W: torch.Tensor, dy: torch.Tensor) -> dict[str, torch.Tensor]:
        assert dtype is None or x.dtype == torch.float32
        leaf = W.requires_grad_()
        (x @ leaf.T).backward(dy)
        assert leaf.grad is not None
        return {"dW": leaf.grad, "dx": dy @ leaf}

    marking = mark_function(ground("linear"), backward, torch.from_numpy, dtype)
    assert marking.ok and (marking.resolution > 1e-6) == (dtype is not None)


def test_forward_values_say_nothing_of_the_precision() -> None:
    def backward(x: np.ndarray, dy: np.ndarray) -> dict[str, np.ndarray]:
        return {"dW": dy.T @ x, "y": np.zeros(1, np.float32)}

    assert mark_function(ground("linear"), backward).resolution == 1e-9


def test_integers_stay_integers() -> None:
    def backward(tok: np.ndarray, dy: np.ndarray, V: int) -> dict[str, np.ndarray]:
        dW = np.zeros((V, dy.shape[-1]), dy.dtype)
        np.add.at(dW, tok, dy)
        return {"dW": dW}

    assert mark_function(ground("embedding"), backward, dtype=np.float32).ok
    assert not mark_function(ground("embedding"), lambda tok, dy, V: backward(tok - 1, dy, V)).ok


ABSTRACT = ground_of(derive.gradients(derive.load("rnn", f="f")).record)


def test_abstract_functions_are_passed() -> None:
    program = "def backward(f, a, h):\n  assert abs(f(a) - h).max() < 1e-12\n  return {}"
    assert mark_program(ABSTRACT, program).failure == "there is no gradient in it"


def test_abstract_functions_take_tensors() -> None:
    def backward(f, f_prime, a, h):  # type: ignore[no-untyped-def]
        assert isinstance(f(a), torch.Tensor) and torch.allclose(f(a), h) and f_prime(a).shape == a.shape
        return {}

    assert mark_function(ABSTRACT, backward, torch.from_numpy).failure == "there is no gradient in it"


def test_nothing_given_back() -> None:
    assert mark_returned(ground("linear"), [{}] * 4).failure == "there is no gradient in it"
    assert unmarked(ground("linear"), "so").failure == "so"
