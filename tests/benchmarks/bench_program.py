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
