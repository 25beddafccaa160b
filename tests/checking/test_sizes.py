"""Sizes that cannot hide a mistake: told apart from one another, no stride of one, remainders, short recurrences."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from derive.checking.points import points
from derive.checking.sizes import choose_sizes, size_value
from derive.language.errors import LayerError
from derive.language.integers import FloorDiv, size_symbol
from derive.language.load import catalogue, layer, load

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_recurrences_have_the_lengths_asked_for_and_other_sizes_differ(seed):
    for at, length in zip(points(load("rnn"), (5, 1, 2), seed), (5, 1, 2), strict=True):
        others = [at.sizes[name] for name in ("N", "H", "D", "O")]
        assert at.sizes["T"] == length
        assert len(set(others)) == 4 and min(others) >= 2 and at.sizes["N"] >= 3


@pytest.mark.parametrize(("name", "two"), [("encoder_decoder", ("T_x", "T_y")), ("stacked_rnn", ("M", "T"))])
def test_two_recurrences_are_of_different_lengths_and_each_is_short_once(name, two):
    found = [tuple(at.sizes[size] for size in two) for at in points(load(name), (5, 1, 2), 0)]
    assert found == [(5, 4), (1, 2), (2, 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_strides_dilations_and_paddings_are_not_one(seed):
    sizes = choose_sizes(load("conv2d"), 5, seed)
    for h in "hw":
        step, dilation, padding, length = (sizes[f"{name}_{h}"] for name in ("s", "d", "q", "L"))
        assert step >= 2 and dilation >= 2 and padding >= 1
        assert sizes[f"P_{h}"] == (length + 2 * padding - dilation * (sizes[f"K_{h}"] - 1) - 1) // step + 1 >= 2
        assert (length + 2 * padding - dilation * (sizes[f"K_{h}"] - 1) - 1) % step  # cells the stride does not reach


@pytest.mark.parametrize("name", catalogue())
def test_any_two_settings_differ_at_some_point(name):
    """Two strides that are always equal, or a stride and a dilation, could be mistaken for each other unseen."""
    system = load(name)
    chosen = [at.sizes for at in points(system)]
    shown = {s.name for t in system.tensors.values() for a in t.axes for s in a.extent.free_symbols}
    for one, other in combinations([n for n in system.sizes if n not in shown], 2):
        assert any(sizes[one] != sizes[other] for sizes in chosen), (one, other)


def test_fixed_sizes_are_kept():
    sizes = choose_sizes(load("conv2d"), 5, 0, {"s_h": 1, "s_w": 1})
    assert sizes["s_h"] == sizes["s_w"] == 1 and sizes["d_h"] >= 2


def test_the_value_of_a_size_expression():
    length, step = size_symbol("L"), size_symbol("s")
    assert size_value(FloorDiv(length - 3, step) + 1, {"L": 10, "s": 2}) == 4


def test_sizes_that_cannot_be_are_refused():
    system = layer(
        indices="p=0..P-1  a=0..L-1", sizes="P = 2 - L", inputs="x[a]", outside="x = 0",
        equations="y[p] = x[p]", output="y",
    )  # fmt: skip
    with pytest.raises(LayerError, match="P"):
        choose_sizes(system, 5, 0, {"L": 7})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_range_holds_a_value(seed):
    window = layer(
        indices="p=0..L-K  u=0..K-1  a=0..L-1", inputs="x[a]", params="w[u]",
        equations="y[p] = sum(w[u]*x[p+u], u)", output="y",
    )  # fmt: skip
    sizes = choose_sizes(window, 5, seed)
    assert sizes["L"] >= sizes["K"]
    rest = layer(indices="n:N-H  i:H", inputs="x[n,i]", equations="y[n] = sum(x[n,i], i)", output="y")
    sizes = choose_sizes(rest, 5, seed)
    assert sizes["N"] > sizes["H"]


WINDOW = {
    "indices": "p=0..P-1  a=0..L-1  u=0..K-1", "sizes": "P = (L + 2*q - K)//s + 1",
    "inputs": "x[a]", "outside": "x = 0",
    "equations": "y[p] = sum(x[s*p+u-q], u)", "output": "y",
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_constraints_hold(seed):
    sizes = choose_sizes(layer(**WINDOW, assume="3*q <= K; L % 4 == 1"), 5, seed)
    assert sizes["q"] >= 1 and sizes["K"] >= 3 * sizes["q"] and sizes["L"] % 4 == 1


def test_constraints_that_no_sizes_meet_are_told():
    with pytest.raises(LayerError, match=re.escape("P >= 1, q < K-100")):
        choose_sizes(layer(**WINDOW, assume="q < K - 100"), 5, 0)
    with pytest.raises(LayerError, match=re.escape("K >= 2*q")):
        choose_sizes(layer(**WINDOW, assume="K >= 2*q"), 5, 0, {"K": 2, "q": 2})


def test_sizes_whose_product_is_a_size_are_small():
    heads = layer(indices="h:H  c:C  e:E", sizes="E = H*C", inputs="x[e]", params="W[h,c,e]",
                  equations="y[h,c] = sum(W[h,c,e]*x[e], e)", output="y")  # fmt: skip
    for seed in range(10):
        sizes = choose_sizes(heads, 5, seed)
        assert {sizes["H"], sizes["C"]} == {2, 3} and sizes["E"] == 6


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stride_in_a_condition_is_a_stride_too(seed):
    sizes = choose_sizes(load("conv_transpose2d"), 5, seed)
    assert all(sizes[f"{name}_{axis}"] in (2, 3) for name in "sd" for axis in "hw")
    assert all(sizes[f"s_{axis}"] != sizes[f"d_{axis}"] for axis in "hw")


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "maxpool1d", "linear", "attention"])
def test_varied_sizes_have_more_than_one_value(name: str) -> None:
    system = load(name)
    chosen: list[dict[str, int]] = []
    for seed in range(4):
        chosen.append(choose_sizes(system, 5, seed, earlier=chosen, varied=True))
    assert [size for size in system.sizes if len({sizes[size] for sizes in chosen}) == 1] == []
