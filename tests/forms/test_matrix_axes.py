"""Which axes are time-like, which one is the batch, and which indices stay written out."""

import pytest

from derive.forms.matrix_axes import forward_name, layout_of, written_out
from derive.language.load import layer
from tests.forms.test_matrix import ATTENTION, BATCH_NORM, MATRICES, PERCEPTRON, RECURRENT, form_of


def kinds(system, layout, classes):
    """The axes of the tensors that belong to some classes, as ``x:t``."""
    return {
        f"{tensor.name}:{axis.name}"
        for tensor in system.tensors.values()
        for k, axis in enumerate(tensor.axes)
        if layout.kind_of(system, tensor.name, k) in classes
    }


def test_the_time_axes_of_a_recurrence_and_its_batch():
    system = layer(**RECURRENT)
    layout = layout_of(system)
    assert kinds(system, layout, layout.recurrent) == {"x:t", "a:t", "h:t", "y:t"}
    assert kinds(system, layout, {layout.batch}) == {"x:n", "h0:n", "a:n", "h:n", "y:n"}


@pytest.mark.parametrize(
    ("fields", "batch"),
    [
        (PERCEPTRON, {"x:n", "r:n", "a:n", "y:n"}),
        (ATTENTION, {"x:n", "q:n", "k:n", "z:n", "p:n", "y:n"}),
        (BATCH_NORM, None),  # the mean over n ties the samples together
        ({**BATCH_NORM, "equations": "y[n,i] = g[i]*x[n,i] + b[i]"}, {"x:n", "y:n"}),
        ({**BATCH_NORM, "equations": "y[n,i] = g[i]*sum(x[n,i], n) + b[i]"}, None),
        ({**BATCH_NORM, "params": "g[n] b[i]", "equations": "y[n,i] = g[n]*x[n,i] + b[i]"}, None),
        ({**BATCH_NORM, "inputs": "x[n,i] e[i]", "equations": "y[n,i] = g[i]*x[n,i] + b[i]*e[i]"}, None),
        ({**BATCH_NORM, "inputs": "x[i]", "equations": "y[i] = g[i]*x[i] + b[i]"}, None),
    ],
)
def test_the_batch_passes_through_every_equation(fields, batch):
    system = layer(**fields)
    layout = layout_of(system)
    assert (kinds(system, layout, {layout.batch}) if layout.batch else None) == batch


def test_axes_without_a_parameter_are_data():
    system = layer(**PERCEPTRON)
    layout = layout_of(system)
    assert kinds(system, layout, layout.data) == {"x:n", "r:n", "a:n", "y:n"}


def test_a_gradient_has_the_axes_of_what_it_is_taken_by():
    system = layer(**RECURRENT)
    assert [forward_name(system, n) for n in ("dh", "dy_up", "h", "unknown", "dunknown")] == [
        "h", "y", "h", "unknown", "dunknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "named", "reason"),
    [
        ("A[i,j] = u[i]*v[j]", "", ""),
        ("W[l,i,j] = u[i]*v[j]", "l", "`W[l,i,j]` has 3 axes, and a matrix has two"),
        ("v[j] = P[j,j]", "j", "`P[j,j]` is read along its diagonal"),
        ("P[j,q] = [q <= j]*P[j,q]", "j q", "`[q <= j]` picks entries by their place"),
        ("v[j] = j*v[j]", "j", "`j` is used as a number"),
        ("v[j] = v[1]*v[j]", "", ""),
        ("u[i] = A[i,1]", "i", "`A[i,1]` is read at places of its own, not along whole axes"),
    ],
)
def test_written_out_and_why(line, named, reason):
    system = layer(**MATRICES)
    elem, right, indices = form_of(system, line)
    found = written_out(system, layout_of(system), elem, right, indices)
    assert {s.name for s in found} == set(named.split())
    if named:
        assert set(found.values()) == {reason}


def test_a_sum_over_a_part_of_an_axis_is_written_out():
    system = layer(**{**MATRICES, "indices": MATRICES["indices"] + " g=1..J-1"})
    elem, right, indices = form_of(system, "u[i] = sum(A[i,g]*v[g], g)")
    found = written_out(system, layout_of(system), elem, right, indices)
    assert {s.name for s in found} == {"i", "g"}
    assert "`A[i,g]` is read over a part of an axis only" in found.values()
