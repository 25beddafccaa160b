"""Checks the final gradients, as compiled code gives them, against complex-step derivatives of the forward equations.

The two share the forward equations and nothing else.  The error is that of the whole gradient, relative to its norm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.checking.absolute import ROUNDING
from derive.checking.arrays import Array
from derive.checking.compare import closeness
from derive.checking.elementwise import stand_in
from derive.checking.forward import declared
from derive.checking.points import Point, points
from derive.checking.truth import terms_interpreter_of, true_gradients
from derive.forms.numpy_sizes import sizes_of
from derive.language.expr import (
    Call,
)
from derive.language.functions import TABLE
from derive.language.system import System
from derive.language.traverse import (
    walk,
)
from derive.steps.record import Derivation, gradient_name

BAR = 1e-12  # of the relative error
RECURRENCES = (4, 1, 2, 5)  # how often things recur at the points of the check

Backward = Callable[..., Mapping[str, Any]]  # fn(x=..., W=..., dy=...) -> {"y": ..., "dW": ...}


@dataclass(frozen=True)
class Row:
    """One gradient at one point."""

    gradient: str
    method: str
    sizes: str
    error: float
    ok: bool


@dataclass(frozen=True)
class Report:
    """The rows of a check; its ``str`` is a plain table."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        return bool(self.rows) and all(row.ok for row in self.rows)

    @property
    def worst(self) -> float:
        return max((row.error for row in self.rows), default=np.inf)

    def __str__(self) -> str:
        head = ("gradient", "method", "sizes", "error", "")
        lines = [
            head,
            *((r.gradient, r.method, r.sizes, f"{r.error:.1e}", "ok" if r.ok else "FAILED") for r in self.rows),
        ]
        widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def verify(derivation: Derivation, function: Backward, seed: int = 1) -> Report:
    """Compare the gradients that ``function`` computes with complex-step derivatives, at points of several sizes."""
    at = points(derivation.system, RECURRENCES, seed)
    return Report(tuple(row for point in at for row in _rows(derivation, function, point)))


def _rows(derivation: Derivation, function: Backward, point: Point) -> list[Row]:
    system = derivation.system
    got = function(**arguments(system, point))
    truth = true_gradients(system, point, derivation.wrt)
    rows = []
    for name in derivation.wrt:
        gradient = gradient_name(name)
        stored = {name: truth[gradient]}  # has the axes of what it is the gradient by
        expected = declared(system, stored, point.sizes, name)[..., 0]
        error = closeness(np.asarray(got[gradient]), expected)
        if error > BAR:
            error = min(error, _beside_terms(derivation, point, name, np.asarray(got[gradient]), expected))
        rows.append(Row(gradient, "complex step", str(point), error, error <= BAR))
    return rows


def _beside_terms(derivation: Derivation, point: Point, name: str, value: Array, truth: Array) -> float:
    """The error beside the terms of which the gradient is made, if it is as small as their rounding; else infinite."""
    reader = terms_interpreter_of(derivation, point)
    part = derivation.gradients[name][0]
    scale = float(np.linalg.norm(reader.over(part.left, part.indices)))
    if value.shape != truth.shape or not np.linalg.norm(value - truth) <= ROUNDING * scale:
        return np.inf
    return float(np.linalg.norm(value - truth)) / scale


def arguments(system: System, point: Point) -> dict[str, Any]:
    """What a backward function takes: inputs, params, upstream gradients, sizes that no shape shows, functions."""
    given: dict[str, Any] = {**point.inputs}
    given |= {gradient_name(output): array for output, array in point.upstream.items()}
    outputs = tuple(system.tensors[name] for name in point.upstream)
    given |= {n: point.sizes[n] for n in sizes_of(system, (*system.inputs, *system.params, *outputs)).named}
    called = {c.function for e in system.all_equations for c in walk(e.right) if isinstance(c, Call)}
    functions = {name: stand_in(name) for f in called - set(TABLE) for name in (f, f + "'")}
    return given | {name.replace("'", "_prime"): function for name, function in functions.items()}
