"""The chain rule: readers, local derivatives, and how they are told."""

from derive.calculus.chain import readers_of
from derive.calculus.sweep import derive
from derive.language.load import layer, load

RNN = derive(load("rnn"))
H, H0 = RNN.gradients["h"]


def test_a_hidden_state_is_read_in_the_same_step_and_in_the_next():
    assert [(str(r.element), str(r.derivative)) for r in H.readers] == [
        ("z[s,n,o]", "W_y[o,i]*delta(s, t)"),
        ("a[s,n,k]", "W_h[k,i]*delta(s-1, t)"),
    ]
    readers = "`z[t,n,o]` for all `o` and by `a[t+1,n,k]` for all `k` in the next step"
    assert H.steps[0].sentence.startswith(f"`h[t,n,i]` is read by {readers}.")


def test_the_initial_state_has_no_output_of_its_own():
    assert [r.equation.name for r in H0.readers] == ["a"]
    assert [e.name for e in readers_of(RNN.system, H0.of, H0.indices)] == ["a"]


def test_the_chain_rule_sums_over_every_element_of_a_reader_but_not_over_samples():
    assert str(H.steps[0].after) == (
        "sum(dz[s,n,o]*D(z[s,n,o], h[t,n,i]), s, o) + sum(da[s,n,k]*D(a[s,n,k], h[t,n,i]), s, k)"
    )


def test_a_local_derivative_has_its_own_steps():
    step = H.steps[2]
    assert (str(step.changed), str(step.into)) == ("D(a[s,n,k], h[t,n,i])", "W_h[k,i]*delta(s-1, t)")
    assert [s.rule for s in step.substeps] == [
        "definition", "sum rule", "derivative under the sum", "constant factor", "element", "delta contraction",
    ]  # fmt: skip


def test_a_shared_weight_is_read_at_every_step():
    (gradient,) = RNN.gradients["W_h"]
    assert gradient.steps[0].sentence.startswith("`W_h[i,k]` is read by `a[t,n,i]` for all `t`, `n`.")


def test_an_element_that_is_read_at_its_place_and_in_a_sum_is_read_everywhere():
    (gradient,) = derive(load("log_softmax")).gradients["z"]
    assert gradient.steps[0].sentence.startswith("`z[n,k]` is read by `y[n,j]` for all `j`.")


def test_a_reader_that_reads_two_places_is_named_at_both():
    shifted = layer(
        title="Difference", indices="t=1..T", inputs="x[t]", outside="x = 0", equations="y[t] = x[t]**2 - x[t-1]",
        output="y",
    )  # fmt: skip
    (gradient,) = derive(shifted).gradients["x"]
    assert gradient.steps[0].sentence.startswith("`x[t]` is read by `y[t]` and by `y[t+1]` in the next step.")


def test_an_element_that_is_the_only_one_changes_with_itself_at_rate_one():
    (gradient,) = derive(load("silu")).gradients["s"]
    assert gradient.steps[1].substeps[-1].sentence == "An element changes with itself alone, at rate 1."


def test_of_readers_alike_it_is_said_once_and_only_the_output_itself_is_read_by_the_layer_above():
    gated = layer(
        title="Gated",
        indices="t=1..T  i,k:H",
        inputs="x[t,i]  h0[i]",
        params="U[i,k]  V[i,k]",
        equations="""
            h[0,i] = h0[i]
            a[t,i] = sum(U[i,k]*h[t-1,k], k)
            b[t,i] = sum(V[i,k]*h[t-1,k], k) + x[t,i]
            h[t,i] = sigmoid(a[t,i])*h[t-1,i] + tanh(b[t,i])
        """,
        output="h",
    )
    h, h0 = derive(gated).gradients["h"]
    every = "`a[t+1,k]` and `b[t+1,k]` for all `k` in the next step"
    assert f"is read by {every}, by `h[t+1,i]` in the next step, and by the layer above." in h.steps[0].sentence
    assert "is read by `a[1,k]` and `b[1,k]` for all `k` and by `h[1,i]`. " in h0.steps[0].sentence


def test_a_state_of_two_recurrences_says_in_which_index_a_reader_is_a_step_on():
    stacked = layer(
        title="Stacked",
        indices="l=1..M  t=1..T  i:H",
        inputs="x[t,i]",
        params="u[l,i]",
        equations="""
            h[0,t,i] = x[t,i]
            h[l,0,i] = 0
            h[l,t,i] = tanh(u[l,i]*h[l-1,t,i] + h[l,t-1,i])
        """,
        output="h",
    )
    inside, first = derive(stacked).gradients["h"]
    steps = "`h[l+1,t,i]` one step on in `l`, by `h[l,t+1,i]` one step on in `t`, and by the layer above."
    assert f"is read by {steps}" in inside.steps[0].sentence
    assert "is read by `h[1,t,i]` and by nothing else" in first.steps[0].sentence
