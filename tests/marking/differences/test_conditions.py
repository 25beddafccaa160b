"""The conditions that a derivation speaks of."""

import numpy as np

from derive.checking.points import points
from derive.checking.truth import interpreter_of
from derive.marking.differences.conditions import conditions
from tests.marking.readings import derivation, gradient


def found(layer: str, tensor: str):
    derived = derivation(layer)
    point = points(derived.system)[0]
    return conditions(derived, gradient(layer, tensor), interpreter_of(derived, point)), point


def test_masks_of_values() -> None:
    holds, point = found("relu", "x")
    assert np.array_equal(holds["[x[n,i] > 0]"], point.inputs["x"] > 0)


def test_guards_of_indices() -> None:
    holds, point = found("rnn", "h")
    times = np.arange(1, point.sizes["T"] + 1)[:, None, None]
    assert np.array_equal(holds["[t < T]"], np.broadcast_to(times < point.sizes["T"], holds["[t < T]"].shape))


def test_guards_of_summed_indices_hold_for_all_of_them_or_for_none() -> None:
    holds, point = found("conv1d", "x")
    some = {said: array for said, array in holds.items() if said.endswith(("for all u", "for no u"))}
    assert some and all(array.shape == point.inputs["x"].shape for array in some.values())
    stride, steps, padding = (point.sizes[name] for name in ("s", "d", "q"))
    (said,) = [said for said in some if said.startswith("[(i+q-d*u)%s == 0]") and said.endswith("no u")] or [""]
    if said:
        places = np.arange(1, point.sizes["L"] + 1)
        reached = np.zeros(places.shape, bool)
        for u in range(point.sizes["K"]):
            reached |= (places + padding - steps * u) % stride == 0
        assert np.array_equal(some[said], np.broadcast_to(~reached, some[said].shape))


def test_tokens_occur_never_once_or_more_often() -> None:
    holds, point = found("embedding", "W")
    tokens = point.inputs["tok"].ravel()
    counts = np.array([(tokens == v).sum() for v in range(point.sizes["V"])])
    for said, true in (("more than once", counts > 1), ("once", counts == 1), ("not", counts == 0)):
        assert np.array_equal(holds[f"v is {said} among tok[n,s]"], np.tile(true[:, None], point.sizes["E"]))
