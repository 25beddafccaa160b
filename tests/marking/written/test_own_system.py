"""The person's own tensors can be evaluated, recurrences too; what goes in a circle is said."""

import numpy as np
import pytest

from tests.marking.answers import answer, evaluated, is_right


def test_a_recurrence_of_the_person_s_own_has_the_true_value() -> None:
    text = "δ[t] = (δ[t+1] @ W_h + dz[t] @ W_y) * (1 - h[t]**2)\nda = δ\ndW_h = sum(δ[t].T @ h[t-1], t)"
    assert is_right("rnn", text)


def test_the_last_step_may_have_a_line_of_its_own() -> None:
    text = "δ[T] = (dz[T] @ W_y) * (1 - h[T]**2)\nδ[t] = (δ[t+1] @ W_h + dz[t] @ W_y) * (1 - h[t]**2)\nda = δ"
    assert is_right("rnn", text)
    assert is_right("rnn", text.replace("δ[T] = (dz[T] @ W_y) * (1 - h[T]**2)", "δ[T+1] = 0*h0"))


def test_the_system_holds_the_own_tensors_and_indices() -> None:
    found = answer("rnn", "u[p,q] = sum(da[t,m,p]*h[t-1,m,q], t, m)\ndW_h = u")
    assert "u" in found.system.tensors and {"p", "q", "m"} <= found.system.indices.keys()
    reader = evaluated("rnn", found)
    assert np.allclose(reader.tensors["u"].array, reader.tensors["dW_h"].array, rtol=1e-12)


def test_a_circle_is_an_error_of_its_lines_and_of_those_that_read_them() -> None:
    found = answer("rnn", "u[t,n,i] = v[t,n,i]*2\nv[t,n,i] = u[t,n,i] + 1\nw = 2*v\nda = w\ndz = 2*(y - target)")
    messages = [one.error.message if one.error else "" for one in found.lines]
    assert messages == [
        "circular: u, v need each other at the same place",
        "circular: u, v need each other at the same place",
        "v is a name of your own that could not be read",
        "w is a name of your own that could not be read",
        "",
    ]
    assert found.helpers == {}


def test_a_name_that_needs_itself_at_the_same_place_is_an_error() -> None:
    (one,) = answer("rnn", "u[t,n,i] = u[t,n,i] + dh[t,n,i]").lines
    assert one.error is not None and one.error.message == "u needs itself at the same place"


def test_a_line_that_reads_a_gradient_may_be_read_though_that_gradients_own_line_may_not() -> None:
    found = answer("rnn", "u[t,n,o] = u[t,n,o] + dy[t,n,o]\ndz = u\ndb_y = sum(dz, t, n)")
    assert [one.error is None for one in found.lines] == [False, False, True]


def test_what_reads_a_name_whose_line_has_no_shape_is_an_error() -> None:
    found = answer("rnn", "v[t] = dy[t] + u[t]\nu[t] = u + dy[t]\ndz = v")
    messages = [one.error.message if one.error else "" for one in found.lines]
    assert messages == [
        "u is a name of your own that could not be read",
        "u has shape (T, T, N, O), and elsewhere (T, N, O)",
        "v is a name of your own that could not be read",
    ]


@pytest.mark.parametrize("place", ["T+1", "2"])
def test_a_fixed_place_is_sure_to_lie_in_the_axis_or_outside(place: str) -> None:
    (one, _) = answer("rnn", f"u[{place},i] = h0[1,i]\nu[n,i] = h0[n,i]").lines
    assert one.error is not None and one.error.message == f"u may have no place {place}: n = 1..N"


@pytest.mark.parametrize("place", ["0", "1", "N", "N+1"])
def test_a_fixed_place_in_the_axis_or_beside_it(place: str) -> None:
    assert all(one.error is None for one in answer("rnn", f"u[{place},i] = h0[1,i]\nu[n,i] = h0[n,i]").lines)


def test_what_reads_a_name_whose_line_reads_outside_a_range_is_an_error() -> None:
    found = answer("rnn", "u[t] = Σ_{n=2}^{N+1} x[t,n,1]*u[t]\ndh0[n,i] = u[1]")
    assert found.lines[0].error is not None and found.lines[1].error is not None
    assert found.lines[1].error.message == "u is a name of your own that could not be read"
