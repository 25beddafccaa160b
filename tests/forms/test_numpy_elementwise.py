"""Expressions that combine tensors element by element."""

import pytest

from derive.forms.numpy_elementwise import canonical, cost, reading_of
from derive.language.load import layer

SYSTEM = layer(
    title="Readings", indices="t=1..T  n:N  i,k:H", inputs="x[t,n]  y[t,n]  g[n]  A[i,k]", output="o",
    equations="""
here[t,n]   = x[t,n]*y[t,n] + g[n]
later[t,n]  = [t < T]*(x[t+1,n]*y[t+1,n] + g[n])
steps[t,n]  = [t < T]*(x[t+1,n] + y[t,n])
summed[t,n] = [t < T]*sum(x[t,n], t)
domain[t,n] = [t < T]*log(x[t,n])
twice[i]    = [i < H]*A[i,i]
o[n]        = here[1,n] + later[1,n] + steps[1,n] + summed[1,n] + domain[1,n] + tanh(g[n])**3 + sum(twice[i], i)
""",
)  # fmt: skip
RIGHT = {e.name: e.right for e in SYSTEM.equations}


def test_the_same_at_another_place() -> None:
    here, later = reading_of(RIGHT["here"], SYSTEM), reading_of(RIGHT["later"].children[1], SYSTEM)
    assert here and later
    assert [str(p) for p in here.place] == ["t", "n"]
    assert [str(p) for p in later.place] == ["t + 1", "n"]
    assert here.key == later.key


@pytest.mark.parametrize("name", ["steps", "summed", "domain", "twice"])
def test_what_is_not_read_at_one_place_or_not_everywhere_finite(name: str) -> None:
    assert reading_of(RIGHT[name].children[1], SYSTEM) is None


def test_operations_are_counted() -> None:
    assert cost(RIGHT["here"]) == 2
    assert cost(RIGHT["domain"].children[1]) > 3


def test_axes_get_names_that_tell_them_apart() -> None:
    axis = SYSTEM.indices["n"]
    assert [a.name for a in canonical((axis, axis), frozenset())] == ["n", "n_2"]
    assert [a.name for a in canonical((axis,), frozenset({"n"}))] == ["n_2"]
