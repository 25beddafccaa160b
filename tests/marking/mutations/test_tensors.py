"""Another tensor of the same shape."""

from derive.marking.mutations.tensors import wrong_tensors, wrong_throughout
from tests.marking.mutations.found import changes


def test_gradients_stand_for_gradients_and_gates_for_gates():
    found = changes(wrong_tensors, "lstm", "dg")
    assert (
        found["`dh[t,n,j]` stands where `dc[t,n,j]` should: the way back through `h[t,n,j]` is left out"]
        == "dh[t,n,j]*i[t,n,j]"
    )
    assert found["`f[t,n,j]` stands where `i[t,n,j]` should"] == "dc[t,n,j]*f[t,n,j]"
    assert not any("W_" in sentence for sentence in found)


def test_a_gradient_that_is_found_later_does_not_stand_for_one_before():
    assert not any("da_o" in sentence or "dx" in sentence for sentence in changes(wrong_tensors, "lstm", "dg"))


def test_the_gradient_itself_stands_for_another_only_at_another_place():
    found = changes(wrong_tensors, "rnn", "dh")
    sentence = "`dh[t+1,n,k]` stands where `da[t+1,n,k]` should: the way back through `h[t+1,n,k]` is left out"
    assert found[sentence].endswith("[t < T]*sum(dh[t+1,n,k]*W_h[k,i], k)")
    assert changes(wrong_tensors, "linear", "dx") == {}


def test_a_value_of_another_step_where_the_layer_reads_it_so():
    found = changes(wrong_tensors, "gru", "dr")
    assert found["`h[t-1,n,j]` stands where `m[t,n,j]` should"] == "da_h[t,n,j]*h[t-1,n,j]"


def test_a_tensor_wherever_another_stands():
    found = changes(wrong_throughout, "layernorm", "dx")
    right = "r[n]/D*(D*dy[n,i] - sum(dy[n,k], k) - x_hat[n,i]*sum(dy[n,k]*x_hat[n,k], k))"
    assert (
        found["`dy[n,i]` stands where `dx_hat[n,i]` should, everywhere: the way back through `y[n,i]` is left out"]
        == right
    )
