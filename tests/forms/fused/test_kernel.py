"""Kernels compute what the equations say: run as Python here, against the naive evaluator."""

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from derive.calculus.sweep import derive
from derive.forms.numpy_code import code
from derive.language.load import catalogue, layer, load
from derive.language.system import System
from tests.forms.compare import assert_agrees, drawn, drawn_where_defined, run
from tests.forms.systems import recurrences, systems
from tests.forms.test_numpy_code import SIZES, computed, is_defined

NORM = {
    "indices": "n:N  i,k:D", "inputs": "x[n,i]", "params": "g[i]",
    "equations": "m[n] = mean(x[n,i], i)\nv[n] = mean((x[n,i] - m[n])**2, i)\ny[n,i] = g[i]*(x[n,i] - m[n])/sqrt(v[n])",
    "output": "y",
}  # fmt: skip


def kernels(equations: str, returns: list[str], **fields: str) -> list[str]:
    """The kernels of a layer, as lines."""
    system = layer(**{"indices": "n:N  i,k:D  t=1..T", "output": "y", "equations": equations, **fields})
    made = code(system, returns, fused=True)
    return [line for kernel in made.kernels.values() for line in kernel.splitlines()]


def test_rows_are_done_one_after_the_other_and_sums_over_them_in_parts() -> None:
    backward = derive(layer(**NORM)).backward
    made = code(backward, ["y", "dx", "dg"], fused=True)
    (kernel,) = made.kernels.values()
    assert kernel.count("for row in range(first, last):") == 1
    assert kernel.splitlines()[-2:] == [  # once, as parts lie side by side in memory
        "    for place in range(dg.shape[0]):",
        "        dg_parts[portion, place] += dg[place]",
    ]
    assert "dg = dg_parts.sum(axis=0)" in made.source
    assert "        m = total" in kernel.splitlines()  # what is needed within a row only is no array
    assert_agrees(backward, drawn(backward, {"N": 5, "D": 3}, 1), ["y", "dx", "dg"], fused=True)


def test_what_does_not_change_in_a_loop_is_computed_before_it() -> None:
    lines = kernels("m[n] = sum(x[n,i], i)\ny[n,i] = x[n,i]*m[n]/D", ["y"], inputs="x[n,i]")
    assert lines[1:] == [
        "    for row in range(first, last):",
        "        total = 0.0",
        "        for i in range(D):",
        "            total += x[row, i]",
        "        m = total",
        "        value = m / D",
        "        for i in range(D):",
        "            y[row, i] = value * x[row, i]",
    ]


def test_axes_that_lie_side_by_side_are_one_loop() -> None:
    lines = kernels(
        "m[n] = mean(x[n,i,j], i, j)\ny[n,i,j] = x[n,i,j] - m[n]", ["y"], indices="n:N  i:D  j:K", inputs="x[n,i,j]"
    )
    assert [line.strip() for line in lines if "range(D" in line] == ["for i_j in range(D * K):"] * 2


def test_sums_over_rows_and_more_read_memory_in_order() -> None:
    lines = kernels("y[j] = sum(x[n,i,j]**2*w[i], n, i)", ["y"], indices="n:N  i:D  j:K", inputs="x[n,i,j]  w[i]")
    start = lines.index("    for row in range(first, last):")
    assert lines[start + 1 : start + 5] == [
        "        for i in range(D):",
        "            value = w[i]",
        "            for j in range(K):",
        "                y[j] += value * x[row, i, j] ** 2",
    ]


def test_a_matrix_product_stays_outside() -> None:
    made = code(load("attention"), ["y"], fused=True)
    assert "multiply_stacks(p, V)" in made.source
    assert not any("V" in kernel for kernel in made.kernels.values())


def test_two_sums_over_one_index_in_a_product() -> None:
    backward = derive(layer(indices="i:N  j:M", inputs="A[i,j]", equations="y = (1 + sum(A[i,j]*A[i,j], i, j)**2)**2",
                            output="y")).backward  # fmt: skip
    assert_agrees(backward, drawn(backward, {"N": 2, "M": 3}, 1), ["y", "dA"], fused=True)


def test_what_is_known_before_a_loop_is_kept_for_it() -> None:
    known = "sum(x[t,i,k]**2, k)*b[j] + h[t-1,i,j]*sum(A[i,k]**2 + A[i,k], k)"
    system = layer(indices="i:N  j,k:M  t=1..T", inputs="A[i,j]  b[j]  x[t,i,j]",
                   equations=f"h[0,i,j] = 0\nh[t,i,j] = {known}", output="h")  # fmt: skip
    assert_agrees(system, drawn(system, {"N": 2, "M": 3, "T": 4}, 1), ["h"], fused=True)


@settings(max_examples=120, deadline=None, phases=[Phase.generate])
@given(systems(), SIZES, st.integers(0, 2**16))
def test_gradients_of_any_expression(system: System, sizes: dict[str, int], seed: int) -> None:
    backward = derive(system).backward
    naive = drawn(backward, sizes, seed)
    names = ["out", *(f"d{t.name}" for t in system.inputs if not t.integer)]
    assume(is_defined(naive, names))
    assert_agrees(backward, naive, names, fused=True)


@settings(max_examples=15, deadline=None)
@given(recurrences(), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**16))
def test_any_recurrence(fields: dict[str, str], t: int, h: int, k: int, seed: int) -> None:
    backward = derive(layer(**fields)).backward
    naive = drawn(backward, {"T": t, "H": h, "K": k}, seed, (0.5,))
    assume(is_defined(naive, computed(backward)))
    assert_agrees(backward, naive, computed(backward), fused=True)


@pytest.mark.parametrize("name", catalogue())
def test_the_catalogue(name: str) -> None:
    backward = derive(load(name)).backward
    assert_agrees(backward, drawn_where_defined(backward, 1, computed(backward)), computed(backward), fused=True)


def test_single_precision_stays_single() -> None:
    backward = derive(layer(**NORM)).backward
    found = run(backward, drawn(backward, {"N": 5, "D": 3}, 1), ["y", "dx", "dg"], np.float32, fused=True)
    assert {a.dtype for a in found.values()} == {np.dtype(np.float32)}
