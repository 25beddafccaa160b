"""Factors missing, twice, inverted, of the wrong power or count."""

from derive.marking.mutations.factors import complements, doubled_factors, dropped_factors, inverses, powers
from tests.marking.mutations.found import changes, mistakes


def test_a_weight_a_scale_and_a_mask_forgotten():
    assert mistakes("attention", "dQ", "dropped scale") == {
        "the scale `1/sqrt(d_k)` is missing": "sum(ds[n,i,j]*K[n,j,c], j)"
    }
    assert mistakes("dropout", "dx", "dropped factor") == {"the factor `m[n,i]` is missing": "dy[n,i]/(1 - p)"}
    assert mistakes("relu", "dx", "dropped guard") == {"the condition `[x[n,i] > 0]` is missing": "dy[n,i]"}


def test_a_guard_without_which_something_is_read_that_is_not_there_stays():
    assert "[t < T]" not in "".join(changes(dropped_factors, "rnn", "dh"))


def test_a_scale_twice_or_the_wrong_way_up_or_without_its_root():
    assert changes(doubled_factors, "dropout", "dx")["`1/(1 - p)` stands twice"] == "dy[n,i]*m[n,i]*(1 - p)**(-2)"
    assert changes(inverses, "dropout", "dx")["`1 - p` stands where `1/(1 - p)` should"] == "dy[n,i]*m[n,i]*(1 - p)"
    assert list(changes(powers, "attention", "dK")) == ["the root is missing: `d_k` stands where `sqrt(d_k)` should"]


def test_a_wrong_power_and_a_number_for_what_is_left_of_one():
    found = changes(powers, "rnn", "da")
    assert found["`h[t,n,i]` stands where `h[t,n,i]**2` should"] == "dh[t,n,i]*(1 - h[t,n,i])"
    assert changes(powers, "dropout", "dx")["`p` stands where `1 - p` should"] == "dy[n,i]*m[n,i]/p"


def test_a_gate_and_what_it_leaves_of_one():
    assert changes(complements, "gru", "dm")["`1 - r[t,n,j]` stands where `r[t,n,j]` should"] == (
        "da_h[t,n,j]*(1 - r[t,n,j])"
    )
    assert changes(complements, "dropout", "dx") == {}


def test_a_number_forgotten_or_doubled_leaves_the_sign():
    assert changes(dropped_factors, "layernorm", "dv")["the scale `1/2` is missing"] == "-dr[n]*r[n]**3"
    assert changes(doubled_factors, "layernorm", "dv")["`-1/2` stands twice"] == "-(1/4)*dr[n]*r[n]**3"


def test_the_exponent_that_leaves_one_factor_out_is_missing():
    found = changes(powers, "noisy_or", "dq")
    assert found["`q[n,o,l]` stands where `q[n,o,l]**[l != i]` should"] == "-dy[n,o]*prod(q[n,o,l], l)"
