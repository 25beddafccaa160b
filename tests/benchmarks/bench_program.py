"""How long the program takes: ``make bench``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import derive

ROOT = Path(__file__).parents[2]


def forget() -> None:
    """Empty every cache of the program and of SymPy, so that each round starts like the first."""
    from sympy.core.cache import clear_cache

    clear_cache()
    for name, module in list(sys.modules.items()):
        if name.startswith("derive."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


@pytest.mark.parametrize("layer", derive.catalogue())
def test_derive_all_gradients_of(benchmark: BenchmarkFixture, layer: str) -> None:
    """All gradients of a layer, without evidence; caches cold."""
    system = derive.load(layer)
    benchmark.pedantic(derive.gradients, (system,), setup=forget, rounds=5)


@pytest.mark.parametrize("to", ["typ", "pdf", "slides"])
@pytest.mark.parametrize("layer", ["linear", "conv2d", "rnn", "lstm", "attention"])
def test_render_of_a_layer_that_was_derived(benchmark: BenchmarkFixture, layer: str, to: str) -> None:
    """From the checked derivation and its document to a file."""
    derivation = derive.gradients(layer)
    derivation.document()
    benchmark.pedantic(derivation.render, (to,), rounds=5)


def test_doc_rnn_whole_process(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """``derive doc rnn --to md`` as a user starts it, evidence included."""
    command = [sys.executable, "-m", "derive", "doc", "rnn", "--to", "md", "--out", os.fspath(tmp_path)]
    benchmark.pedantic(subprocess.run, (command,), {"check": True, "cwd": ROOT, "capture_output": True}, rounds=5)


RNN = """
dy    = 2*(y - target)
dz    = dy
dh[t] = dz[t] @ W_y + da[t+1] @ W_h
da[t] = (1 - h[t]**2) * dh[t]
dW_h  = sum(da[t].T @ h[t-1], t)
dW_x  = sum(da[t].T @ x[t], t)
db_h  = sum(da[t,n], t, n)
dW_y  = sum(dz[t].T @ h[t], t)
db_y  = sum(dz[t,n], t, n)
dx[t] = da[t] @ W_x
"""
LSTM = """
dc[t] = dh[t]*o[t]*(1 - tanh(c[t])**2) + dc[t+1]*f[t+1]
do[t] = dh[t]*tanh(c[t])
df[t] = dc[t]*c[t-1]
di    = dc*g
dg    = dc*i
da_i  = di*i*(1 - i)
da_f  = df*f*(1 - f)
da_o  = do*o*(1 - o)
da_g  = dg*(1 - g**2)
dW_hi = sum(da_i[t].T @ h[t-1], t)
"""


@pytest.mark.parametrize("mistake", [False, True], ids=["right", "with a mistake"])
@pytest.mark.parametrize(("layer", "answer"), [("rnn", RNN), ("lstm", LSTM)], ids=["rnn", "lstm"])
def test_marking_of_an_answer_of_ten_lines(benchmark: BenchmarkFixture, layer: str, answer: str, mistake: bool) -> None:
    """From a loaded layer to the marks: its derivation, test points and true gradients included."""
    system = derive.load(layer)
    text = answer.replace("h[t-1]", "h[t]").replace("c[t-1]", "c[t]") if mistake else answer
    assert derive.check(system, text).ok is not mistake
    benchmark.pedantic(derive.check, (system, text), rounds=5)


def test_book_of_twelve_weeks_whole_process(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """``derive book``: the sample course as PDF, site and handouts."""
    command = [sys.executable, "-m", "derive", "book", "--out", os.fspath(tmp_path)]
    benchmark.pedantic(subprocess.run, (command,), {"check": True, "cwd": ROOT, "capture_output": True}, rounds=1)
