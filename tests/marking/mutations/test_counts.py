"""A wrong number of terms."""

from derive.language.load import load
from derive.marking.mutations.counts import sizes_of_axes, wrong_counts
from derive.marking.mutations.sites import Layer
from tests.marking.mutations.found import changes


def test_one_less_another_size_or_one_forgotten():
    assert changes(wrong_counts, "mse", "dy") == {
        "`N-1` stands where `N` should": "2/(N-1)/O*(y[n,o] - target[n,o])",
        "`O` stands where `N` should": "2/O/O*(y[n,o] - target[n,o])",
        "`1` stands where `N` should": "2/O*(y[n,o] - target[n,o])",
        "`O-1` stands where `O` should": "2/N/(O-1)*(y[n,o] - target[n,o])",
        "`N` stands where `O` should": "2/N/N*(y[n,o] - target[n,o])",
        "`1` stands where `O` should": "2/N*(y[n,o] - target[n,o])",
    }


def test_a_size_is_wrong_wherever_it_stands():
    wrong = changes(wrong_counts, "layernorm", "dx")["`N` stands where `D` should"]
    assert wrong == "r[n]/N*(N*dx_hat[n,i] - sum(dx_hat[n,k], k) - x_hat[n,i]*sum(dx_hat[n,k]*x_hat[n,k], k))"


def test_the_sizes_of_axes_are_no_strides():
    assert sizes_of_axes(Layer(load("conv1d"))) == ("N", "C", "O", "L", "K", "P")
