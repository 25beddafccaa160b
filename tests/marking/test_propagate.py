"""The mistake behind wrong results, carried on from where it was made."""

from collections.abc import Mapping

import numpy as np

from derive.marking.ground import Ground
from derive.marking.propagate import explain_all
from derive.marking.values import Value
from tests.marking.marks import ground_for, lines


def given(ground: Ground, backward: object, names: list[str]) -> Mapping[str, list[Value | None]]:
    """What a function of a place gives back, beside the truth."""
    found: dict[str, list[Value | None]] = {name: [] for name in names}
    for place in ground.places:
        values = backward(place)  # type: ignore[operator]
        for name in names:
            right = place.true(name).array[..., 0]
            found[name].append(Value(values[name], right, (slice(None),) * right.ndim, place.scale(name)))
    return found


def rnn(place: object, carry: bool = True, slope: bool = True) -> dict[str, np.ndarray]:
    """The backward pass of a tanh network by hand, with mistakes to order."""
    p = place.point.inputs  # type: ignore[attr-defined]
    f = {name: stored.array[..., 0] for name, stored in place.point.forward.items()}  # type: ignore[attr-defined]
    dz = 2 * (f["y"] - p["target"])
    T = len(dz)
    da, after = np.zeros_like(f["a"]), 0.0
    for t in reversed(range(T)):
        dh = dz[t] @ p["W_y"] + after
        da[t] = dh * (1 - f["h"][t + 1] ** 2) if slope else dh
        after = da[t] @ p["W_h"] if carry else 0.0
    return {
        "dW_y": np.einsum("tno,tni->oi", dz, f["h"][1:]),
        "dW_h": np.einsum("tni,tnk->ik", da, f["h"][:-1]),
        "db_h": da.sum(axis=(0, 1)),
    }


def test_right_results_need_no_explanation() -> None:
    ground = ground_for("rnn")
    assert explain_all(ground, given(ground, rnn, ["dW_y", "dW_h", "db_h"])) == {}


def test_a_mistake_further_up_explains_all_that_rests_on_it() -> None:
    ground = ground_for("rnn")
    found = explain_all(ground, given(ground, lambda p: rnn(p, carry=False), ["dW_y", "dW_h", "db_h"]))
    assert found.keys() == {"dW_h", "db_h"}
    for explanation in found.values():
        (mistake,) = explanation.mistakes
        assert mistake.gradient == "dh" and mistake.kind == "dropped path"


def test_a_forgotten_slope() -> None:
    ground = ground_for("rnn")
    found = explain_all(ground, given(ground, lambda p: rnn(p, slope=False), ["dW_h", "db_h"]))
    assert {m.gradient for e in found.values() for m in e.mistakes} == {"da"}


def test_a_line_that_works_out_two_steps_at_once() -> None:
    """The slope of tanh is wrong, and the line says dW_h directly from the true dh."""
    line = lines("rnn", "dW_h = sum((dh[t]*(1 - h[t])).T @ h[t-1], t)")["dW_h"]
    (mistake,) = line.mistakes
    assert mistake.gradient == "da" and mistake.kind == "wrong power"


def test_what_is_zero_everywhere_tells_no_mistake_made_elsewhere() -> None:
    marks = lines("rnn", "q = 0*h\ndW_h = sum(q[t].T @ h[t-1], t)")
    assert marks["q"].remark == "q is used as da" and marks["q"].mistakes == ()
    assert marks["q"].difference is not None and marks["q"].difference.ratio == "0"
