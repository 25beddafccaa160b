"""Which gradients are needed and in what order they come."""

from derive.calculus.order import (
    alive_tensors,
    backward_order,
    batch_indices,
    default_wrt,
    is_given,
    needed_tensors,
    places,
)  # fmt: skip
from derive.language.load import layer, load

RNN = load("rnn")


def test_every_parameter_and_real_input_by_default():
    assert default_wrt(RNN) == ("W_x", "W_h", "b_h", "W_y", "b_y", "x", "h0", "target")
    assert default_wrt(load("embedding")) == ("W",)


def test_the_batch_index_is_the_one_that_nothing_mixes_and_no_parameter_has():
    assert batch_indices(RNN) == {"n"}
    assert batch_indices(load("linear")) == {"n"}
    assert batch_indices(load("conv2d")) == {"n"}


def test_an_index_over_which_something_is_summed_is_no_batch_index():
    system = layer(
        title="Statistic", indices="n:N  c:C", inputs="x[n,c]",
        equations="m[c] = mean(x[n,c], n)\ny[n,c] = x[n,c] - m[c]", output="y",
    )  # fmt: skip
    assert batch_indices(system) == {"c"}


def test_backwards_from_the_loss_then_parameters_then_inputs():
    assert backward_order(RNN)[:5] == ["l", "y", "z", "h", "a"]
    assert backward_order(RNN)[-3:] == ["x", "h0", "target"]


def test_only_what_lies_between_is_needed():
    assert needed_tensors(RNN, ["b_y"]) == {"b_y", "z", "y", "l"}


def test_an_output_that_nothing_reads_has_its_gradient_given():
    assert is_given(load("linear"), "y")
    system = layer(
        title="Read", indices="t=1..T", inputs="x[t]", equations="h[0] = 0\nh[t] = sin(h[t-1]) + x[t]", output="h"
    )
    assert not is_given(system, "h")


def test_what_the_loss_cannot_feel_is_not_alive():
    system = layer(title="Side", indices="i:N", inputs="x[i]", equations="y[i] = x[i]\nside[i] = sin(x[i])", output="y")
    assert alive_tensors(system) == {"x", "y"}


def test_the_declared_range_comes_before_the_base_cases():
    assert [str(of) for of, _ in places(RNN, "h", ("W_h",), {"h", "h0"})] == ["h[t,n,i]", "h[0,n,i]"]
    assert [str(of) for of, _ in places(RNN, "W_h", ("W_h",), {"W_h"})] == ["W_h[i,k]"]


def test_a_base_case_that_passes_nothing_on_is_left_out_unless_its_gradient_is_asked_for():
    without = [str(of) for of, _ in places(RNN, "h", ("W_h",), {"h", "W_h"})]  # the gradient by h0 is not needed
    assert without == ["h[t,n,i]"]
    assert [str(of) for of, _ in places(RNN, "h", ("h",), {"h"})] == ["h[t,n,i]", "h[0,n,i]"]
