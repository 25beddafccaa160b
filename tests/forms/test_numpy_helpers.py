"""The helper functions that generated source carries, against sums over all positions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.forms.numpy_helpers import HELPER_NAMES, helper_sources, plain_call
from derive.language.functions import TABLE

H: dict[str, Any] = {"np": np, "math": math}
exec("\n\n".join(helper_sources(sorted(HELPER_NAMES))), H)

RUNS = st.lists(st.tuples(st.integers(1, 3), st.integers(-2, 3)), min_size=1, max_size=2)


@st.composite
def places(draw: st.DrawFn, rank: int) -> dict[int, tuple[Any, ...]]:
    """Positions along some axes: a start and runs of (length, step), the first with a step that is not 0."""
    found = {}
    for axis in range(rank):
        if draw(st.booleans()):
            runs = draw(RUNS)
            runs[0] = (runs[0][0], runs[0][1] or 1)
            found[axis] = (draw(st.integers(-3, 4)), *runs)
    return found


def positions(
    shape: tuple[int, ...], where: dict[int, tuple[Any, ...]]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Pairs (place in the windows, place in the array)."""
    lengths = [where.get(a, (0, (n, 1)))[1:] for a, n in enumerate(shape)]
    out = []
    for at in itertools.product(*(range(n) for runs in lengths for n, _ in runs)):
        rest, source = list(at), []
        for axis, runs in enumerate(lengths):
            source.append(where.get(axis, (0,))[0] + sum(rest.pop(0) * step for _, step in runs))
        out.append((at, tuple(source)))
    return out


@given(st.data(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_windows_read_each_position(data: st.DataObject, lengths: list[int]) -> None:
    shape = tuple(lengths)
    where = data.draw(places(len(shape)))
    x = np.random.default_rng(1).normal(size=shape)
    padded, nearest = H["windows"](x, where, 7.0), H["windows"](x, where)
    for at, source in positions(shape, where):
        inside = all(0 <= k < n for k, n in zip(source, shape, strict=True))
        assert padded[at] == (x[source] if inside else 7.0)
        assert nearest[at] == x[tuple(min(max(k, 0), n - 1) for k, n in zip(source, shape, strict=True))]


@given(st.data(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_add_windows_is_the_transpose_of_windows(data: st.DataObject, lengths: list[int]) -> None:
    shape = tuple(lengths)
    where = data.draw(places(len(shape)))
    rng = np.random.default_rng(2)
    x = rng.normal(size=shape)
    read = H["windows"](x, where, 0.0)
    parts = rng.normal(size=read.shape)
    added = H["add_windows"](shape, parts, where)
    assert added.shape == shape
    np.testing.assert_allclose((added * x).sum(), (parts * read).sum(), rtol=1e-12, atol=1e-12)


def test_parts_may_be_repeated() -> None:
    found = H["add_windows"]((4,), np.ones((3, 1)), {0: (0, (3, 1), (2, 1))})
    assert found.tolist() == [1.0, 2.0, 2.0, 1.0]


def test_softmax_and_logsumexp_do_not_overflow() -> None:
    x = np.array([[1000.0, 1000.0], [-1000.0, 0.0]])
    assert H["softmax"](x, 1).tolist() == [[0.5, 0.5], [0.0, 1.0]]
    np.testing.assert_allclose(H["logsumexp"](x, 1), [1000 + np.log(2), 0.0])
    np.testing.assert_allclose(H["logsumexp"](x, (0, 1)), 1000 + np.log(2))
    with np.errstate(divide="ignore"):
        assert H["logsumexp"](np.full((1, 2), -np.inf), 1).tolist() == [-np.inf]


def test_the_first_of_equal_maxima_counts() -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    assert H["first_max"](x, (1,)).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert H["first_max"](x, (0, 1)).tolist() == [[0, 1, 0], [0, 0, 0]]
    assert H["first_max"](x.astype(np.float32), (0,)).dtype == np.float32


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"erf"}))
def test_functions_of_the_table_as_helpers(name: str) -> None:
    row = TABLE[name]
    arguments = [np.array([0.3, 1.7, 0.9]), np.array([0.2, 0.5, 0.4])][: len(row.arguments)]
    direct = eval(row.numpy, {"np": np, **dict(zip(row.arguments, arguments, strict=True))})
    np.testing.assert_array_equal(H[name](*arguments), direct)


def test_the_error_function_is_exact_and_the_series_that_checks_it_nearly_so() -> None:
    x = np.array([[-7.0, -5.9, -2.0, -1e-9, 0.0], [1e-300, 0.5, 3.0, 6.0, 40.0]])
    expected = np.array([[math.erf(v) for v in row] for row in x])
    np.testing.assert_array_equal(H["erf"](x), expected)
    np.testing.assert_allclose(eval(TABLE["erf"].numpy, {"np": np, "x": x}), expected, rtol=1e-14)
    assert H["erf"](x.astype(np.float32)).dtype == np.float32 and H["erf"](x[:0]).shape == (0, 5)


def test_a_helper_brings_along_what_it_calls() -> None:
    assert [s.split("(")[0] for s in helper_sources(["windows"])] == ["def overhang", "def strided", "def windows"]
    assert len(helper_sources(["windows", "add_windows"])) == 4
    assert (plain_call("tanh"), plain_call("linear"), plain_call("sigmoid")) == ("np.tanh", "", None)
    assert (plain_call("stop"), plain_call("sign"), plain_call("abs")) == ("", "np.sign", "np.abs")
