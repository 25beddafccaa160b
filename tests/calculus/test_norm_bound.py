"""How large products of Jacobians can be."""

from fractions import Fraction

import pytest

from derive.calculus.norm_bound import norm_bound, steepest
from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.steps.record import Bound, Derivation


def bound_of(right: str, params: str = "W[i,k]", **options: object) -> Bound | None:
    """The bound for ``h[t] = right``."""
    made = layer(
        indices="t=1..T  n:N  i,k:H",
        inputs="x[t,n,i]",
        params=params,
        equations=f"h[0,n,i] = 0\na[t,n,i] = sum(W[i,k]*h[t-1,n,k], k) + x[t,n,i]\nh[t,n,i] = {right}",
        output="h",
        **options,
    )
    derivation = derive(made)
    (form,) = derivation.closed_forms
    return norm_bound(derivation.backward, form)


def norm_bound_of(derivation: Derivation) -> Bound | None:
    return norm_bound(derivation.backward, derivation.closed_forms[0])


@pytest.mark.parametrize(
    ("function", "scale", "largest"),
    [
        ("tanh", "1 - h[t+1,n,k]**2", Fraction(1)),
        ("sigmoid", "h[t+1,n,k]*(1 - h[t+1,n,k])", Fraction(1, 4)),
        ("relu", "[a[t+1,n,k] > 0]", Fraction(1)),
        ("sin", "cos(a[t+1,n,k])", Fraction(1)),
    ],
)
def test_the_slope_of_the_activation_function_scales_the_rows(function: str, scale: str, largest: Fraction) -> None:
    bound = bound_of(f"{function}(a[t,n,i])")
    assert bound is not None
    assert (str(bound.matrix), str(bound.scale)) == ("W[k,i]", scale)
    assert (bound.function, str(bound.argument), bound.steepest) == (function, "a[t+1,n,k]", largest)


def test_an_abstract_function_has_a_slope_that_nobody_knows() -> None:
    bound = bound_of("f(a[t,n,i])", options={"f": ["f"]})
    assert bound is not None
    assert (bound.function, str(bound.scale), bound.steepest) == ("f", "f'(a[t+1,n,k])", None)


def test_without_an_activation_function_nothing_scales() -> None:
    bound = bound_of("a[t,n,i]")
    assert bound is not None
    assert (str(bound.scale), bound.function, bound.steepest) == ("1", None, 1)


def test_rows_may_be_scaled_by_what_is_no_slope() -> None:
    bound = bound_of("v[i]*a[t,n,i]", params="W[i,k]  v[i]")
    assert bound is not None
    assert (str(bound.scale), bound.function, bound.steepest) == ("v[k]", None, None)


def test_the_matrix_may_be_made_of_several() -> None:
    bound = norm_bound_of(derive(load("rnn_one_to_many")))
    assert bound is not None
    assert str(bound.matrix) == "sum(W_x[k,o]*W_y[o,i], o) + W_h[k,i]"
    assert bound.function == "tanh"


def test_what_several_paths_add_up_to_has_no_such_bound() -> None:
    derivation = derive(load("gru"))
    assert derivation.closed_forms and norm_bound_of(derivation) is None


def test_a_jacobian_of_another_shape_has_no_such_bound() -> None:
    lines = "h[0,n,i] = 0\nh[t,n,i] = tanh(sum(W[t,i,k]*h[t-1,n,k], k))"
    made = layer(indices="t=1..T  n:N  i,k:H", params="W[t,i,k]", equations=lines, output="h")
    (form,) = derive(made).closed_forms
    assert norm_bound(derive(made).backward, form) is None


def test_the_derivation_has_the_bound_of_what_is_studied() -> None:
    derivation = derive(load("rnn"))
    assert derivation.bound is not None and derivation.bound.form.tensor == "h"
    assert derive(load("linear")).bound is None


def test_functions_without_a_largest_slope() -> None:
    assert steepest("exp") is steepest("f") is None
