"""A layer as data."""

import operator

import pytest

from derive.language.integers import Mod, size_symbol
from derive.language.load import layer, load
from derive.language.system import LOSS, Constraint
from tests.language.layers import SYSTEM

T, N, H = map(size_symbol, "TNH")


def test_inputs_params_and_equations_are_found_by_name() -> None:
    assert [t.name for t in SYSTEM.inputs] == ["x", "h0", "v", "w", "tok"]
    assert [t.name for t in SYSTEM.params] == ["W_x", "W_h", "b_h", "tau"]
    assert [e.is_base for e in SYSTEM.definitions("h")] == [True, False]
    assert [e.name for e in SYSTEM.readers("h")] == ["a"]
    assert [e.name for e in SYSTEM.readers("W_h")] == ["a"]
    assert [t.name for t in SYSTEM.tensors.values() if t.integer] == ["tok"]


def test_the_loss_is_an_equation_too() -> None:
    system = load("cross_entropy")
    assert system.loss is not None and system.all_equations[-1] is system.loss
    assert system.definitions(LOSS) == (system.loss,)
    assert [e.name for e in system.readers("l")] == [LOSS]
    assert SYSTEM.all_equations == SYSTEM.equations


def test_storage_holds_the_base_cases() -> None:
    assert SYSTEM.storage("h") == ((0, T), (1, N), (1, H))
    assert SYSTEM.storage("a") == ((1, T), (1, N), (1, H))
    backwards = layer(indices="t=1..T", inputs="x[t]", equations="g[T+1] = 0; g[t] = x[t] + g[t+1]", output="g")
    assert backwards.storage("g") == ((1, T + 1),)
    both = layer(indices="t=1..T", inputs="x[t]", equations="g[-1] = 1; g[0] = 2; g[t] = g[t-2]", output="g")
    assert both.storage("g") == ((-1, T),)


def test_siblings_share_a_range() -> None:
    assert [i.name for i in SYSTEM.siblings(SYSTEM.indices["k"])] == ["i", "k"]
    assert [i.name for i in SYSTEM.siblings(SYSTEM.indices["t"])] == ["t"]


def test_what_is_read_outside() -> None:
    assert load("conv2d").outside["x"] == 0
    assert load("maxpool1d").outside["x"] == float("-inf")
    assert "x" not in SYSTEM.outside


def test_a_system_shows_its_equations() -> None:
    assert "h[t,n,i] = tanh(a[t,n,i])" in str(SYSTEM)


@pytest.mark.parametrize(
    ("op", "truth"),
    [
        ("==", operator.eq),
        ("!=", operator.ne),
        ("<", operator.lt),
        ("<=", operator.le),
        (">", operator.gt),
        (">=", operator.ge),
    ],
)
def test_a_constraint_holds_for_some_sizes(op, truth) -> None:
    constraint = Constraint(op, H, 2 * N - 1)
    assert (str(constraint), constraint.sizes) == (f"H {op} 2*N-1", {"H", "N"})
    for h in range(1, 6):
        assert constraint.holds({"H": h, "N": 2, "T": 9}) == truth(h, 3)


def test_a_constraint_may_ask_for_divisibility() -> None:
    even = Constraint("==", Mod(H, 2 * T / T), T - T)
    assert even.holds({"H": 4}) and not even.holds({"H": 5})


@pytest.mark.parametrize(
    ("assumed", "name"),
    [("m[n]**2 = m[n]", "m"), ("m[n]**2 = 1", ""), ("m[n]**3 = m[n]", ""), ("m[1]**2 = m[1]", ""), ("c**2 = c", "c")],
)
def test_what_is_assumed_to_be_zero_or_one(assumed: str, name: str) -> None:
    system = layer(indices="n:N", inputs="m[n] c[]", equations="y[n] = m[n]*c", output="y", assume=assumed)
    assert system.assumptions[0].zero_or_one == name
