"""Sums along the wrong axis, and products of sums."""

from derive.marking.mutations.axes import products_of_sums, wrong_axes
from tests.marking.mutations.found import changes


def test_a_sum_along_the_other_axis():
    assert changes(wrong_axes, "softmax", "dz") == {
        "the sum over `l` in `sum(dy[n,l]*y[n,l], l)` runs along `n` instead": (
            "y[n,k]*(dy[n,k] - sum(dy[n_2,k]*y[n_2,k], n_2))"
        )
    }
    assert changes(wrong_axes, "linear", "dW") == {}


def test_a_product_of_sums_for_a_sum_of_products():
    (right,) = changes(products_of_sums, "linear", "dW").values()
    assert right == "sum(dy[n,o], n)*sum(x[n,i], n)"
    assert changes(products_of_sums, "linear", "db") == {}
