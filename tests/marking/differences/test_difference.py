"""How gradients differ, on layers of the catalogue."""

from dataclasses import replace

import numpy as np
import pytest

from derive.marking.record import Difference
from tests.marking.readings import changed, of, readings, said


def test_equal_values_have_no_difference() -> None:
    for layer, tensor in (("linear", "W"), ("rnn", "h"), ("conv1d", "x"), ("batchnorm1d", "mu"), ("dropout", "p")):
        assert of(layer, tensor, readings(layer, tensor)) is None


@pytest.mark.parametrize(
    "layer, tensor, formula, where",
    [
        ("rnn", "h", "sum(dz[t,n,o]*W_y[o,i], o)", "right only at t = T"),
        ("rnn", "W_h", "sum([t > 1]*da[t,n,i]*h[t-1,n,k], t, n)", "every entry"),
        ("rnn", "W_h", "sum([t == T]*da[t,n,i]*h[t-1,n,k], t, n)", "every entry, where T > 1"),
        ("rnn", "W_h", "sum(da[t,n,i]*h[t-1,n,k]*[i <= k], t, n)", "all right but where i > k"),
        ("relu", "x", "dy[n,i]", "right only where [x[n,i] > 0]"),
    ],
)
def test_where_entries_differ(layer: str, tensor: str, formula: str, where: str) -> None:
    found = said(layer, tensor, formula)
    assert (found.shape, found.ratio, found.transposed) == ("", "", False)
    assert found.where == where


def test_rows_of_repeated_tokens() -> None:
    repeated = "v is more than once among tok[n,s]"
    found = of(
        "embedding", "W", changed(readings("embedding", "W"), lambda r: np.where(r.holds[repeated], 0.1, r.right))
    )
    assert found is not None and found.where == f"all right but where {repeated}"


@pytest.mark.parametrize(
    "layer, tensor, formula, ratio",
    [
        ("linear", "W", "-sum(dy[n,o]*x[n,i], n)", "-1"),
        ("linear", "W", "mean(dy[n,o]*x[n,i], n)", "1/N"),
        ("dropout", "x", "dy[n,i]*m[n,i]", "1 - p"),
        ("dropout", "p", "sum(dy[n,i]*m[n,i]*x[n,i], n, i)/(1 - p)", "1 - p"),
        ("batchnorm1d", "v", "-dr[c]*r[c]**3", "2"),
    ],
)  # fmt: skip
def test_ratios(layer: str, tensor: str, formula: str, ratio: str) -> None:
    assert said(layer, tensor, formula).ratio == ratio


def test_a_square_matrix_may_be_transposed_too() -> None:
    found = said("rnn", "W_h", "sum(da[t,n,k]*h[t-1,n,i], t, n)")
    assert (found.transposed, found.ratio, found.where, found.shape) == (True, "", "", "")
    found = said("rnn", "W_h", "-sum(da[t,n,k]*h[t-1,n,i], t, n)")
    assert (found.transposed, found.ratio) == (True, "-1")


@pytest.mark.parametrize(
    "tensor, yours, shape, transposed, ratio",
    [
        ("W", lambda r: r.right.T, "dW has shape (I, O); W has (O, I)", True, ""),
        ("W", lambda r: r.sizes["N"] * r.right.T, "dW has shape (I, O); W has (O, I)", True, "N"),
        ("b", lambda r: r.right[None], "db has shape (1, O); b has (O,); its entries are right", False, ""),
        ("b", lambda r: 2 * r.right[None], "db has shape (1, O); b has (O,)", False, "2"),
        ("W", lambda r: r.right.ravel(), "dW has shape (I*O,); W has (O, I); its entries are right", False, ""),
        ("b", lambda r: np.tile(r.right / r.sizes["N"], (r.sizes["N"], 1)),
         "db has shape (N, O); b has (O,); summed over its axis of N it is right", False, ""),
        ("b", lambda r: np.ones(17), "db has shape (17,); b has (O,)", False, ""),
    ],
)  # fmt: skip
def test_shapes_come_first(tensor: str, yours, shape: str, transposed: bool, ratio: str) -> None:
    found = of("linear", tensor, changed(readings("linear", tensor), yours))
    assert found is not None
    assert (found.shape, found.transposed, found.ratio) == (shape, transposed, ratio)


def test_entries_are_counted_as_the_layer_counts_them() -> None:
    """The worst entry comes first."""

    def but_two(reading):
        yours = reading.right.copy()
        yours[1, 2, 0] += 1.0
        yours[0, 1, 1] += 5.0
        return yours

    found = of("conv1d", "W", changed(readings("conv1d", "W"), but_two))
    assert found is not None and found.names == ("o", "c", "u")
    assert [entry.place for entry in found.entries] == [(1, 2, 1), (2, 3, 0)]
    assert [entry.yours - entry.right for entry in found.entries] == pytest.approx([5.0, 1.0])


def test_what_is_not_a_number_is_said_to_be_so() -> None:
    last = changed(readings("rnn", "h"), lambda r: np.concatenate([r.right[:-1], np.full_like(r.right[-1:], np.nan)]))
    found = of("rnn", "h", last)
    assert found is not None and (found.where, found.error) == ("not a number at t = T", np.inf)
    everywhere = of("rnn", "h", changed(readings("rnn", "h"), lambda r: np.full_like(r.right, np.inf)))
    assert everywhere is not None and everywhere.where == "infinite in every entry"


@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_scaling_everything_changes_nothing(scale: float) -> None:
    found = readings("rnn", "h", "sum(dz[t,n,o]*W_y[o,i], o)")
    scaled = [replace(r, yours=scale * r.yours, right=scale * r.right, scale=scale * r.scale) for r in found]
    plain, other = of("rnn", "h", found), of("rnn", "h", scaled)
    assert isinstance(plain, Difference) and isinstance(other, Difference)
    assert replace(plain, entries=(), error=0.0) == replace(other, entries=(), error=0.0)
    assert [e.place for e in plain.entries] == [e.place for e in other.entries]
