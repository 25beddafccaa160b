"""What does not depend on the loop goes in front of it, and the equations still say the same."""

from derive.forms.numpy_hoist import Recurrence, Single, plan
from derive.language.load import layer, load
from derive.language.schedule import schedule
from derive.language.text import text


def planned(system):
    new, blocks = plan(system, schedule(system))
    return new, blocks


def test_terms_that_are_known_are_assigned_before_and_the_rest_is_added() -> None:
    _, blocks = planned(load("rnn"))
    before = next(b.equation for b in blocks if isinstance(b, Single) and b.part)
    loop = next(b for b in blocks if isinstance(b, Recurrence))
    assert text(before.right) == "sum(W_x[i,j]*x[t,n,j], j) + b_h[i]"
    assert loop.body[0].added is not None
    assert text(loop.body[0].added) == "sum(W_h[i,k]*h[t-1,n,k], k)"


def test_a_known_part_inside_a_function_gets_a_name() -> None:
    system = layer(
        title="Inside", indices="t=1..T  i,k:H  j:D", inputs="x[t,j]", params="W[i,j]  U[i,k]  b[i]",
        equations="h[0,i] = 0\nh[t,i] = tanh(sum(W[i,j]*x[t,j], j) + sum(U[i,k]*h[t-1,k], k) + b[i])", output="h",
    )  # fmt: skip
    new, blocks = planned(system)
    assert new.tensors["h_known"].axes == system.tensors["h"].axes
    known = next(b.equation for b in blocks if isinstance(b, Single) and b.equation.name == "h_known")
    loop = blocks[-1]
    assert isinstance(loop, Recurrence) and blocks.index(loop) > [b for b in blocks if isinstance(b, Single)].index(
        Single(known)
    )
    assert text(known.right) == "sum(W[i,j]*x[t,j], j) + b[i]"
    assert text(loop.body[0].equation.right) == "tanh(h_known[t,i] + sum(U[i,k]*h[t-1,k], k))"


def test_what_is_cheap_stays_in_the_loop() -> None:
    system = layer(
        title="Cheap",
        indices="t=1..T",
        inputs="x[t]",
        equations="h[0] = 0\nh[t] = h[t-1]*(1 - x[t]**2) + x[t]",
        output="h",
    )
    new, blocks = planned(system)
    assert new.tensors.keys() == system.tensors.keys()
    assert [isinstance(b, Recurrence) for b in blocks] == [False, True]
