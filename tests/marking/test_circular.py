"""Lines that are computed from themselves."""

from derive.marking.circular import circular_lines
from derive.marking.sheet import Sheet
from derive.marking.written.answer import read
from tests.marking.marks import ground_for


def closing(layer: str, text: str) -> set[int]:
    ground = ground_for(layer)
    sheet = Sheet(ground, read(ground.derivation, text))
    return {line.number for line in circular_lines(sheet.plain[0], sheet.lines)}


def test_a_line_that_reads_what_it_defines() -> None:
    assert closing("linear", "dW[o,i] = dW[o,i]") == {1}
    assert closing("linear", "dW[o,i] = sum(dy[n,o]*x[n,i], n)") == set()


def test_the_last_line_of_a_circle_closes_it() -> None:
    text = "da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]\ndh[t,n,i] = da[t,n,i]/(1 - h[t,n,i]**2)"
    assert closing("rnn", text) == {2}


def test_a_recurrence_is_no_circle() -> None:
    text = "dh[t,n,i] = sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)\n"
    assert closing("rnn", f"{text}da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]") == set()


def test_a_recurrence_in_one_line_is_no_circle_whatever_its_index_is_called() -> None:
    text = "da[t,n,k] = (1 - h[t,n,k]**2)*(sum(dz[t,n,o]*W_y[o,k], o) + [t < T]*sum(da[t+1,n,i]*W_h[i,k], i))"
    assert closing("rnn", text) == set()


def test_a_circle_by_way_of_a_helper() -> None:
    assert closing("linear", "half[o,i] = dW[o,i]/2\ndW[o,i] = 2*half[o,i]") == {2}
    assert closing("linear", "dW[o,i] = 2*half[o,i]\nhalf[o,i] = dW[o,i]/2") == {1}


def test_a_recurrence_in_two_indices_is_no_circle() -> None:
    before = "[l < M]*sum(da[l+1,t,n,k]*W_x[l+1,k,i], k) + [t < T]*sum(da[l,t+1,n,k]*W_h[l,k,i], k)"
    text = f"da[l,t,n,i] = (1 - h[l,t,n,i]**2)*([l == M]*dy[t,n,i] + {before})"
    assert closing("stacked_rnn", text) == set()


def test_a_recurrence_that_magnifies_rounding_is_no_circle() -> None:
    now = "sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)"
    assert closing("rnn", f"da[t,n,i] = (1 - h[t,n,i]**2)*(50*({now}) - 49*dh[t,n,i])") == set()
