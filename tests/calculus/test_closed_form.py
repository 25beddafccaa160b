"""Adjoint recurrences solved."""

from derive.calculus.sweep import derive
from derive.language.load import layer, load


def test_the_rnn_is_a_sum_of_products_of_jacobians():
    (form,) = derive(load("rnn", f="f")).closed_forms
    assert (form.tensor, form.index.name, form.step) == ("h", "t", 1)
    assert str(form.local) == "sum(dz[t,n,o]*W_y[o,i], o)"
    assert str(form.jacobian) == "f'(a[t+1,n,k])*W_h[k,i]"
    assert (form.row.name, form.column.name) == ("k", "i")


def test_a_condition_on_values_is_part_of_the_jacobian_and_not_a_guard():
    (form,) = derive(load("rnn", f="relu")).closed_forms
    assert str(form.jacobian) == "[a[t+1,n,k] > 0]*W_h[k,i]"


def test_downwards_the_step_is_minus_one():
    system = layer(
        title="Back", indices="t=1..T  i,k:H", inputs="x[t,i]", params="W[i,k]",
        equations="h[T+1,i] = 0\nh[t,i] = tanh(sum(W[i,k]*h[t+1,k], k) + x[t,i])", output="h",
    )  # fmt: skip
    (form,) = derive(system).closed_forms
    assert form.step == -1
    assert str(form.local) == "dh_up[t,i]"


def test_two_steps_back_have_no_closed_form_of_one_step():
    system = layer(
        title="Two", indices="t=1..T  i,k:H", inputs="x[t,i]", params="W[i,k]",
        equations="h[0,i] = 0\nh[-1,i] = 0\nh[t,i] = sum(W[i,k]*h[t-1,k], k) + sin(h[t-2,i]) + x[t,i]", output="h",
    )  # fmt: skip
    assert derive(system).closed_forms == ()


def test_a_layer_without_recurrence_has_none():
    assert derive(load("conv2d")).closed_forms == ()
