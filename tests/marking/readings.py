"""Readings for tests: a wrong formula beside the true gradient at several points."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from derive.calculus.sweep import derive
from derive.checking.points import points
from derive.checking.truth import interpreter_of, terms_interpreter_of
from derive.language.load import load
from derive.language.parser import parse_in
from derive.language.system import Tensor
from derive.marking.differences.conditions import conditions
from derive.marking.differences.difference import difference
from derive.marking.differences.reading import Reading, largest
from derive.marking.record import Difference
from derive.steps.record import Derivation, Gradient

TOLERANCE = 1e-9


@cache
def derivation(layer: str, **options: str) -> Derivation:
    return derive(load(layer, **options))


def gradient(layer: str, tensor: str, **options: str) -> Gradient:
    return derivation(layer, **options).gradients[tensor][0]


def readings(layer: str, tensor: str, formula: str = "", seed: int = 0, **options: str) -> list[Reading]:
    """What a formula gives for the gradient by a tensor, beside the right value; the right one where there is none."""
    derived = derivation(layer, **options)
    part = derived.gradients[tensor][0]
    right = parse_in(derived.backward, formula, part.indices) if formula else part.right
    found = []
    for point in points(derived.system, seed=seed):
        reader = interpreter_of(derived, point)
        terms = terms_interpreter_of(derived, point)
        numbers = {n: float(v) for n, v in point.inputs.items() if np.ndim(v) == 0}
        found.append(
            Reading(
                reader.over(right, part.indices),
                reader.over(part.left, part.indices),
                largest(terms.over(part.left, part.indices)),
                point.sizes,
                numbers,
                conditions(derived, part, reader),
            )
        )
    return found


def of(layer: str, tensor: str, found: Sequence[Reading], **options: str) -> Difference | None:
    system = derivation(layer, **options).system
    return difference(f"d{tensor}", axes_of(layer, tensor, **options), system, found, TOLERANCE)


def axes_of(layer: str, tensor: str, **options: str) -> Tensor:
    return derivation(layer, **options).system.tensors[tensor]


def said(layer: str, tensor: str, formula: str, **options: str) -> Difference:
    """How a formula differs, which it does."""
    found = of(layer, tensor, readings(layer, tensor, formula, **options), **options)
    assert found is not None
    return found


def changed(found: Sequence[Reading], change: Callable[[Reading], np.ndarray]) -> list[Reading]:
    """The readings with another value in the place of yours."""
    return [replace(r, yours=np.asarray(change(r))) for r in found]
