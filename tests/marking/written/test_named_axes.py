"""Values that align by the names of their axes."""

import pytest

from tests.marking.marks import lines, verdicts


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("softmax", "dz = y*(dy - sum(dy*y, k))"),
        ("layernorm", "dx = r*(dx_hat - mean(dx_hat, i) - x_hat*mean(dx_hat*x_hat, i))"),
        ("attention", "ds = p*(dp - sum(dp*p, j))"),
        ("batchnorm1d", "dx = r*(dx_hat - mean(dx_hat, n) - x_hat*mean(dx_hat*x_hat, n))"),
    ],
)
def test_an_axis_that_was_summed_away_is_not_missed(layer: str, text: str) -> None:
    assert [verdict for _, verdict in verdicts(layer, text)] == ["right"]


def test_it_must_be_the_same_axis() -> None:
    """Sums over the samples leave one value for each class, and are aligned at that axis as NumPy aligns them."""
    assert verdicts("softmax", "dz = y*(dy - sum(dy*y, n))") == [("dz", "wrong")]
    assert "do not fit" in lines("attention", "ds = p*(dp - sum(dQ, c))*dV")["ds"].remark
