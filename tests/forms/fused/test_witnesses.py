"""Results that are not finite if an argument is not: when they are, and when that must not be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.sweep import derive
from derive.forms import function as of_function
from derive.forms.arguments import CallError
from derive.forms.function import BackwardFunction
from derive.forms.fused import witnesses as of_witnesses
from derive.forms.fused.witnesses import _is_witness, witnesses
from derive.forms.numpy_sizes import arguments
from derive.language.load import layer, load
from derive.language.system import System
from tests.forms.compare import drawn, run, sizes_for
from tests.forms.runtime.test_launch import SIZES, given_to
from tests.forms.systems import systems

TELLING = {
    "a sum": "r[n] = sum(x[n,i], i)",
    "a mean": "r[n] = mean(x[n,i], i)",
    "a product with what may be anything": "r[i] = sum(x[n,i]*exp(a[n]), n)",
    "a quotient": "r[n] = sum(x[n,i], i)/a[n]",
    "a root": "r[n] = sum(x[n,i]**(1/2), i)",
    "a power": "r[n] = sum((a[n] - x[n,i])**3, i)",
    "a factor that depends on it at other places": "s[n] = sum(x[n,i], i)\nr[i] = sum(x[n,i]*s[n], n)",
    "another order of axes": "r[i] = sum(x[n,i], n)",
}

SILENT = {
    "not all elements are read": "r[n] = x[n,1]",
    "a guard": "r[n] = sum([i > 1]*x[n,i], i)",
    "a function": "r[n] = sum(tanh(x[n,i]), i)",
    "below a fraction": "r[n] = sum(a[n]/x[n,i], i)",
    "a negative power": "r[n] = sum(x[n,i]**-2, i)",
    "an exponent": "r[n] = sum(2**x[n,i], i)",
    "read twice": "r[n] = sum(x[n,i], i) - sum(x[n,k], k)",
    "beside what depends on it": "s[n] = sum(x[n,i], i) + a[n]\nr[n] = s[n] - sum(x[n,k], k)",
    "a factor that depends on it there": "s[n,i] = 1/x[n,i]\nr[n] = sum(x[n,i]*s[n,i], i)",
    "the largest": "r[n] = max(x[n,i], i)",
    "a softmax": "r[n] = softmax(x[n,i], i)[1]",
}


def told_by(equations: str, tensor: str = "x", result: str = "r") -> bool:
    system = small_layer(equations)
    return result in witnesses(system, [result]).get(tensor, ())


def small_layer(equations: str, **more: str) -> System:
    output = equations.split("\n")[-1].split("[")[0]
    declared = {"indices": "n,m:N  i,k:D", "inputs": "x[n,i]  q[n,m]  a[n]"} | more
    return layer(equations=equations, output=output, **declared)


@pytest.mark.parametrize("equations", TELLING.values(), ids=TELLING.keys())
def test_sums_and_products_of_all_elements(equations: str) -> None:
    assert told_by(equations)


@pytest.mark.parametrize("equations", SILENT.values(), ids=SILENT.keys())
def test_what_may_be_finite_for_all_that(equations: str) -> None:
    assert not told_by(equations)


def test_not_of_a_matrix_read_along_its_diagonal() -> None:
    assert not told_by("r[n] = a[n]*q[n,n]", "q")


def test_not_of_a_vector() -> None:
    assert not told_by("r[n] = a[n]*sum(x[n,i], i)", "a")


def test_not_of_what_only_a_base_case_reads() -> None:
    system = layer(
        indices="n,m:N  i:D  t=1..T", inputs="x[n,m,i]  z[t,n]", output="h",
        equations="h[0,n] = sum(x[n,m,i], m, i)\nh[t,n] = tanh(h[t-1,n]) + z[t,n]",
    )  # fmt: skip
    assert "x" not in witnesses(system, ["h"])


def test_only_what_is_read_at_indices_themselves() -> None:
    assert not told_by("r[i] = sum(x[n,i]*a[N+1-n], n)")


def test_not_where_a_sum_may_be_over_nothing() -> None:
    system = small_layer("r[n] = sum(x[n,i]*q[n,m], i, m)")
    assert "r" in witnesses(system, ["r"])["x"]
    system = replace(system, lower={**system.lower, "N": 0})
    assert "x" not in witnesses(system, ["r"])


def test_not_what_stands_beside_what_is_read_outside() -> None:
    system = small_layer("r[n] = sum(x[n,i]*q[n,m], i, m)")
    assert "x" not in witnesses(replace(system, outside={"q": 0.0}), ["r"])


def test_not_where_it_is_not_returned() -> None:
    assert witnesses(small_layer("r[n] = sum(x[n,i], i)"), []) == {}


def test_not_what_is_read_through_an_index() -> None:
    backward = derive(load("embedding")).backward
    assert witnesses(backward, [t.name for t in backward.tensors.values() if t.kind != "upstream"]).get("E", ()) == ()


def test_of_layers() -> None:
    def found(name: str) -> dict[str, set[str]]:
        derivation = derive(load(name))
        known = witnesses(derivation.backward, BackwardFunction(derivation)._returns)
        return {argument: set(results) for argument, results in known.items()}

    assert found("linear") == {"x": {"y", "dW"}, "W": {"y", "dx"}, "dy": {"dx", "dW", "db"}}
    assert found("batchnorm2d") == {"x": {"mu"}, "dy": {"dgamma", "dbeta"}}
    assert found("attention") == {"Q": {"s"}, "K": {"s"}}  # y is as large as V, and of V alone
    assert found("conv2d") == {"dy": {"db"}}  # some of x may be read nowhere


SOME = {
    "linear": {"N": 20, "I": 300, "O": 30}, "layernorm": {"N": 30, "D": 40},
    "rnn": {"T": 7, "N": 11, "D": 5, "H": 3, "O": 2}, **{n: SIZES[n] for n in ("batchnorm2d", "attention", "lstm")},
}  # fmt: skip


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("name", SOME)
def test_one_element_that_is_not_finite_is_told_as_in_a_small_call(
    name: str, wrong: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = BackwardFunction(derive(load(name)))
    passed = given_to(name, SOME[name])
    rng = np.random.default_rng(11)
    monkeypatch.setattr(of_function, "_LARGE", 0)
    function(**passed)
    for argument in passed:
        changed = {**passed, argument: passed[argument].copy()}
        changed[argument].flat[rng.integers(passed[argument].size)] = wrong
        with pytest.raises(CallError) as large:
            function(**changed)
        with monkeypatch.context() as small, pytest.raises(CallError) as expected:
            small.setattr(of_function, "_LARGE", 10**9)
            function(**changed)
        assert str(large.value) == str(expected.value)


@settings(max_examples=400, deadline=None)
@given(systems(), st.integers(0, 10**6))
def test_of_random_systems(system: System, seed: int) -> None:
    computed = [t.name for t in system.tensors.values() if t.kind == "computed"]
    for tensor in arguments(system):
        if tensor.integer or not tensor.axes:
            continue
        for result in computed:
            if _is_witness(result, tensor, system):
                naive = drawn(system, sizes_for(system, seed), seed)
                array = naive.arrays[tensor.name]
                array.flat[seed % array.size] = (np.nan, np.inf)[seed % 2]
                assert not np.isfinite(run(system, naive, [result], fused=True)[result]).all()


def test_a_witness_that_is_none_lets_a_nan_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above could fail: what the rule forbids is wrong indeed."""
    monkeypatch.setattr(of_witnesses, "_tells", lambda *_: True)
    monkeypatch.setattr(of_function, "_LARGE", 0)
    system = layer(indices="n:N  i:D", inputs="x[n,i]", equations="r[n] = max(x[n,i], i)\ny[n] = x[n,1]", output="y")
    passed = {"x": np.ones((40, 50)), "dy": np.ones(40)}
    passed["x"][3, 4] = -np.inf
    BackwardFunction(derive(system))(**passed)
    monkeypatch.undo()
    monkeypatch.setattr(of_function, "_LARGE", 0)
    with pytest.raises(CallError, match=r"x\[3, 4\] is -inf"):
        BackwardFunction(derive(system))(**passed)


def test_large_numbers_whose_products_are_not_finite_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_function, "_LARGE", 0)
    passed = given_to("linear", SOME["linear"])
    passed["dy"] = np.full_like(passed["dy"], 1e308)
    assert not np.isfinite(BackwardFunction(derive(load("linear")))(**passed)["db"]).any()
