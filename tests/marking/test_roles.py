"""Which gradient a person's own name stands for."""

from derive.marking.roles import roles
from derive.marking.sheet import Sheet
from derive.marking.written.answer import read
from tests.marking.marks import ground_for


def found(layer: str, text: str) -> dict[str, str]:
    ground = ground_for(layer)
    return dict(roles(Sheet(ground, read(ground.derivation, text))))


def test_a_helper_stands_for_the_gradient_that_makes_the_next_line_right() -> None:
    text = "delta[t,n,i] = dh[t,n,i]\ndW_h[i,k] = sum(delta[t,n,i]*h[t-1,n,k], t, n)"
    assert found("rnn", text) == {"delta": "da"}


def test_it_stands_for_nothing_where_no_gradient_makes_the_line_right() -> None:
    text = "delta[t,n,i] = dh[t,n,i]\ndW_h[i,k] = sum(delta[t,n,i]*h[t,n,k], t, n)"
    assert found("rnn", text) == {}


def test_right_lines_need_no_roles() -> None:
    text = "delta[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]\ndW_h[i,k] = sum(delta[t,n,i]*h[t-1,n,k], t, n)"
    assert found("rnn", text) == {}
