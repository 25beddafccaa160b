"""What comes out of the sweep: textbook gradients, from the equations alone."""

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer, load


def gradients(system, wrt=None):
    """Text of every gradient by its left side."""
    found = derive(system, wrt).gradients
    return {str(g.left): str(g.right) for parts in found.values() for g in parts}


def test_linear():
    assert gradients(load("linear")) == {
        "dW[o,i]": "sum(dy[n,o]*x[n,i], n)",
        "db[o]": "sum(dy[n,o], n)",
        "dx[n,i]": "sum(dy[n,o]*W[o,i], o)",
    }


@pytest.mark.parametrize(
    ("f", "local"),
    [
        ("tanh", "(1 - h[t,n,i]**2)"),
        ("relu", "[a[t,n,i] > 0]"),
        ("sigmoid", "h[t,n,i]*(1 - h[t,n,i])"),
        ("f", "f'(a[t,n,i])"),
    ],
)
def test_backpropagation_through_time(f, local):
    assert gradients(load("rnn", f=f)) == {
        "dl[t,n]": "1",
        "dy[t,n,o]": "2*(y[t,n,o] - target[t,n,o])",
        "dz[t,n,o]": "dy[t,n,o]",
        "da[t,n,i]": f"dh[t,n,i]*{local}",
        "dh[t,n,i]": "sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)",
        "dh[0,n,i]": "sum(da[1,n,k]*W_h[k,i], k)",
        "dW_x[i,j]": "sum(da[t,n,i]*x[t,n,j], t, n)",
        "dW_h[i,k]": "sum(da[t,n,i]*h[t-1,n,k], t, n)",
        "db_h[i]": "sum(da[t,n,i], t, n)",
        "dW_y[o,i]": "sum(dz[t,n,o]*h[t,n,i], t, n)",
        "db_y[o]": "sum(dz[t,n,o], t, n)",
        "dx[t,n,j]": "sum(da[t,n,i]*W_x[i,j], i)",
        "dh0[n,i]": "dh[0,n,i]",
        "dtarget[t,n,o]": "-2*(y[t,n,o] - target[t,n,o])",
    }


def test_softmax_with_cross_entropy_at_every_step_of_the_rnn():
    found = gradients(load("rnn", g="softmax", ell="cross_entropy"))
    assert found["dz[t,n,o]"] == "y[t,n,o] - target[t,n,o]"


CROSS_ENTROPY = {
    "title": "Softmax with cross-entropy",
    "indices": "n:N  k:K",
    "inputs": "z[n,k]  target[n,k]",
    "equations": "p[n,k] = softmax(z[n,k], k)\nl[n] = -sum(target[n,k]*log(p[n,k]), k)",
    "loss": "sum(l[n], n)",
}


def test_p_minus_y_needs_the_assumption_and_says_so():
    with_it = derive(layer(**CROSS_ENTROPY, assume="sum(target[n,k], k) = 1")).gradients["z"][0]
    assert str(with_it.right) == "p[n,k] - target[n,k]"
    assert [s.rule for s in with_it.steps][-1] == "assumption"
    assert "sum(target[n,k], k) = 1" in with_it.steps[-1].sentence
    without = derive(layer(**CROSS_ENTROPY)).gradients["z"][0]
    assert str(without.right) == "p[n,k]*sum(target[n,m], m) - target[n,k]"
    assert "assumption" not in [s.rule for s in without.steps]


def test_convolution_keeps_divisibility_and_range_guards():
    found = gradients(load("conv2d"))
    guards = (
        "[(i+q_h-d_h*u)%s_h == 0, (i+q_h-d_h*u)//s_h >= 0, (i+q_h-d_h*u)//s_h <= P_h-1, "
        "(j+q_w-d_w*v)%s_w == 0, (j+q_w-d_w*v)//s_w >= 0, (j+q_w-d_w*v)//s_w <= P_w-1]"
    )
    read = "dy[n,o,(i+q_h-d_h*u)//s_h,(j+q_w-d_w*v)//s_w]"
    assert found["dx[n,c,i,j]"] == f"sum({guards}*{read}*W[o,c,u,v], o, u, v)"
    correlation = "x[n,c,s_h*p+d_h*u-q_h,s_w*r+d_w*v-q_w]"
    assert found["dW[o,c,u,v]"] == f"sum(dy[n,o,p,r]*{correlation}, n, p, r)"


def test_an_embedding_adds_up_over_repeated_tokens():
    assert gradients(load("embedding"), ["W"])["dW[v,e]"] == "sum([tok[n,s] == v]*dy[n,s,e], n, s)"


def test_only_what_is_asked_for_is_derived():
    assert set(derive(load("rnn"), ["W_y"]).gradients) == {"l", "y", "z", "W_y"}


def test_a_tensor_may_read_itself():
    system = layer(
        title="Leaky", indices="t=1..T", inputs="x[t]", params="w[]",
        equations="h[0] = 0\nh[t] = w*h[t-1] + x[t]", output="h",
    )  # fmt: skip
    assert gradients(system) == {
        "dh[t]": "dh_up[t] + [t < T]*dh[t+1]*w",
        "dw": "sum(dh[t]*h[t-1], t)",
        "dx[t]": "dh[t]",
    }


def test_a_recurrence_downwards_runs_upwards_in_the_gradient():
    system = layer(
        title="Back", indices="t=1..T", inputs="x[t]", params="w[]",
        equations="h[T+1] = 0\nh[t] = w*h[t+1] + x[t]", output="h",
    )  # fmt: skip
    assert gradients(system)["dh[t]"] == "dh_up[t] + [t > 1]*dh[t-1]*w"


def test_what_nothing_reads_has_gradient_zero():
    system = layer(title="Idle", indices="i:N", inputs="x[i]  idle[i]", equations="y[i] = x[i]", output="y")
    (gradient,) = derive(system, ["idle"]).gradients["idle"]
    assert str(gradient.right) == "0"
    assert "Nothing reads" in gradient.steps[0].sentence


def test_the_backward_system_holds_forward_and_backward_equations():
    backward = derive(load("linear")).backward
    assert [str(e.left) for e in backward.equations] == ["y[n,o]", "dW[o,i]", "db[o]", "dx[n,i]"]
    assert backward.tensors["dy"].kind == "upstream"
    assert backward.tensors["dW"].kind == "gradient"
