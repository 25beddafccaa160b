"""The person's own names: which of them vanish with a gradient, and their equations."""

import pytest

from derive.language.expr import Elem, Index
from derive.language.integers import index_symbol, size_symbol
from derive.language.parser import parse_expression
from derive.language.ranges import facts_of
from derive.language.scope import scope_of
from derive.language.system import Tensor
from derive.marking.written.own_names import Definition, equations, vanishing
from tests.marking.answers import derivation

BACKWARD = derivation("rnn").backward
T, N = BACKWARD.indices["t"], BACKWARD.indices["n"]
OWN = {name: Tensor(name, (T, N), "computed") for name in ("u", "v", "w")}


def definition(name: str, places: str, right: str) -> Definition:
    """A line about a tensor of the person's: ``definition("u", "t n", …)``."""
    index = {"t": index_symbol("t"), "n": index_symbol("n"), "T": size_symbol("T"), "T+1": size_symbol("T") + 1}
    left = tuple(index[place] for place in places.split())
    indices: tuple[Index, ...] = tuple(i for i in (T, N) if i.symbol in left)
    return Definition(Elem(name, left), indices, parse_expression(right, scope_of(BACKWARD, OWN)))


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (["dh[t,n,1]*h[t,n,1]", "u[t,n] + v[t+1,n]", "1"], {"u", "v"}),
        (["w[t,n]*h[t,n,1]", "u[t,n] + v[t+1,n]", "1 - h[t,n,1]"], set()),
        (["u[t+1,n]*2", "u[t,n]*v[t,n]", "0"], {"u", "v", "w"}),
    ],
)
def test_names_that_vanish_with_gradients(rights: list[str], expected: set[str]) -> None:
    own = {name: [definition(name, "t n", right)] for name, right in zip("uvw", rights, strict=True)}
    assert vanishing(own, lambda name: name == "dh") == expected


def said(*lines: Definition) -> list[str]:
    return [f"{e.left} = {e.right}" for e in equations("u", lines, (T, N), facts_of(BACKWARD))]


def test_a_line_for_the_last_place_goes_first_there() -> None:
    assert said(definition("u", "t n", "u[t+1,n] + 1"), definition("u", "T n", "2")) == [
        "u[t,n] = 2*[t == T] + [t != T]*(u[t+1,n] + 1)"
    ]


def test_a_line_past_the_end_is_a_base_case() -> None:
    assert said(definition("u", "T+1 n", "0"), definition("u", "t n", "u[t+1,n] + 1")) == [
        "u[T+1,n] = 0",
        "u[t,n] = u[t+1,n] + 1",
    ]
