"""A contraction is what ``np.einsum`` makes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.forms.runtime.contraction import contract

EXTENTS = {"a": 2, "b": 3, "c": 4, "d": 5, "e": 1, "f": 2}


@st.composite
def specs(draw: st.DrawFn) -> str:
    one, two = (draw(st.permutations(draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True)))) for _ in "12")
    target = draw(st.lists(st.sampled_from(sorted({*one, *two})), unique=True))
    return f"{''.join(one)},{''.join(two)}->{''.join(target)}"


@given(specs(), st.integers(0, 99), st.sampled_from(["d", "f"]))
def test_it_is_einsum(spec: str, seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=[EXTENTS[i] for i in axes]).astype(kind) for axes in spec.split("->")[0].split(",")]
    found = contract(spec, *arrays)
    np.testing.assert_allclose(found, np.einsum(spec, *arrays), rtol=0, atol=1e-13 if kind == "d" else 1e-4)
    assert found.dtype == kind
    assert not any(np.shares_memory(found, a) for a in arrays)


@pytest.mark.parametrize(
    ("spec", "shapes"),
    [
        ("ii,i->i", [(3, 3), (3,)]),
        ("ii,ik->k", [(3, 3), (3, 2)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),  # an axis of one is repeated
        ("ij,jk->ik", [(2, 0), (0, 4)]),
        ("tnd,tnj->jd", [(2, 3, 4), (2, 3, 5)]),
    ],
)
def test_unusual_axes(spec: str, shapes: list[tuple[int, ...]]) -> None:
    arrays = [np.random.default_rng(2).normal(size=shape) for shape in shapes]
    np.testing.assert_allclose(contract(spec, *arrays), np.einsum(spec, *arrays), rtol=0, atol=1e-13)


def test_whole_numbers_and_mixed_types() -> None:
    whole = np.arange(6).reshape(2, 3)
    assert (contract("ij,kj->ik", whole, whole) == whole @ whole.T).all()
    assert contract("ij,kj->ik", whole, whole.astype(np.float32)).dtype == np.float64


def test_the_axes_of_the_second_array_come_first_in_memory() -> None:
    one, two = np.ones((3, 7)), np.ones((3, 5))
    assert contract("ka,kb->ba", one, two).flags.c_contiguous
    assert contract("ka,kb->ab", one, two).flags.f_contiguous
