"""Arrays under the names of gradients are right, wrong and how, or right given others."""

from collections.abc import Callable

import numpy as np
import pytest

import derive
from derive.marking.differences.reading import DOUBLE
from derive.marking.programs.callers import call_of
from derive.marking.programs.returned import Found, judge_returned, precision_of, resolution_of
from derive.marking.programs.rounding import SINGLE, Rounding
from derive.marking.record import Line
from tests.marking.program_texts import ground


def given_back(layer: str, change: Callable[[dict[str, np.ndarray]], object]) -> list[Found]:
    """What the derived function gives back at each place, changed."""
    derivation, found = derive.gradients(layer), []
    for place in ground(layer).places:
        arrays = derivation.function()(**call_of(derivation.layer, place.point).given)
        arrays = {name: array for name, array in arrays.items() if f"d{name}" not in arrays or name[0] == "d"}
        change(arrays)
        found.append(arrays)
    return found


def judged(layer: str, change: Callable[[dict[str, np.ndarray]], object], precision: float = DOUBLE) -> dict[str, Line]:
    return {line.name: line for line in judge_returned(Rounding(ground(layer), precision), given_back(layer, change))}


@pytest.mark.parametrize("layer", ["rnn", "batchnorm1d", "maxpool1d", "cross_entropy"])
def test_right_gradients(layer: str) -> None:
    lines = judged(layer, lambda arrays: None)
    assert lines and {line.verdict for line in lines.values()} == {"right"}


def test_a_wrong_one_among_right_ones() -> None:
    lines = judged("rnn", lambda a: a.update(dW_h=-a["dW_h"]))
    assert [name for name, line in lines.items() if line.verdict != "right"] == ["dW_h"]
    found = lines["dW_h"]
    assert found.difference is not None and found.difference.ratio == "-1"
    assert found.mistakes[0].kind == "wrong sign" and found.right.startswith("dW_h[i,k] = ")


def test_one_entry_a_little_off() -> None:
    lines = judged("linear", lambda a: a["dW"].__setitem__((1, 1), a["dW"][1, 1] * 1.01))
    found = lines["dW"].difference
    assert lines["dW"].verdict == "wrong" and found is not None and found.entries[0].place == (2, 2)


def test_another_shape() -> None:
    found = judged("linear", lambda a: a.update(dW=a["dW"].T))["dW"].difference
    assert found is not None and found.shape.startswith("dW has shape (I, O)") and found.transposed


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_wrong(value: float) -> None:
    assert judged("linear", lambda a: a["dx"].__setitem__((0, 0), value))["dx"].verdict == "wrong"


def test_single_precision_is_enough_where_it_was_computed_in() -> None:
    def rounded(arrays: dict[str, np.ndarray]) -> None:
        arrays.update({n: a.astype(np.float32) for n, a in arrays.items()})

    assert {line.verdict for line in judged("rnn", rounded, SINGLE).values()} == {"right"}
    assert "wrong" in {line.verdict for line in judged("rnn", rounded, DOUBLE).values()}


def test_a_mistake_is_named_in_single_precision() -> None:
    def rounded(arrays: dict[str, np.ndarray]) -> None:
        arrays.update({n: a.astype(np.float32) for n, a in arrays.items()}, dW_h=-arrays["dW_h"].astype(np.float32))

    assert judged("rnn", rounded, SINGLE)["dW_h"].mistakes[0].kind == "wrong sign"


def test_a_slight_difference_may_be_rounding() -> None:
    slight = judged("linear", lambda a: a.update(dW=a["dW"].astype(np.float32).astype(float)))["dW"]
    assert slight.verdict == "wrong" and "float32" in slight.remark and slight.mistakes == ()
    assert judged("linear", lambda a: a.update(dW=a["dW"] + 0.1))["dW"].remark == ""


def test_half_precision_is_too_coarse_and_said_to_be() -> None:
    line = judged("linear", lambda a: a.update(dW=a["dW"].astype(np.float16)), SINGLE)["dW"]
    assert line.verdict == "wrong" and "float16" in line.remark


def test_precision_is_that_of_the_coarsest_array() -> None:
    assert precision_of([{"a": np.zeros(1)}, {"a": np.zeros(1, int)}]) == DOUBLE
    assert precision_of([{"a": np.zeros(1)}, {"a": np.zeros(1, np.float32)}]) == SINGLE


def test_the_resolution_is_that_of_the_precision() -> None:
    assert resolution_of(Rounding(ground("rnn"), DOUBLE), ["dW_h"]) == 1e-9
    assert 1e-6 < resolution_of(Rounding(ground("rnn"), SINGLE), ["dW_h"]) < 1e-3


def test_names() -> None:
    def renamed(arrays: dict[str, np.ndarray]) -> None:
        arrays.update(dw_h=arrays.pop("dW_h"), speed=np.zeros(1), h=np.zeros(1))

    lines = judged("rnn", renamed)
    assert lines["dw_h"].verdict == "wrong" and "did you mean dW_h?" in lines["dw_h"].remark
    assert lines["speed"].verdict == "unjudged" and "h" not in lines


def test_a_gradient_that_is_missing_at_a_point() -> None:
    found = given_back("linear", lambda a: None)
    found[1:] = [{n: a for n, a in arrays.items() if n != "dW"} for arrays in found[1:]]
    lines = judge_returned(Rounding(ground("linear"), DOUBLE), found)
    line = next(line for line in lines if line.name == "dW")
    assert line.verdict == "wrong" and line.remark.startswith("dW is not given back at N=")
