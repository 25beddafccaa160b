"""The gradient cut short, against PyTorch: each loss is followed back so many steps, where the state is detached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

import derive
from derive.calculus.sweep import derive as derivation_of
from derive.calculus.truncate import truncated
from derive.forms.function import compiled
from derive.forms.numpy_code import code
from derive.language.part import part_computing
from tests.oracles.autograd import BAR, error

SIZES = {"T": 7, "N": 3, "H": 4, "D": 2}
Tensors = dict[str, torch.Tensor]
Step = Callable[[Tensors, torch.Tensor, Sequence[torch.Tensor]], tuple[torch.Tensor, ...]]


def rnn(p: Tensors, x: torch.Tensor, state: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
    (h,) = state
    return (torch.tanh(x @ p["W_x"].T + h @ p["W_h"].T + p["b_h"]),)


def lstm(p: Tensors, x: torch.Tensor, state: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
    h, c = state
    i, f, g, o = (x @ p[f"W_x{k}"].T + h @ p[f"W_h{k}"].T + p[f"b_{k}"] for k in "ifgo")
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def unrolled(step: Step, p: Tensors, states: Sequence[str], losses: Sequence[torch.Tensor], reach: int) -> None:
    """Leave in ``grad`` what the losses, of the state h of each step, give where each goes back ``reach`` steps.

    Every loss has a run of its own, from the state before the first step that it may reach, which is detached; the
    values before are the same in all runs.
    """
    values: list[tuple[torch.Tensor, ...]] = [tuple(p[name] for name in states)]
    with torch.no_grad():
        for x in p["x"]:
            values.append(step(p, x, values[-1]))
    for s, loss in enumerate(losses, 1):
        first = max(s - reach, 1)
        state = values[first - 1] if s - reach < 1 else tuple(v.detach() for v in values[first - 1])
        for t in range(first, s + 1):
            state = step(p, p["x"][t - 1], state)
        (state[0] * loss).sum().backward()


def drawn(names: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    return {name: rng.normal(size=shape) for name, shape in names.items()}


def shapes(layer: str) -> dict[str, tuple[int, ...]]:
    system = derive.load(layer)
    part = [t for t in (*system.inputs, *system.params) if {str(a.extent) for a in t.axes} <= set(SIZES)]
    return {t.name: tuple(SIZES[str(a.extent)] for a in t.axes) for t in part}


@pytest.mark.parametrize("reach", [1, 2, 3, 6, 7])
@pytest.mark.parametrize(
    ("layer", "step", "states"), [("rnn", rnn, ("h0",)), ("lstm", lstm, ("h0", "c0"))], ids=["rnn", "lstm"]
)
def test_each_loss_goes_back_so_many_steps(layer: str, step: Step, states: tuple[str, ...], reach: int) -> None:
    values = drawn(shapes(layer))
    upstream = np.random.default_rng(12).normal(size=(SIZES["T"], SIZES["N"], SIZES["H"]))
    system = part_computing(derive.load(layer), "h")
    leaves = {name: torch.tensor(values[name], requires_grad=True) for name in values if name in system.tensors}
    unrolled(step, leaves, states, [torch.tensor(u) for u in upstream], reach)

    derivation = derivation_of(system)
    cut = truncated(derivation.backward, derivation.gradients, "h")
    assert cut is not None
    kept = {name: cut.kept[f"d{name}"] for name in leaves}
    program = code(cut.system, tuple(kept.values()))
    found = compiled(program.source, program.name)(
        **{program.tensors[n]: leaves[n].detach().numpy() for n in leaves}, dh=upstream, R=7
    )
    for name, leaf in leaves.items():
        truth = np.zeros(values[name].shape) if leaf.grad is None else leaf.grad.numpy()
        assert error(found[kept[name]][reach - 1], truth) <= BAR, name
