"""Checks what is said of a recurrence of gradients: its closed form, the size of its Jacobians, what cutting it lacks.

The gradients are the true ones; the Jacobians are those of the derivation, evaluated at a test point.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derive.checking.absolute import ROUNDING
from derive.checking.arrays import Array
from derive.checking.compare import PLAIN, Comparison
from derive.checking.forward import completed
from derive.checking.reference import Interpreter
from derive.language.expr import Elem
from derive.steps.record import Bound, ClosedForm, EntrywiseForm, Truncation

TermsReader = Callable[[], Interpreter]

_TELLING = 1e4  # times the difference from it must be what is left out: a formula for it is then seen at work


def unrolled(form: ClosedForm, reader: Interpreter, terms_reader: TermsReader) -> Comparison:
    """The sum over later times of products of Jacobians, compared with the true gradient.

    ``terms_reader`` knows how large the terms are of which the gradient is made; it is asked only where it matters.
    """
    truth, local = (_in_time(form, reader.over(e, form.indices)) for e in (form.left, form.local))
    jacobian = jacobians(form, reader)
    length = len(truth)
    total = np.zeros_like(truth)
    for t in range(length):
        product = np.eye(truth.shape[-1])
        for s in range(t, length):
            total[t] += np.einsum("...cr,...r->...c", product, local[s])
            if s + 1 < length:
                product = product @ jacobian[s]
    return _compared(total, truth, length > 1, lambda: terms_reader().over(form.left, form.indices))


def unrolled_by_entry(form: EntrywiseForm, reader: Interpreter, terms_reader: TermsReader) -> Comparison:
    """The sum over later times of products of factors, compared with the true gradient."""
    axis = [i.name for i in form.indices].index(form.index.name)
    values = (np.moveaxis(reader.over(e, form.indices), axis, 0) for e in (form.left, form.local, form.factor))
    truth, local, factor = (v if form.step > 0 else v[::-1] for v in values)
    length = len(truth)
    total = np.zeros_like(truth)
    for t in range(length):
        for s in range(t, length):
            total[t] += factor[t:s].prod(axis=0) * local[s]
    return _compared(total, truth, length > 1, lambda: terms_reader().over(form.left, form.indices))


def jacobians(form: ClosedForm, reader: Interpreter) -> Array:
    """``J[t+1]^T`` for each t: axes time, others, column, row; past the end of the recurrence undefined."""
    order = [i.name for i in form.indices]
    values = reader.over(form.jacobian, (*form.indices, form.row))
    moved = np.moveaxis(values, (order.index(form.index.name), order.index(form.column.name)), (0, -2))
    return moved if form.step > 0 else moved[::-1]


def _in_time(form: ClosedForm, values: Array) -> Array:
    """Values over the indices of a form with the axis of time first and that of the column last."""
    order = [i.name for i in form.indices]
    moved = np.moveaxis(values, (order.index(form.index.name), order.index(form.column.name)), (0, -1))
    return moved if form.step > 0 else moved[::-1]


def _compared(value: Array, truth: Array, telling: bool, terms: Callable[[], Array]) -> Comparison:
    if not np.isfinite(value).all():
        return Comparison(np.inf, True)
    largest, difference = float(np.abs(truth).max()), float(np.abs(value - truth).max())
    scale = largest if difference <= PLAIN * largest else float(np.abs(terms()).max())
    if difference and difference <= ROUNDING * scale:
        largest = scale
    if not largest:  # nothing comes back at these sizes: no formula is told from another
        return Comparison(np.inf if difference else 0.0, False)
    return Comparison(difference / largest, telling)


def within(bound: Bound, reader: Interpreter) -> Comparison:
    """By how much the spectral norm of any product of Jacobians exceeds its bound, relative to that."""
    form = bound.form
    values = jacobians(form, reader)[:-1]
    if not len(values):  # a single step: there is no product
        return Comparison(0.0, False)
    if bound.steepest is None:  # an abstract function: the largest slope that it has at the point
        scale = reader.over(bound.scale, (*form.indices, form.row))
        steepest = float(np.nanmax(np.abs(scale)))
    else:
        steepest = float(bound.steepest)
    matrix = reader.over(bound.matrix, (form.row, form.column))
    factor = steepest * float(np.linalg.norm(matrix, 2))
    excess = [0.0]
    for first in range(len(values)):
        product = np.eye(values.shape[-1])
        for count, jacobian in enumerate(values[first:], 1):
            product = product @ jacobian
            excess.append(float(np.linalg.norm(product, 2, axis=(-2, -1)).max()) / factor**count - 1)
    error = max(excess) if np.isfinite(excess).all() else np.inf
    return Comparison(error, True)


def left_out(truncation: Truncation, form: ClosedForm | None, reader: Interpreter) -> Comparison:
    """What the cut leaves out, by its recurrence and as a product, compared with the true gradient less what is kept.

    The cut is made after every number of steps up to all there are.
    """
    cut = _evaluated(truncation, reader)
    reach = (truncation.reach.symbol, truncation.reach)
    found = []
    for gradient, lacking in truncation.left_out.items():
        axes = truncation.system.tensors[gradient].axes
        places = tuple(i.symbol for i in axes)
        full = cut.over(Elem(gradient, places), axes)
        kept, left = (
            cut.over(Elem(name, (reach[0], *places)), (reach[1], *axes))
            for name in (truncation.kept[gradient], lacking)
        )
        found.append(_beside(left, full - kept, full))
        if form is not None and gradient == form.left.name:
            found.append(_beside(_products(form, reader, full, len(kept)), full - kept, full))
    return Comparison(max(c.error for c in found), any(c.telling for c in found))


def _evaluated(truncation: Truncation, reader: Interpreter) -> Interpreter:
    """What evaluates the cut recurrence at a point whose true gradients ``reader`` knows."""
    sizes = {**reader.sizes, str(truncation.reach.high): reader.size(truncation.index.extent)}
    return Interpreter(sizes, completed(truncation.system, reader.tensors, sizes), truncation.system)


def _products(form: ClosedForm, reader: Interpreter, full: Array, reaches: int) -> Array:
    """``J[t+1]^T … J[t+r+1]^T dv[t+r+1]`` for r = 1, 2, …; nothing where that lies past the end."""
    gradient, jacobian = _in_time(form, full), jacobians(form, reader)
    out = np.zeros((reaches, *gradient.shape))
    for t in range(len(gradient)):
        product = np.eye(gradient.shape[-1])
        for reach in range(len(gradient) - t - 1):
            product = product @ jacobian[t + reach]
            if 1 <= reach <= reaches:
                out[reach - 1, t] = np.einsum("...cr,...r->...c", product, gradient[t + reach + 1])
    order = [i.name for i in form.indices]
    moved = out if form.step > 0 else out[:, ::-1]
    return np.moveaxis(moved, (1, -1), (1 + order.index(form.index.name), 1 + order.index(form.column.name)))


def _beside(value: Array, truth: Array, scale: Array) -> Comparison:
    """A comparison beside the gradient itself, as what is left out of it may be nothing at all."""
    if not (np.isfinite(value).all() and np.isfinite(truth).all()):
        return Comparison(np.inf, True)
    size = max(float(np.abs(scale).max()), np.finfo(float).tiny)
    difference = float(np.abs(value - truth).max())
    return Comparison(difference / size, float(np.abs(truth).max()) > _TELLING * difference)
