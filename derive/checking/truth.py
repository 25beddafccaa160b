"""The true values of all tensors and gradients at a test point, from the forward equations alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from derive.checking.absolute import absolute
from derive.checking.forward import completed, sensitivities
from derive.checking.places import Grid, Stored
from derive.checking.points import Point
from derive.checking.reference import Interpreter
from derive.checking.tree import Forest
from derive.language.expr import ZERO
from derive.language.system import System
from derive.language.traverse import names_read
from derive.steps.record import Derivation, gradient_name, upstream_name


def true_gradients(system: System, point: Point, names: Iterable[str]) -> dict[str, Stored]:
    """The gradient by each tensor of ``names``, under the gradient's name, by complex step.

    The gradient by an intermediate tensor is that of a small change added where it is defined.
    """
    slopes = sensitivities(system, point.forward, point.sizes, names, point.upstream)
    return {gradient_name(n): Stored(slope[..., None], point.forward[n].lows) for n, slope in slopes.items()}


def interpreter_of(derivation: Derivation, point: Point, forest: Forest | None = None) -> Interpreter:
    """An interpreter at a test point with every tensor of the backward pass, the gradients at their true values."""
    system, backward = derivation.system, derivation.backward
    tensors: dict[str, Stored] = dict(point.forward)
    tensors |= true_gradients(system, point, derivation.gradients)
    tensors |= given_gradients(backward, point)
    tensors = completed(backward, tensors, point.sizes)
    return Interpreter(point.sizes, tensors, backward, forest or Forest())


def terms_interpreter_of(derivation: Derivation, point: Point, forest: Forest | None = None) -> Interpreter:
    """An interpreter at a test point with each gradient replaced by the size of the terms it is made of."""
    backward = derivation.backward
    made = _made_of_terms(derivation)
    tensors = absolute(made, {**point.forward, **given_gradients(backward, point)}, point.sizes)
    return Interpreter(point.sizes, tensors, backward, forest or Forest())


def _made_of_terms(derivation: Derivation) -> System:
    """The backward pass with the terms of which a gradient was made where these were found to cancel."""
    cancelled = {
        part.left: part.steps[-1].before
        for part in chain.from_iterable(derivation.gradients.values())
        if part.right == ZERO and part.steps and part.left.name not in names_read(part.steps[-1].before)
    }
    backward = derivation.backward
    equations = (replace(e, right=cancelled.get(e.left, e.right)) for e in backward.equations)
    return replace(backward, equations=tuple(equations))


def given_gradients(backward: System, point: Point) -> Mapping[str, Stored]:
    """The given gradients of the outputs, under the names by which the backward pass reads them."""
    given = {}
    for output, array in point.upstream.items():
        name = upstream_name(output) if upstream_name(output) in backward.tensors else gradient_name(output)
        lows = tuple(Grid(point.sizes, {}).size(axis.low) for axis in backward.tensors[name].axes)
        given[name] = Stored(array[..., None], lows)
    return given
