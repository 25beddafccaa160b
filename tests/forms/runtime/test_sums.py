"""Products added in pieces are what NumPy makes of the whole; ``test_pieces`` has a convolution."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.numpy_helpers import helper_sources
from derive.forms.runtime import stacks
from derive.forms.runtime.sums import add_product_windows
from tests.forms.test_numpy_helpers import places

HELPERS: dict[str, Any] = {"np": np}
exec("\n\n".join(helper_sources(["add_windows"])), HELPERS)
LETTERS = "abcdefghijkl"


@pytest.fixture(autouse=True, scope="module")
def _small_pieces():
    """Arrays of any size are cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacks, "_MUCH", 1)
        yield


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(["d", "f"]))
def test_any_products_added(data: st.DataObject, kind: str) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    where = data.draw(places(len(shape)))
    extents = [n for axis, length in enumerate(shape) for n, _ in where.get(axis, (0, (length, 1)))[1:]]
    target = LETTERS[: len(extents)]
    mine = data.draw(st.lists(st.sampled_from(target), unique=True))
    summed = data.draw(st.lists(st.sampled_from("xyz"), min_size=1, unique=True))
    axes = [data.draw(st.permutations([*own, *summed])) for own in (mine, [i for i in target if i not in mine])]
    sizes = dict(zip(target, extents, strict=True)) | {"x": 2, "y": 1, "z": 3}
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=[sizes[i] for i in a]).astype(kind) for a in axes]
    spec = f"{''.join(axes[0])},{''.join(axes[1])}->{target}"
    found = add_product_windows(shape, spec, *arrays, where)
    expected = HELPERS["add_windows"](shape, np.einsum(spec, *arrays), where)
    assert (found.dtype, found.shape) == (kind, shape)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 if kind == "d" else 1e-3)


def test_products_that_are_repeated() -> None:
    parts = add_product_windows((4,), "pk,ku->pu", np.ones((3, 2)), np.ones((2, 1)), {0: (0, (3, 1), (2, 1))})
    assert parts.tolist() == [2.0, 4.0, 4.0, 2.0]
