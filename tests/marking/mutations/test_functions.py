"""Functions forgotten, their values mistaken, and derivatives that are there already."""

from derive.marking.mutations.functions import dropped_functions, extra_derivatives, wrong_values
from tests.marking.mutations.found import changes


def test_what_a_function_is_taken_of_stands_for_its_value():
    assert changes(dropped_functions, "lstm", "do") == {
        "`c[t,n,j]` stands where `tanh(c[t,n,j])` should": "dh[t,n,j]*c[t,n,j]"
    }
    assert changes(dropped_functions, "log_softmax", "dz") == {
        "`z[n,k]` stands where `softmax(z[n,k], k)` should": "dy[n,k] - z[n,k]*sum(dy[n,j], j)"
    }


def test_what_is_made_of_a_function_stands_for_its_value():
    found = changes(wrong_values, "lstm", "do")
    assert found == {"`h[t,n,j]` stands where `tanh(c[t,n,j])` should": "dh[t,n,j]*h[t,n,j]"}
    found = changes(wrong_values, "log_softmax", "dz")
    assert found["`y[n,k]` stands where `softmax(z[n,k], k)` should"] == "dy[n,k] - y[n,k]*sum(dy[n,j], j)"


def test_the_derivative_of_a_softmax_once_more_where_the_loss_is_derived_by_its_argument():
    too_much = "is too much: what comes back is by its argument already"
    assert changes(extra_derivatives, "cross_entropy", "dz") == {
        f"`p[n,k]*(1 - p[n,k])`, the derivative of softmax, {too_much}": ("p[n,k]*(1 - p[n,k])*(p[n,k] - target[n,k])"),
        "the factor `p[n,k]` is too much": "p[n,k]*(p[n,k] - target[n,k])",
    }
    (sentence, _) = changes(extra_derivatives, "bce_with_logits", "dz")
    assert sentence == f"`sigmoid(z[n,o])*(1 - sigmoid(z[n,o]))`, the derivative of sigmoid, {too_much}"
    assert changes(extra_derivatives, "rnn", "da") == {}  # its derivative belongs there, and once
