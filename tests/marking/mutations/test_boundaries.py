"""Initial states forgotten, and indices that wrap around."""

from derive.marking.mutations.boundaries import never_reset, wrong_starts
from tests.marking.mutations.found import changes


def test_the_state_at_the_start_taken_as_nothing_or_as_the_last():
    assert changes(wrong_starts, "lstm", "df") == {
        "`c[0,n,j]` is taken as 0: it is the state at the start": "dc[t,n,j]*[t > 1]*c[t-1,n,j]",
        "`c[T,n,j]`, the state at the other end, stands where `c[0,n,j]` should": (
            "dc[t,n,j]*([t > 1]*c[t-1,n,j] + [t == 1]*c[T,n,j])"
        ),
    }


def test_a_recurrence_that_runs_backwards_starts_at_the_end():
    zero, wrapped = changes(wrong_starts, "birnn", "dV_r").values()
    assert zero == "sum(de[t,n,i]*[t < T]*r[t+1,n,k], t, n)"
    assert wrapped == "sum(de[t,n,i]*([t < T]*r[t+1,n,k] + [t == T]*r[1,n,k]), t, n)"


def test_what_has_no_base_case_has_no_start():
    assert changes(wrong_starts, "rnn", "dW_x") == {}


def test_what_is_carried_back_is_never_set_to_nothing():
    (right,) = changes(never_reset, "rnn", "dh").values()
    assert right == "sum(dz[t,n,o]*W_y[o,i], o) + sum([t_2 > t]*sum(da[t_2,n,k]*W_h[k,i], k), t_2)"
    assert changes(never_reset, "rnn", "da") == {}
