"""Forward and backward pass of a layer at training size: by this program, and by PyTorch as the layer file says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import derive
from tests.oracles.pytorch import Setting, all_sizes, drawn, unshaped

Run = Callable[[], Any]


@dataclass(frozen=True)
class Work:
    """A layer and its sizes; inputs and parameters are normal times ``scale``, or given numbers (``values``)."""

    layer: str
    sizes: Mapping[str, int]
    scale: float = 1.0
    values: Mapping[str, float] = field(default_factory=dict)


WORK = (
    Work("linear", {"N": 128, "I": 784, "O": 256}),
    Work("rnn", {"T": 50, "N": 32, "D": 64, "H": 128, "O": 10}, 1 / 8),
    Work("lstm", {"T": 50, "N": 32, "D": 64, "H": 128}, 1 / 8),
    Work("gru", {"T": 50, "N": 32, "D": 64, "H": 128}, 1 / 8),
    Work(
        "conv2d",
        {"N": 16, "C": 8, "O": 16, "L_h": 32, "L_w": 32, "K_h": 3, "K_w": 3}
        | {f"{name}_{axis}": 1 for name in "sdq" for axis in "hw"},
    ),
    Work("layernorm", {"N": 2048, "D": 256}, values={"eps": 1e-5}),
    Work("batchnorm2d", {"N": 32, "C": 16, "H": 32, "W": 32}, values={"eps": 1e-5}),
    Work("attention", {"N": 64, "L": 128, "S": 128, "d_k": 32, "d_v": 32}),
)


def sides(work: Work) -> tuple[Run, Run]:
    """(ours, PyTorch's): functions that compute outputs and all gradients; checked to be equal where names agree."""
    system = derive.load(work.layer)
    sizes = all_sizes(system, work.sizes)
    values = {k: v * work.scale for k, v in drawn(system, sizes, Setting(work.layer, work.sizes)).items()}
    values |= {k: np.asarray(v) for k, v in work.values.items()}
    trained = [t.name for t in (*system.inputs, *system.params) if not t.integer and t.name not in system.constants]
    theirs, names = _of_pytorch(system, values, sizes, trained)
    given: dict[str, Any] = {**values, **unshaped(system, sizes)}
    rng = np.random.default_rng(7)
    upstream = [rng.normal(size=tuple(output.shape)) for output in theirs(None)]
    if system.outputs:
        given |= {f"d{output}": u for output, u in zip(system.outputs, upstream, strict=True)}
    given_up = [torch.tensor(u) for u in upstream] if system.outputs else [torch.tensor(1.0, dtype=torch.float64)]
    function = derive.gradients(system, wrt=trained).function()
    ours = function(**given)
    for name, expected in zip(names, theirs(given_up), strict=False):
        np.testing.assert_allclose(ours[f"d{name}"], expected, rtol=1e-8, atol=1e-8)
    return lambda: function(**given), lambda: theirs(given_up)


def _of_pytorch(
    system: Any, values: Mapping[str, Any], sizes: Mapping[str, int], trained: list[str]
) -> tuple[Callable[[Any], Any], list[str]]:
    """A function of the upstream gradients (where None, it gives the outputs), and the first of its gradients."""
    tensors = {k: torch.tensor(v) for k, v in values.items()}
    scope: dict[str, Any] = {"torch": torch, **sizes, **tensors}
    names = [n for n in trained if re.search(rf"\b{n}\b", system.pytorch.run)]
    scope |= {n: tensors[n].requires_grad_() for n in names}
    parameters: list[Any] = []
    if system.pytorch.build:
        scope |= {k: float(v) for k, v in values.items() if not np.shape(v)}
        scope["layer"] = eval(system.pytorch.build, scope).double()
        state = {k: eval(source, scope) for k, source in system.pytorch.state.items()}
        scope["layer"].load_state_dict(state, strict=False)
        parameters = list(scope["layer"].parameters())
    lines = compile(system.pytorch.run, "pytorch", "exec")
    leaves = [*(scope[n] for n in names), *parameters]

    def run(upstream: Any) -> Any:
        exec(lines, scope)
        outputs = [scope[o] for o in system.outputs or ("loss",)]
        return outputs if upstream is None else torch.autograd.grad(outputs, leaves, upstream)

    return run, names
