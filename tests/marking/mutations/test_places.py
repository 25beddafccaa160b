"""Elements read a step off, transposed, by another index, backwards."""

from derive.marking.mutations.places import crossed, flipped, shifted, transposed, wrong_indices
from tests.marking.mutations.found import RECURRENT, changes, mistakes


def test_an_element_a_step_off_is_nothing_where_it_does_not_exist():
    found = changes(shifted, "rnn", "dW_h")
    assert found["`h[t,n,k]` stands where `h[t-1,n,k]` should"] == "sum(da[t,n,i]*h[t,n,k], t, n)"
    assert found["`da[t+1,n,i]` stands where `da[t,n,i]` should"] == "sum([t < T]*da[t+1,n,i]*h[t-1,n,k], t, n)"


def test_the_guard_is_kept_or_goes_with_the_shift():
    rights = [str(m) for m in _rights("`da[t,n,k]` stands where `da[t+1,n,k]` should")]
    first = "sum(dz[t,n,o]*W_y[o,i], o)"
    assert rights == [
        f"{first} + [t < T]*sum(da[t,n,k]*W_h[k,i], k)",
        f"{first} + sum(da[t,n,k]*W_h[k,i], k)",
    ]


def _rights(sentence):
    from tests.marking.mutations.found import all_mutants

    return [m.right for m in all_mutants("rnn", "dh") if m.mistake.sentence == sentence]


def test_a_square_matrix_transposed_and_the_whole():
    (inside,) = changes(transposed, RECURRENT, "dh").values()
    assert inside == "dh_up[t,n,i] + [t < T]*sum(dh[t+1,n,k]*(1 - h[t+1,n,k]**2)*W[i,k], k)"
    assert changes(transposed, "rnn", "dW_h") == {
        "what you have as `dW_h[i,k]` is `dW_h[k,i]`: it is transposed": "sum(da[t,n,k]*h[t-1,n,i], t, n)"
    }
    assert changes(transposed, "linear", "dW") == {}  # its two axes have sizes of their own


def test_another_index_of_the_same_range():
    found = changes(wrong_indices, "softmax", "dz")
    assert found["`y[n,k]` stands where `y[n,l]` should"] == "y[n,k]*(dy[n,k] - sum(dy[n,l]*y[n,k], l))"


def test_a_kernel_read_backwards_in_one_direction_or_in_both():
    assert list(changes(flipped, "conv1d", "dW").values()) == ["sum(dy[n,o,p]*x[n,c,s*p+d*(K-u-1)-q], n, p)"]
    assert [s.split("`")[1] for s in changes(flipped, "conv2d", "dx")] == [
        "W[o,c,K_h-u-1,K_w-v-1]",
        "W[o,c,K_h-u-1,v]",
        "W[o,c,u,K_w-v-1]",
    ]
    assert mistakes("linear", "dW", "flipped") == {}


def test_the_two_directions_of_a_window_exchanged():
    found = changes(crossed, "conv2d", "dW")
    sentence = (
        "`u` and `v` are exchanged: `x[n,c,s_h*p+d_h*v-q_h,s_w*r+d_w*u-q_w]` stands where "
        "`x[n,c,s_h*p+d_h*u-q_h,s_w*r+d_w*v-q_w]` should"
    )
    assert found[sentence] == "sum(dy[n,o,p,r]*x[n,c,s_h*p+d_h*v-q_h,s_w*r+d_w*u-q_w], n, p, r)"


def test_a_window_one_aside():
    found = changes(shifted, "conv1d", "dW")
    sentence = "`x[n,c,s*p+d*u+1-q]` stands where `x[n,c,s*p+d*u-q]` should"
    assert found[sentence] == "sum(dy[n,o,p]*x[n,c,s*p+d*u+1-q], n, p)"


def test_the_other_half_of_a_concatenation():
    found = changes(shifted, "birnn", "dr")
    assert found["`dy[t,n,i]` stands where `dy[t,n,i+H]` should"].endswith("+ dy[t,n,i]")
