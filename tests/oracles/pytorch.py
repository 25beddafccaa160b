"""Runs the PyTorch lines of a layer file, and compares outputs and all gradients with those of this program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import derive
from derive.language.system import System
from tests.oracles.autograd import BAR, error

Array = np.ndarray
Draw = Callable[[np.random.Generator, Mapping[str, int], tuple[int, ...]], Array]


@dataclass(frozen=True)
class Setting:
    """One comparison: a layer, sizes for all its free sizes, options, and how to draw what is not plainly normal.

    draw    by name of an input or parameter: a function of the generator, all sizes and the shape
    zero    inputs and parameters whose gradient is zero but for rounding, as that of a bias that a softmax cancels
    """

    layer: str
    sizes: Mapping[str, int]
    options: Mapping[str, str] = field(default_factory=dict)
    draw: Mapping[str, Draw] = field(default_factory=dict)
    zero: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [*(f"{k}={v}" for k, v in self.options.items()), *(f"{k}{v}" for k, v in self.sizes.items())]
        return f"{self.layer}[{' '.join(parts)}]"


def compare(setting: Setting) -> None:
    """Outputs (or the loss) and every gradient but those of constants, to 1e-10 of their norm."""
    system = derive.load(setting.layer, **setting.options)
    assert system.pytorch.run, f"{setting.layer} says nothing of PyTorch"
    sizes = all_sizes(system, setting.sizes)
    values = drawn(system, sizes, setting)
    trained = [t.name for t in (*system.inputs, *system.params) if not t.integer and t.name not in system.constants]
    plain = {name for name in system.constants if not system.tensors[name].axes}  # numbers to PyTorch
    leaves = {k: v.item() if k in plain else torch.tensor(v, requires_grad=k in trained) for k, v in values.items()}
    results = run(system, leaves, sizes)
    given: dict[str, Any] = {**values, **unshaped(system, sizes)}
    rng = np.random.default_rng(7)
    total: Any = 0
    for output in system.outputs or ("loss",):
        value = results[output]
        upstream = rng.normal(size=tuple(value.shape)) if system.outputs else np.ones(())
        total = total + (torch.tensor(upstream) * value).sum()
        if system.outputs:
            given[f"d{output}"] = upstream
    total.backward()
    got = derive.gradients(system).function()(**given)
    for output in system.outputs or ("loss",):
        assert error(got[output], results[output].detach().numpy()) <= BAR, output
    found = {name: leaves[name].grad for name in trained}
    truths = {n: np.zeros(values[n].shape) if g is None else g.numpy() for n, g in found.items()}
    scale = max(map(np.linalg.norm, truths.values()), default=0.0)
    for name, truth in truths.items():
        if name in setting.zero:
            assert max(np.linalg.norm(truth), np.linalg.norm(got[f"d{name}"])) <= BAR * scale, name
        else:
            assert error(got[f"d{name}"], truth) <= BAR, name


def run(system: System, leaves: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """What PyTorch computes: the names that the lines of the layer file bind."""
    torch.manual_seed(0)
    scope: dict[str, Any] = {"torch": torch, **sizes, **leaves}
    if system.pytorch.build:
        module = eval(system.pytorch.build, scope).double()
        state = {name: eval(source, scope) for name, source in system.pytorch.state.items()}
        held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        for name, value in state.items():
            assert tuple(held[name].shape) == tuple(value.shape), name
        scope["layer"] = lambda *args, **kwargs: torch.func.functional_call(module, state, args, kwargs)
        assert {name for name, _ in module.named_parameters()} <= set(state), (
            "parameters that the layer file leaves out"
        )
    exec(system.pytorch.run, scope)
    return scope


def all_sizes(system: System, free: Mapping[str, int]) -> dict[str, int]:
    """The free sizes and those that follow from them."""
    assert set(free) == set(system.sizes), f"the free sizes are {system.sizes}"
    values = dict(free)
    for name, definition in system.derived.items():
        values[name] = int(definition.subs({s: values[s.name] for s in definition.free_symbols}))
    return values


def drawn(system: System, sizes: Mapping[str, int], setting: Setting) -> dict[str, Array]:
    """Values of all inputs and parameters."""
    rng = np.random.default_rng(5)
    values = {}
    for tensor in (*system.inputs, *system.params):
        shape = tuple(int(a.extent.subs({s: sizes[s.name] for s in a.extent.free_symbols})) for a in tensor.axes)
        draw = setting.draw.get(tensor.name)
        assert draw or not tensor.integer, f"say how to draw {tensor.name}"
        values[tensor.name] = np.asarray(draw(rng, sizes, shape)) if draw else rng.normal(size=shape)
    return values


def unshaped(system: System, sizes: Mapping[str, int]) -> dict[str, int]:
    """The free sizes that no shape says."""
    outputs = tuple(system.tensors[name] for name in system.outputs)
    shaped = {str(a.extent) for t in (*system.inputs, *system.params, *outputs) for a in t.axes}
    return {name: sizes[name] for name in system.sizes if name not in shaped}
