"""Names of gradients."""

from derive.steps.record import gradient_name, upstream_name


def test_the_gradient_by_h_is_dh_and_what_comes_from_above_has_a_name_of_its_own():
    assert gradient_name("W_h") == "dW_h"
    assert upstream_name("h") == "dh_up"
