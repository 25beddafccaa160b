"""Every value is computed before it is read."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language import expr as E
from derive.language.errors import LayerError
from derive.language.expr import Elem
from derive.language.load import catalogue, layer, load
from derive.language.parser import parse_in
from derive.language.schedule import CircularError, Loop, in_order, reads, schedule
from derive.language.system import Equation, System
from derive.language.traverse import bound_at
from tests.language.layers import SYSTEM
from tests.values import integer, value

SIZES = {"T": 4, "N": 2, "H": 3, "D": 2, "O": 2, "L": 3, "K": 2}


def computed_in_order(system: System) -> None:
    """Run through the blocks place by place; whatever is read and defined by an equation was computed before."""
    done: set[tuple[str, tuple[int, ...]]] = set()
    defined = {e.name for e in system.all_equations}

    def places(equation: Equation, fixed: dict[str, int]) -> Any:
        free = [i for i in equation.indices if i.name not in fixed]
        ranges = [range(integer(i.low, SIZES), integer(i.high, SIZES) + 1) for i in free]
        for values in itertools.product(*ranges):
            yield {**SIZES, **fixed, **{i.name: v for i, v in zip(free, values, strict=True)}}

    def run(equation: Equation, fixed: dict[str, int]) -> None:
        new = set()
        for numbers in places(equation, fixed):
            for name, place in read_at(equation.right, numbers):
                assert name not in defined or (name, place) in done, f"{name}{place} is read before it is computed"
            new.add((equation.name, tuple(integer(p, numbers) for p in equation.left.index)))
        done.update(new)

    for block in schedule(system):
        if isinstance(block, Loop):
            ranges = []
            for index, step in block.over:
                span = range(integer(index.low, SIZES), integer(index.high, SIZES) + 1)
                ranges.append(span[::step])
            for values in itertools.product(*ranges):
                for equation in block.equations:
                    run(equation, {i.name: v for (i, _), v in zip(block.over, values, strict=True)})
        else:
            run(block, {})
    assert {name for name, _ in done} == defined


def read_at(expr: E.Expr, numbers: dict[str, int]) -> Any:
    """The elements that are read for given indices; beside a bracket that is 0 nothing is."""
    if isinstance(expr, E.Mul) and any(isinstance(f, E.Bracket) and not holds(f, numbers) for f in expr.factors):
        return
    if isinstance(expr, Elem):
        yield expr.name, tuple(integer(p, numbers) for p in expr.index)
    for bound in runs(expr, numbers):
        for child in expr.children:
            yield from read_at(child, bound)


def runs(expr: E.Expr, numbers: dict[str, int]) -> Any:
    over = bound_at(expr)
    ranges = [range(integer(i.low, numbers), integer(i.high, numbers) + 1) for i in over]
    for values in itertools.product(*ranges):
        yield {**numbers, **{i.name: v for i, v in zip(over, values, strict=True)}}


def holds(bracket: E.Bracket, numbers: dict[str, int]) -> bool:
    return value(bracket, numbers, {}) == 1


LAYERS: dict[str, dict[str, str]] = {
    "upwards": {"equations": "h[0,i] = 0; h[t,i] = h[t-1,i] + x[t,i]", "output": "h"},
    "downwards": {"equations": "h[t,i] = h[t+1,i] + x[t,i]; h[T+1,i] = 0", "output": "h"},
    "guarded": {"equations": "h[t,i] = [t < T]*h[t+1,i] + x[t,i]", "output": "h"},
    "two at once": {
        "equations": "c[0,i] = 0; h[0,i] = 1; h[t,i] = tanh(c[t,i]); c[t,i] = c[t-1,i]*h[t-1,i] + x[t,i]",
        "output": "h",
    },
    "layers and time": {
        "equations": """
            h[0,t,i] = x[t,i]
            h[l,0,i] = 0
            h[l,t,i] = tanh(h[l-1,t,i] + h[l,t-1,i])
        """,
        "output": "h",
    },
    "up in one, down in the other": {
        "equations": "h[0,t] = 1; h[l,T+1] = 0; h[l,t] = h[l-1,t] + h[l,t+1]",
        "output": "h",
    },
    "a diagonal": {"equations": "h[0,t] = 1; h[l,0] = 2; h[l,t] = [l > 1, t > 1]*h[l-1,t-1] + h[l-1,t]", "output": "h"},
    "written backwards": {"equations": "y[i] = a[i]; a[i] = b[i]; b[i] = sum(x[t,i], t)", "output": "y"},
    "two steps back": {"equations": "h[0,i] = 1; h[-1,i] = 2; h[t,i] = h[t-1,i] + h[t-2,i]", "output": "h"},
    "as many steps as a size says": {
        "equations": "h[t,i] = [t > K]*h[t-K,i] + x[t,i]",
        "output": "h",
        "sizes": "K",
        "assume": "K >= 1",
    },
    "all places before": {"equations": "h[t,i] = sum([s < t]*h[s,i], s) + x[t,i]", "output": "h"},
    "all places behind": {"equations": "h[t,i] = sum([s > t]*h[s,i], s) + x[t,i]", "output": "h"},
    "the place before at the end only": {"equations": "h[t,i] = [t > 1]*[t == T]*h[t-1,i] + x[t,i]", "output": "h"},
    "half the place": {"equations": "h[t,i] = [t > 1]*h[t//2,i] + x[t,i]", "output": "h"},
    "the first place": {"equations": "h[t,i] = [t > 1]*h[1,i] + x[t,i]", "output": "h"},
    "the mirrored place, from the middle on": {"equations": "h[t,i] = [2*t > T+1]*h[T+1-t,i] + x[t,i]", "output": "h"},
    "a cube's cells of different reach": {"equations": "h[0] = 1; h[t] = sum([l < t]*h[t-1], l)", "output": "h"},
}


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_read_was_computed_before(name: str) -> None:
    computed_in_order(layer(indices="t,s=1..T  l=1..L  i:H", inputs="x[t,i]", **LAYERS[name]))


@given(st.permutations(range(6)))
def test_the_order_of_writing_does_not_matter(order: list[int]) -> None:
    system = load("rnn")
    shuffled = tuple(system.equations[k] for k in order)
    blocks = schedule(system, shuffled)
    assert sorted(e.name for b in blocks for e in (b.equations if isinstance(b, Loop) else (b,))) == sorted(
        e.name for e in shuffled
    )
    names = [tuple(e.name for e in b.equations) if isinstance(b, Loop) else b.name for b in blocks]
    assert ("a", "h") in names
    assert names.index("h") < names.index(("a", "h")) < names.index("z") < names.index("y") < names.index("l")


def test_a_loop_goes_the_way_of_its_recurrence() -> None:
    def direction(equations: str) -> int:
        blocks = schedule(layer(indices="t=1..T", inputs="x[t]", equations=equations, output="h"))
        (loop,) = (b for b in blocks if isinstance(b, Loop))
        return loop.over[0][1]

    assert direction("h[0] = 0; h[t] = h[t-1] + x[t]") == 1
    assert direction("h[T+1] = 0; h[t] = h[t+1] + x[t]") == -1


def test_an_index_bound_in_a_sum_is_not_the_loop_s_of_the_same_name() -> None:
    """The sum reads h at every place, not at the one before."""
    with pytest.raises(LayerError, match="h needs itself"):
        layer(indices="i:H", inputs="x[i]", equations="h[i] = x[i] + sum([i > 1]*h[i-1], i)", output="h")
    computed_in_order(layer(indices="t=1..T i:H", inputs="x[t,i]", **BOUND_TWICE))


BOUND_TWICE = {"equations": "h[0,i] = 0; h[t,i] = sum(h[t-1,i], i) + sum(x[t,i], t)", "output": "h"}


@pytest.mark.parametrize("right", ["b[i] + 1", "sum(b[k], k)"])
def test_what_needs_itself_is_circular(right: str) -> None:
    fields: dict[str, str] = {"indices": "i,k:H", "inputs": "x[i]", "output": "a"}
    system = layer(**fields, equations="a[i] = x[i]; b[i] = a[i]")
    first = system.equations[0]
    circular = Equation(first.left, parse_in(system, right, first.indices), first.indices)
    with pytest.raises(CircularError) as caught:
        schedule(system, (circular, system.equations[1]))
    assert set(caught.value.names) == {"a", "b"}
    assert caught.value.equation is circular


def test_reads_come_with_the_guards_around_them() -> None:
    found = [(str(read), len(facts.known)) for read, facts in reads(SYSTEM, SYSTEM.equations[1])]
    assert found == [("W_x[i,j]", 0), ("x[t,n,j]", 0), ("W_h[i,k]", 0), ("h[t-1,n,k]", 0), ("b_h[i]", 0)]
    guarded = layer(indices="t=1..T", inputs="x[t]", equations="y[t] = [t < T]*x[t+1]", output="y")
    ((_, facts),) = ((read, facts) for read, facts in reads(guarded, guarded.equations[0]) if read.name == "x")
    assert len(facts.known) == 1


def test_equations_come_in_an_order_in_which_they_can_be_read():
    fields = {"indices": "t=1..T  i:I", "inputs": "x[t,i]", "output": "y"}
    lines = ["h[t,i] = h[t-1,i] + a[t,i]", "a[t,i] = x[t,i]*h[t-1,i]", "h[0,i] = 0", "y[i] = tanh(h[T,i])"]
    written = layer(equations="\n".join([lines[3], *lines[:3]]), **fields)
    assert [str(e.left) for e in written.equations] == ["h[0,i]", "a[t,i]", "h[t,i]", "y[i]"]
    assert list(written.tensors) == ["x", "h", "a", "y"]


def test_equations_in_order_stay_as_they_are():
    for name in catalogue():
        system = load(name)
        assert in_order(system) is system
