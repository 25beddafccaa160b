"""Measurements on a recurrence with the program's own gradients: how they fade, and what cutting them short costs.

A layer is reduced to what computes its state, and the gradient of a loss by the state of each step is given: the loss
itself does not matter.  Weights are drawn as PyTorch draws those of its recurrent layers, uniformly between
``-1/sqrt(H)`` and ``1/sqrt(H)`` for H units; what goes in at each step is normal; all else that is given is zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from derive.calculus.sweep import derive
from derive.calculus.truncate import truncated
from derive.forms.function import compiled
from derive.forms.numpy_code import Code, code
from derive.language.errors import LayerError, nearest
from derive.language.expr import Call, Index
from derive.language.functions import TABLE
from derive.language.integers import evaluate, size_symbol, symbols_of
from derive.language.part import part_computing
from derive.language.schedule import Loop, schedule
from derive.language.system import System
from derive.language.traverse import walk
from derive.steps.record import gradient_name, upstream_name

_NOTHING: Mapping[str, float] = MappingProxyType({})

Array = Any  # a NumPy array of floating-point numbers


@dataclass(frozen=True)
class Setting:
    """How a recurrence is run: so many steps, units of the state, samples and other extents, from a seed."""

    steps: int
    units: int = 32
    others: int = 8
    seed: int = 0


@dataclass(frozen=True)
class Recurrence:
    """The part of a layer that computes its state over an index; ``forward`` is +1 where it runs upwards."""

    system: System
    tensor: str
    index: Index
    forward: int

    @property
    def time(self) -> int:
        """The axis of the state along which it recurs."""
        return self.system.tensors[self.tensor].axes.index(self.index)


def recurrence_of(system: System, tensor: str) -> Recurrence:
    """The recurrence by which a layer computes a tensor.  Raises LayerError where there is none to measure."""
    if tensor not in system.tensors or not system.definitions(tensor):
        raise LayerError(f"{system.name} computes no tensor {tensor}")
    part = part_computing(system, tensor)
    for block in schedule(part):
        if isinstance(block, Loop) and len(block.over) == 1 and tensor in {e.name for e in block.equations}:
            (index, forward), *_ = block.over
            return Recurrence(part, tensor, index, forward)
    raise LayerError(f"{tensor} of {system.name} does not recur over one index: there is nothing to measure")


def measurable(system: System) -> bool:
    """Whether values can be drawn freely: no abstract function, no integers, nothing assumed of the inputs."""
    calls = {n.function for e in system.all_equations for n in walk(e.right) if isinstance(n, Call)}
    return calls <= set(TABLE) and not system.assumptions and not any(t.integer for t in system.inputs)


def norms_by_distance(
    recurrence: Recurrence, setting: Setting, fixed: Mapping[str, float] = _NOTHING
) -> tuple[float, ...]:
    """The norm of the gradient by the state d = 0, 1, 2, … steps before the last, where a loss reads that alone.

    The loss's gradient by the last state, all samples and units together, has norm 1.  ``fixed`` are parameters that
    have one value throughout instead of being drawn.  Raises LayerError where there is no such parameter.
    """
    derivation = derive(recurrence.system, (recurrence.tensor,))
    gradient = gradient_name(recurrence.tensor)
    arrays = _drawn(recurrence, setting)
    params = [p.name for p in recurrence.system.params]
    for name, value in fixed.items():
        if name not in params:
            raise LayerError(f"{recurrence.system.name} has no parameter {name}", hint=nearest(name, params))
        arrays[name] = np.full_like(arrays[name], value)
    upstream = np.moveaxis(arrays[upstream_name(recurrence.tensor)], recurrence.time, 0)[:: recurrence.forward]
    upstream[:-1] = 0.0
    upstream[-1] /= np.linalg.norm(upstream[-1])
    found = _run(code(derivation.backward, (gradient,)), arrays, _sizes(recurrence, setting))[gradient]
    by_step = np.moveaxis(found, recurrence.time, 0)[:: -recurrence.forward]
    return tuple(float(np.linalg.norm(step)) for step in by_step)


def truncation_errors(
    recurrence: Recurrence, reaches: Sequence[int], setting: Setting
) -> Mapping[str, tuple[float, ...]] | None:
    """The relative error of the gradient by each parameter where a loss at each step goes back so many steps only.

    None where the recurrence of the gradient cannot be cut.
    """
    derivation = derive(recurrence.system, tuple(p.name for p in recurrence.system.params))
    cut = truncated(derivation.backward, derivation.gradients, recurrence.tensor)
    if cut is None:
        return None
    names = {p: gradient_name(p) for p in derivation.wrt if gradient_name(p) in cut.kept}
    wanted = [n for gradient in names.values() for n in (gradient, cut.kept[gradient])]
    sizes = {**_sizes(recurrence, setting), str(cut.reach.high): max(reaches)}
    found = _run(code(cut.system, wanted), _drawn(recurrence, setting), sizes)
    errors = {}
    for param, gradient in names.items():
        full, kept = found[gradient], found[cut.kept[gradient]]
        errors[param] = tuple(float(np.linalg.norm(kept[r - 1] - full) / np.linalg.norm(full)) for r in reaches)
    return errors


def _run(program: Code, arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> dict[str, Array]:
    given = {keyword: arrays[name] for name, keyword in program.tensors.items()}
    named = {keyword: sizes[name] for name, keyword in program.sizes.items()}
    return compiled(program.source, program.name)(**given, **named)


def _sizes(recurrence: Recurrence, setting: Setting) -> dict[str, int]:
    """Every size of the system: the steps, the units, and the others."""
    free = dict.fromkeys(recurrence.system.sizes, setting.others)
    units = recurrence.system.tensors[recurrence.tensor].axes[-1]
    free |= {s.name: setting.units for s in symbols_of(units.high)}
    free |= {s.name: setting.steps for s in symbols_of(recurrence.index.high)}
    for name, definition in recurrence.system.derived.items():
        free[name] = int(evaluate(definition, {s: free[s.name] for s in symbols_of(definition)}, {}))
    return free


def _drawn(recurrence: Recurrence, setting: Setting) -> dict[str, Array]:
    """Values of everything given, upstream gradient included."""
    system, sizes = recurrence.system, _sizes(recurrence, setting)
    values = {size_symbol(n): v for n, v in sizes.items()}
    rng = np.random.default_rng(setting.seed)
    scale = setting.units**-0.5
    drawn = {}
    for tensor in (*system.inputs, *system.params, system.tensors[recurrence.tensor]):
        shape = tuple(int(evaluate(a.extent, values, {})) for a in tensor.axes)
        if tensor.kind == "param":
            drawn[tensor.name] = rng.uniform(-scale, scale, shape)
        elif tensor.kind == "input":
            drawn[tensor.name] = rng.normal(size=shape) if recurrence.index in tensor.axes else np.zeros(shape)
        else:
            drawn[upstream_name(tensor.name)] = rng.normal(size=shape)
    return drawn
