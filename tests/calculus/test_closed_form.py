"""Adjoint recurrences solved."""

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer, load
from derive.steps.record import ClosedForm, EntrywiseForm


def recurrence(line: str, **more: str) -> tuple[tuple[ClosedForm, ...], tuple[EntrywiseForm, ...]]:
    """The forms of ``h[t,i] = line``, over inputs x, f, the weights W and a number beta."""
    found = derive(
        layer(
            title="Recurrence", indices="t=1..T  i,k:H", inputs="x[t,i] f[t,i] beta[]", params="W[i,k]",
            equations=f"h[0,i] = 0\nh[t,i] = {line}", output="h", **more,
        )
    )  # fmt: skip
    return found.closed_forms, found.entrywise_forms


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
    found = derive(load("conv2d"))
    assert found.closed_forms == () and found.entrywise_forms == ()


def test_entries_that_hand_on_to_themselves_alone_have_a_factor_and_no_matrix():
    forms, (own,) = recurrence("f[t,i]*h[t-1,i] + x[t,i]")
    assert forms == ()
    assert (own.tensor, own.index.name, own.step, own.given) == ("h", "t", 1, ())
    assert (str(own.local), str(own.factor)) == ("dh_up[t,i]", "f[t+1,i]")


def test_several_factors_add_up():
    _, (own,) = recurrence("f[t,i]*h[t-1,i] + x[t,i]*h[t-1,i]")
    assert str(own.factor) == "f[t+1,i] + x[t+1,i]"


def test_a_number_is_a_factor_too():
    _, (own,) = recurrence("beta*h[t-1,i] + (1 - beta)*x[t,i]")
    assert str(own.factor) == "beta"


def test_a_sum_of_all_steps_has_factor_one():
    _, (own,) = recurrence("h[t-1,i] + x[t,i]")
    assert str(own.factor) == "1"


def test_a_factor_of_some_steps_only_keeps_its_condition():
    _, (own,) = recurrence("[t != 2]*f[t,i]*h[t-1,i] + x[t,i]")
    assert str(own.factor) == "[t+1 != 2]*f[t+1,i]"


def test_a_residual_connection_adds_the_identity_to_the_jacobian():
    (form,), others = recurrence("h[t-1,i] + tanh(sum(W[i,k]*h[t-1,k], k) + x[t,i])")
    assert others == ()
    left, right = str(form.jacobian).split(" + ", 1)
    assert left == "delta(k, i)" and right.endswith("*W[k,i]")
    assert (form.row.name, form.column.name) == ("k", "i")


def test_terms_along_two_axes_at_once_have_no_closed_form():
    system = layer(
        title="Two axes", indices="t=1..T  i,k:H  n,m:N", inputs="x[t,n,i]", params="W[i,k] V[n,m]",
        equations="h[0,n,i] = 0\n"
        "h[t,n,i] = sum(W[i,k]*h[t-1,n,k], k) + sum(V[n,m]*h[t-1,m,i], m) + x[t,n,i]", output="h",
    )  # fmt: skip
    found = derive(system)
    assert found.closed_forms == () and found.entrywise_forms == ()


def test_sums_inside_a_sum_are_part_of_the_jacobian():
    (form,) = derive(load("rnn_one_to_many")).closed_forms
    assert (form.tensor, form.row.name, form.column.name) == ("h", "k", "i")
    assert str(form.jacobian) == "(1 - h[t+1,n,k]**2)*(sum(W_x[k,o]*W_y[o,i], o) + W_h[k,i])"
    assert "dy" not in str(form.local)


def test_the_jacobian_of_a_gated_state_has_the_gate_on_its_diagonal():
    (form,) = derive(load("gru")).closed_forms
    assert form.tensor == "h" and str(form.jacobian).startswith("delta(k, j)*z[t+1,n,j] + ")
    assert str(form.local) == "dh_up[t,n,j]"


def test_of_tensors_that_need_each_other_the_own_path_is_told():
    found = derive(load("lstm"))
    assert found.closed_forms == ()
    (own,) = found.entrywise_forms
    assert (own.tensor, own.given, str(own.factor)) == ("c", ("h",), "f[t+1,n,j]")
    assert "dh[t,n,j]" in str(own.local) and "dc" not in str(own.local)


def test_own_paths_with_matrices_are_not_told():
    system = layer(
        title="Two states", indices="t=1..T  i,k:H", inputs="x[t,i]", params="W[i,k]",
        equations="h[0,i] = 0\ns[0,i] = 0\nh[t,i] = tanh(sum(W[i,k]*h[t-1,k], k) + s[t-1,i] + x[t,i])\n"
        "s[t,i] = sin(sum(W[i,k]*s[t-1,k], k) + h[t-1,i])", output="h",
    )  # fmt: skip
    found = derive(system)
    assert found.closed_forms == () and found.entrywise_forms == ()


def test_of_a_recurrence_over_two_indices_the_own_path_runs_over_one():
    system = layer(
        title="Stacked cells", indices="l=1..M  t=1..T  i,k:H", inputs="x[t,i] f[l,t,i]", params="W[i,k]",
        equations="h[0,t,i] = x[t,i]\nc[l,0,i] = 0\nh[l,0,i] = 0\n"
        "c[l,t,i] = f[l,t,i]*c[l,t-1,i] + tanh(sum(W[i,k]*h[l-1,t,k], k) + h[l,t-1,i])\n"
        "h[l,t,i] = sin(c[l,t,i])\ny[t,i] = h[M,t,i]", output="y",
    )  # fmt: skip
    found = derive(system)
    (own,) = found.entrywise_forms
    assert (own.tensor, own.index.name, own.given, str(own.factor)) == ("c", "t", ("h",), "f[l,t+1,i]")
    assert evidence(found).ok
