"""Sums cut short, averages for sums and sums for averages."""

from derive.language.load import load
from derive.marking.mutations.sites import Layer
from derive.marking.mutations.sums import averages, dropped_products, dropped_sums, recurring, short_sums, shorter_sums
from tests.marking.mutations.found import RECURRENT, changes, mistakes


def test_of_a_sum_only_the_last_or_the_first_term_is_there():
    found = changes(dropped_sums, "linear", "dW")
    assert found == {
        "the sum over `n` is missing: only its last term is there": "dy[N,o]*x[N,i]",
        "the sum over `n` is missing: only its first term is there": "dy[1,o]*x[1,i]",
    }


def test_a_sum_over_time_starts_late_or_ends_early():
    found = changes(short_sums, "rnn", "dW_h")
    assert found["the sum over `t` leaves out its first term"] == "sum([t > 1]*da[t,n,i]*h[t-1,n,k], t, n)"
    assert found["the sum over `t` leaves out its last term"] == "sum([t < T]*da[t,n,i]*h[t-1,n,k], t, n)"


def test_a_sum_over_samples_leaves_one_out():
    assert list(changes(shorter_sums, "linear", "db").values()) == [
        "sum([n > 1]*dy[n,o], n)",
        "sum([n < N]*dy[n,o], n)",
    ]
    assert changes(short_sums, "linear", "db") == {}


def test_a_product_with_a_square_matrix_forgotten():
    assert changes(dropped_products, "rnn", "dh[0,n,i]") == {"the product with `W_h[k,i]` is missing": "da[1,n,i]"}
    assert changes(dropped_products, "linear", "dx") == {}


def test_an_average_for_a_sum_over_some_of_its_indices():
    assert list(changes(averages, "rnn", "db_h").values()) == [
        "1/T/N*sum(da[t,n,i], t, n)",
        "1/T*sum(da[t,n,i], t, n)",
        "1/N*sum(da[t,n,i], t, n)",
    ]


def test_the_division_of_an_average_forgotten():
    found = mistakes("mse", "dy", "sum for average")
    assert found["the division by the number of terms is missing: `1/N/O`"] == "2*(y[n,o] - target[n,o])"


def test_an_index_recurs_where_something_is_read_a_step_off():
    assert recurring(Layer(RECURRENT)) == {"t"}
    assert recurring(Layer(load("conv1d"))) == frozenset()
