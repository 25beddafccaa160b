"""Products in pieces are what NumPy makes of the whole."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.forms import function as of_function
from derive.forms.numpy_helpers import helper_sources
from derive.forms.runtime import pieces, stacks, sums
from derive.forms.runtime.library import installed
from derive.forms.runtime.pieces import contract, operand
from derive.forms.runtime.sums import add_product_windows
from tests.forms.test_numpy_helpers import places

HELPERS: dict[str, Any] = {"np": np}
exec("\n\n".join(helper_sources(["windows", "add_windows"])), HELPERS)
LETTERS = "abcdefghijkl"


@pytest.fixture(autouse=True, scope="module")
def _small_pieces():
    """Arrays of any size are cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacks, "_MUCH", 1)
        yield


def drawn_windows(data: st.DataObject, kind: str):
    """Windows of a small array, their axes in any order, and which of these may be summed over."""
    lengths = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    x = np.random.default_rng(1).normal(size=lengths).astype(kind)
    windows = HELPERS["windows"](x, data.draw(places(len(lengths))), 0.0)
    return windows.transpose(data.draw(st.permutations(range(windows.ndim))))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(["d", "f"]))
def test_any_contraction_of_windows(data: st.DataObject, kind: str) -> None:
    windows = drawn_windows(data, kind)
    axes = LETTERS[: windows.ndim]
    summed = data.draw(st.lists(st.sampled_from(axes), min_size=1, unique=True))
    more = data.draw(st.lists(st.sampled_from("xyz"), unique=True))
    others = "".join(data.draw(st.permutations([*summed, *more])))
    target = "".join(data.draw(st.permutations([i for i in axes + "".join(more) if i not in summed])))
    extents = dict(zip(axes, windows.shape, strict=True)) | {"x": 2, "y": 1, "z": 3}
    other = np.random.default_rng(2).normal(size=[extents[i] for i in others]).astype(kind)
    one, two = (windows, other) if data.draw(st.booleans()) else (other, windows)
    spec = f"{axes},{others}->{target}" if one is windows else f"{others},{axes}->{target}"
    found = contract(spec, one, two)
    assert found.dtype == kind
    tolerance = 1e-12 if kind == "d" else 1e-3
    np.testing.assert_allclose(found, np.einsum(spec, one, two), rtol=0, atol=tolerance)


@pytest.mark.skipif(not installed(), reason="MKL is not made for this machine")
def test_windows_are_not_copied_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces.contraction, "contract", None)
    monkeypatch.setattr(sums, "add_windows", None)
    x, weights = np.ones((6, 3, 9)), np.ones((4, 3, 2))
    windows = operand(HELPERS["windows"](x, {2: (0, (2, 1), (8, 1))}))
    assert np.shares_memory(windows, x)
    outputs = contract("ncup,ocu->nop", windows, weights)
    assert (outputs == 6).all()
    assert (contract("nop,ncup->ocu", outputs, windows) == 6 * 6 * 8).all()
    found = add_product_windows((6, 3, 9), "nop,ocu->ncpu", outputs, weights, {2: (0, (8, 1), (2, 1))})
    assert (found[:, :, 1:-1] == 48).all() and (found[:, :, ::8] == 24).all()


def test_whole_numbers_and_mixed_types_and_axes_that_are_repeated() -> None:
    whole = np.arange(24).reshape(4, 2, 3)
    view, single = whole.transpose(1, 0, 2), np.ones((3, 5), np.float32)
    np.testing.assert_array_equal(contract("abc,cd->abd", view, whole[0].T), np.einsum("abc,cd->abd", view, whole[0].T))
    assert contract("abc,cd->abd", view.astype(float), single).dtype == np.float64
    np.testing.assert_array_equal(contract("abc,cd->abd", view.astype("f"), single[:1])[:, :, 0], view.sum(axis=2))


@pytest.mark.parametrize(
    ("sizes", "stride", "dilation", "padding"),
    [((5, 2, 3), 1, 1, 1), ((1, 4, 3), 2, 3, 0), ((3, 1, 1), 3, 2, 2), ((2, 3, 2), 1, 2, 0)],
)
def test_a_convolution(
    sizes: tuple[int, int, int], stride: int, dilation: int, padding: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (n, c, o), rng = sizes, np.random.default_rng(4)
    chosen = {f"{k}_{axis}": v for k, v in zip("sdq", (stride, dilation, padding), strict=True) for axis in "hw"}
    places = [(length + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for length, k in ((12, 3), (11, 2))]
    given = {"x": rng.normal(size=(n, c, 12, 11)), "W": rng.normal(size=(o, c, 3, 2)), "b": rng.normal(size=o),
             "dy": rng.normal(size=(n, o, *places))}  # fmt: skip
    function = derive.gradients(derive.load("conv2d")).function()
    expected = function(**given, **chosen)
    monkeypatch.setattr(of_function, "_LARGE", 0)
    for tensor, found in function(**given, **chosen).items():
        np.testing.assert_allclose(found, expected[tensor], rtol=0, atol=1e-11, err_msg=tensor)
