"""The PyTorch source computes what the NumPy source does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from derive.calculus.sweep import derive
from derive.forms.numpy_code import code
from derive.forms.torch_words import translated
from derive.language.load import catalogue, layer, load
from derive.language.system import System
from tests.forms.compare import drawn_where_defined, run
from tests.forms.layers import LAYERS

FUNCTIONS = {"f": lambda x: torch.sin(x) + x, "f'": lambda x: torch.cos(x) + 1}


def made(name: str) -> System:
    return layer(title=name, **LAYERS[name]) if name in LAYERS else load(name)


def run_torch(system: System, naive: Any, returns: list[str]) -> dict[str, Any]:
    found = code(system, returns)
    namespace: dict[str, Any] = {}
    exec(translated(found), namespace)
    arguments = {found.tensors[n]: torch.as_tensor(np.array(a)) for n, a in naive.arrays.items()}
    arguments |= {found.sizes[n]: naive.sizes[n] for n in found.sizes}
    arguments |= {python: FUNCTIONS[f] for f, python in found.functions.items()}
    return dict(namespace[found.name](**arguments))


@pytest.mark.parametrize("name", [*LAYERS, *catalogue()])
def test_torch_and_numpy_agree(name: str) -> None:
    derivation = derive(made(name))
    backward = derivation.backward
    names = [t.name for t in backward.tensors.values() if backward.definitions(t.name)]
    for seed in range(2):
        naive = drawn_where_defined(backward, seed, names)
        expected, found = run(backward, naive, names), run_torch(backward, naive, names)
        for key in names:
            assert found[key].dtype == torch.float64, key
            np.testing.assert_allclose(found[key].numpy(), expected[key], rtol=1e-9, atol=1e-11, err_msg=key)


def test_numbers_and_functions_that_numpy_lacks() -> None:
    system = layer(indices="n:N", inputs="x[n]", equations="y[n] = erf(x[n])*sqrt(2/pi)", output="y")
    text = translated(code(system, ["y"]))
    assert "y = torch.erf(x) * (2 / torch.pi) ** 0.5" in text and "def erf" not in text


def test_the_source_needs_torch_only_and_keeps_the_equations() -> None:
    text = translated(code(derive(load("rnn")).backward, ["loss", "dW_h"]))
    assert text.startswith("import torch\n") and "np." not in text
    assert "# dW_h[i,k] = sum(da[t,n,i]*h[t-1,n,k], t, n)" in text
    assert 'torch.einsum("tnk,tni->ik", h[:T], da)' in text
