"""Paths of the chain rule left out, and statistics held constant."""

from derive.language.load import layer
from tests.marking.mutations.found import mistakes


def test_each_path_may_be_left_out():
    assert mistakes("rnn", "dh", "dropped path") == {
        "your dh leaves out the path through `z[t,n,o]`": "[t < T]*sum(da[t+1,n,k]*W_h[k,i], k)",
        "your dh leaves out the path through `a[t+1,n,k]`": "sum(dz[t,n,o]*W_y[o,i], o)",
    }


def test_what_comes_from_the_layer_above_may_be_left_out_and_all_that_comes_from_the_next_step():
    found = mistakes("lstm", "dh", "dropped path")
    later = "`a_i[t+1,n,k]`, `a_f[t+1,n,k]`, `a_g[t+1,n,k]`, `a_o[t+1,n,k]`"
    assert found[f"your dh leaves out every path through {later}"] == "dh_up[t,n,j]"
    assert "dh_up" not in found["your dh leaves out what comes from the layer above, `dh_up[t,n,j]`"]
    only = "your dh has the path through `a_o[t+1,n,k]` and no other"
    assert found[only] == "[t < T]*sum(da_o[t+1,n,k]*W_ho[k,j], k)"


def test_a_gradient_with_one_path_has_none_to_leave_out():
    assert mistakes("rnn", "da", "dropped path") == {}


def test_a_mean_and_a_variance_held_constant():
    found = mistakes("layernorm", "dx", "constant statistic")
    assert found == {
        "your dx treats `mu[n]` and `v[n]` as constant: they depend on `x[n,i]` too": "dx_hat[n,i]*r[n]",
        "your dx treats `mu[n]` as constant: it depends on `x[n,i]` too": (
            "2*dv[n]*(x[n,i] - mu[n])/D + dx_hat[n,i]*r[n]"
        ),
        "your dx treats `v[n]` as constant: it depends on `x[n,i]` too": "dmu[n]/D + dx_hat[n,i]*r[n]",
    }


def test_the_norm_of_a_layer_of_ones_own_is_a_statistic_too():
    own = layer(
        title="Divided by its norm", indices="n:N  i:D", inputs="x[n,i]",
        equations="s[n] = sum(x[n,i]**2, i)\ny[n,i] = x[n,i]/sqrt(s[n])", output="y",
    )  # fmt: skip
    (sentence,) = mistakes(own, "dx", "constant statistic")
    assert sentence == "your dx treats `s[n]` as constant: it depends on `x[n,i]` too"


def test_a_path_of_every_step_at_the_last_one_only():
    found = mistakes("rnn", "dh", "wrong boundary")
    right = found["your dh has the path through `z[t,n,o]` at the last step only, where `[t == T]`"]
    assert right == "sum([t == T]*dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)"
    assert not any("`a[t+1,n,k]` at the last step" in sentence for sentence in found)
