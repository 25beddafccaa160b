"""Recurrences in which every entry is handed on by itself, as a page tells them."""

import pytest

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer, load
from derive.rendering import document as D
from derive.rendering.compose_entrywise import entrywise_form
from derive.rendering.page import page
from derive.steps.record import Derivation
from tests.rendering.words import shown, told

DC = r"\frac{\partial\mathcal L}{\partial c_{%s,i}}"


def recurrent(line: str, start: str = "c[0,i] = 0", output: str = "c", more: str = "") -> Derivation:
    return derive(
        layer(
            indices="t=1..T  i:H", inputs="x[t,i]  f[t,i]  beta[]",
            equations=f"{start}\nc[t,i] = {line}\n{more}", output=output,
        )
    )  # fmt: skip


def blocks_of(derived: Derivation, checks: object = None) -> list[D.Block]:
    (form,) = derived.entrywise_forms
    return list(entrywise_form(page(derived, checks, None), form))  # type: ignore[arg-type]


def test_a_product_of_factors_that_differ_from_step_to_step():
    blocks = blocks_of(recurrent("f[t,i]*c[t-1,i] + x[t,i]", output="y", more="y[t,i] = c[t,i]**2"))
    local, recursion, unrolled = shown(blocks)
    assert local.startswith("g_{t,i}=")
    assert recursion == DC % "t" + "=g_{t,i}+f_{t+1,i}\\," + DC % "t+1"
    assert unrolled == DC % "t" + r"=\sum_{s=t}^{T}\biggl(\prod_{r=t+1}^{s}f_{r,i}\biggr)\,g_{s,i}"
    assert "handed on from step to step by itself, times a number" in told(blocks) and "No matrix" in told(blocks)
    assert "carousel" not in told(blocks) and "one path" not in told(blocks)


def test_a_local_part_that_is_one_element_needs_no_name():
    blocks = blocks_of(recurrent("f[t,i]*c[t-1,i] + x[t,i]"))
    assert shown(blocks)[-1].endswith(r"f_{r,i}\biggr)\,\bar{c}_{s,i}")


def test_a_factor_that_is_the_same_at_every_step_is_a_power():
    blocks = blocks_of(recurrent("beta*c[t-1,i] + x[t,i]"))
    assert shown(blocks)[-1] == DC % "t" + r"=\sum_{s=t}^{T}\beta^{s-t}\,\bar{c}_{s,i}"
    assert r"where \vert\beta\vert<1 it fades" in told(blocks)


def test_a_sum_of_all_steps_has_no_factor():
    blocks = blocks_of(recurrent("c[t-1,i] + x[t,i]"))
    assert shown(blocks)[-1] == DC % "t" + r"=\sum_{s=t}^{T}\bar{c}_{s,i}"
    assert "arrives in full" in told(blocks)


@pytest.mark.parametrize(
    "line, seen",
    [
        ("f[t,i]*c[t-1,i] + x[t,i]", r"\biggl(\prod_{r=t+1}^{T}f_{r,i}\biggr)\,"),
        ("beta*c[t-1,i] + x[t,i]", r"\beta^{T-t}\,"),
        ("c[t-1,i] + x[t,i]", ""),
    ],
)
def test_where_only_the_last_step_is_read_there_is_no_sum(line, seen):
    blocks = blocks_of(recurrent(line, output="y", more="y[i] = c[T,i]"))
    assert shown(blocks) == [DC % "t" + "=" + seen + r"\frac{\partial\mathcal L}{\partial y_{i}}"]
    assert "Only t=T has a local part" in told(blocks)


def test_downwards():
    system = layer(
        indices="t=1..T  i:H", inputs="x[t,i]  f[t,i]", output="c",
        equations="c[T+1,i] = 0\nc[t,i] = f[t,i]*c[t+1,i] + x[t,i]",
    )  # fmt: skip
    blocks = blocks_of(derive(system))
    assert shown(blocks)[-1] == DC % "t" + r"=\sum_{s=1}^{t}\biggl(\prod_{r=s}^{t-1}f_{r,i}\biggr)\,\bar{c}_{s,i}"
    assert "as long as t>1" in told(blocks)


def test_of_a_cell_that_recurs_with_others_one_path_is_told_and_called_one():
    derived = derive(load("lstm"))
    blocks = blocks_of(derived, evidence(derived))
    assert told(blocks).startswith(r"The path of \mathbf c_{t} to itself")
    assert "with respect to c and h need each other" in told(blocks)
    assert "constant error carousel" in told(blocks) and "follows this one path and is no solution" in told(blocks)
    assert r"by way of \partial\mathcal L/\partial h_{t,n,j}" in told(blocks)
    assert r"\prod_{r=t+1}^{s}f_{r,n,j}" in shown(blocks)[-1]
    assert [b.evidence.ok for b in blocks if isinstance(b, D.Equation) and b.evidence] == [True]


def test_without_a_factor_the_own_path_is_the_carousel():
    """The first LSTM had no forget gate."""
    system = layer(
        indices="t=1..T  i,k:H", inputs="x[t,i]", params="W[i,k]  V[i,k]", output="h",
        equations="c[0,i] = 0\nh[0,i] = 0\nc[t,i] = c[t-1,i] + tanh(sum(W[i,k]*h[t-1,k], k) + x[t,i])\n"
        "h[t,i] = sigmoid(sum(V[i,k]*h[t-1,k], k))*tanh(c[t,i])",
    )  # fmt: skip
    blocks = blocks_of(derive(system))
    assert shown(blocks)[-1] == DC % "t" + r"=\sum_{s=t}^{T}g_{s,i}"
    assert "arrives in full. This is the constant error carousel" in told(blocks)
