"""Generated source computes what the equations say: any expression, any index pattern, any recurrence."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.calculus.sweep import derive
from derive.forms.numpy_code import code, source
from derive.language.load import catalogue, layer, load
from derive.language.schedule import Loop, schedule
from derive.language.system import System
from tests.forms.compare import assert_agrees, drawn, drawn_where_defined, run, sizes_for
from tests.forms.layers import LAYERS
from tests.forms.naive import Naive
from tests.forms.systems import recurrences, systems

SIZES = st.fixed_dictionaries(
    {
        "N": st.integers(1, 3),
        "M": st.integers(1, 3),
        "K": st.integers(1, 3),
        "s": st.integers(1, 3),
        "d": st.integers(1, 2),
    }
    | {"q": st.integers(0, 2)}
)


def made(name: str) -> System:
    return layer(title=name, **LAYERS[name]) if name in LAYERS else load(name)


def computed(backward: System) -> list[str]:
    return [
        t.name for t in backward.tensors.values() if t.kind in ("computed", "gradient") and backward.definitions(t.name)
    ]


def is_defined(naive: Naive, names: list[str]) -> bool:
    """Whether every element that is read exists: integers may point anywhere, factors leave their guards."""
    try:
        for name in names:
            naive.tensor(name)
    except IndexError:
        return False
    return True


@settings(max_examples=250)
@given(systems(), SIZES, st.integers(0, 2**16))
def test_any_expression(system: System, sizes: dict[str, int], seed: int) -> None:
    naive = drawn(system, sizes, seed)
    assume(is_defined(naive, ["out"]))
    assert_agrees(system, naive, ["out"])


@settings(max_examples=30)
@given(systems(), SIZES, st.integers(0, 2**16))
def test_gradients_of_any_expression(system: System, sizes: dict[str, int], seed: int) -> None:
    """Guards, divisions and places that the calculus makes out of any index pattern."""
    backward = derive(system).backward
    naive = drawn(backward, sizes, seed)
    names = [f"d{t.name}" for t in system.inputs if not t.integer]
    assume(is_defined(naive, names))
    assert_agrees(backward, naive, names)


@settings(max_examples=30)
@given(recurrences(), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**16))
def test_any_recurrence(fields: dict[str, str], t: int, h: int, k: int, seed: int) -> None:
    backward = derive(layer(**fields)).backward
    naive = drawn(backward, {"T": t, "H": h, "K": k}, seed, (0.5,))
    assume(is_defined(naive, computed(backward)))
    assert_agrees(backward, naive, computed(backward))


@pytest.mark.parametrize("name", [*LAYERS, *catalogue()])
def test_forward_and_backward_pass_of_a_layer(name: str) -> None:
    backward = derive(made(name)).backward
    for seed in range(6 if name in LAYERS else 2):  # those of the catalogue have other oracles too, and are large
        assert_agrees(backward, drawn_where_defined(backward, seed, computed(backward)), computed(backward))


@pytest.mark.parametrize("name", [*LAYERS, *catalogue()])
def test_loops_only_over_recurrences(name: str) -> None:
    backward = derive(made(name)).backward
    function = ast.parse(source(backward, computed(backward))).body[-1]
    loops = [b for b in schedule(backward) if isinstance(b, Loop)]
    assert sum(isinstance(n, ast.For) for n in ast.walk(function)) == sum(len(b.over) for b in loops)
    assert not any(isinstance(n, ast.While | ast.comprehension) for n in ast.walk(function))


@pytest.mark.parametrize("name", [*LAYERS, *catalogue()])
def test_single_precision_stays_single(name: str) -> None:
    backward = derive(made(name)).backward
    naive = drawn(backward, sizes_for(backward, 1), 1)
    found = run(backward, naive, computed(backward), np.float32)
    assert {n for n, a in found.items() if np.asarray(a).dtype != np.float32} == set()


def test_the_source_needs_numpy_only() -> None:
    modules = [
        n
        for n in ast.parse(source(derive(load("conv2d")).backward, ["y"])).body
        if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert [ast.unparse(m) for m in modules] == ["import numpy as np"]


@pytest.mark.parametrize("name", catalogue())
def test_the_source_is_formatted(name: str) -> None:
    backward = derive(load(name)).backward
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "-"]
    text = source(backward, computed(backward))
    assert subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout == text


def test_equations_that_are_not_needed_are_left_out() -> None:
    backward = derive(load("rnn")).backward
    forward = source(backward, ["y"])
    assert "da" not in forward and "loss" not in forward
    assert 'return {"y": y}' in forward


def test_a_linear_layer_reads_as_a_person_would_write_it() -> None:
    lines = source(derive(load("linear")).backward, ["y", "dW", "db", "dx"]).splitlines()
    for line in ("y = x @ W.T + b", "dW = dy.T @ x", "db = dy.sum(axis=0)", "dx = dy @ W"):
        assert f"    {line}" in lines


def test_what_is_known_before_a_loop_is_computed_before_it() -> None:
    text = source(derive(load("rnn")).backward, ["h", "dW_h"])
    before, loop = text.split("    for t in range(1, T + 1):")
    assert "W_x, x" in before and "W_x" not in loop.split("return")[0].split("for t")[0]
    assert "da[t - 1] = dh[t] * (1 - h[t] ** 2)" in loop


def test_words_of_python_are_no_names() -> None:
    system = layer(
        title="Words",
        indices="n:N",
        inputs="lambda_x[n]  np[n]",
        equations="dtype[n] = lambda_x[n]*np[n]",
        output="dtype",
    )
    found = code(derive(system).backward, ["dtype", "dnp"])
    assert found.tensors["np"] == "np_"
    namespace: dict[str, object] = {}
    exec(found.source, namespace)
    result = namespace["backward"](np.full(2, 3.0), np.full(2, 5.0), np.ones(2))  # type: ignore[operator]
    assert result["dtype"].tolist() == [15.0, 15.0] and result["dnp"].tolist() == [3.0, 3.0]


def test_nothing_but_names_gets_into_the_source() -> None:
    with pytest.raises(ValueError, match="not a name"):
        source(derive(load("linear")).backward, ["y"], name="f(): import os #")
    with pytest.raises(ValueError, match="no tensor named"):
        source(derive(load("linear")).backward, ["y; import os"])


def test_a_person_may_call_it_with_positions() -> None:
    system = derive(load("linear")).backward
    rng = np.random.default_rng(5)
    namespace: dict[str, object] = {}
    exec(source(system, ["y", "dx"]), namespace)
    x, weights = rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
    found = namespace["backward"](x, weights, np.zeros(4), np.ones((3, 4)))  # type: ignore[operator]
    np.testing.assert_allclose(found["y"], x @ weights.T, rtol=1e-14)
