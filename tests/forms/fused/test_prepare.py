"""Equations that are split, or added, for kernels."""

from dataclasses import replace

import sympy

from derive.calculus.sweep import derive
from derive.forms.fused.prepare import softmax_in_parts, with_totals
from derive.language.expr import Along, Elem, Index
from derive.language.integers import index_symbol as symbol
from derive.language.integers import size_symbol
from derive.language.load import layer, load
from tests.forms.compare import assert_agrees, drawn

ONE = sympy.Integer(1)


def test_a_softmax_is_three_equations() -> None:
    system = layer(indices="n:N  i:D", inputs="z[n,i]", equations="p[n,i] = softmax(z[n,i], i)", output="p")
    split = softmax_in_parts(system)
    assert [f"{e.left} = {e.right}" for e in split.equations] == [
        "p_exp[n,i] = exp(z[n,i] - p_max[n])",
        "p_max[n] = max(z[n,i_2], i_2)",
        "p[n,i] = p_exp[n,i]/sum(p_exp[n,i_2], i_2)",
    ]
    assert_agrees(split, drawn(split, {"N": 3, "D": 4}, 1), ["p"])


def test_over_two_indices_and_of_an_expression() -> None:
    system = layer(
        indices="n:N  i:D  j:K",
        inputs="z[n,i,j]  c[n]",
        equations="p[n,i,j] = softmax(z[n,i,j]*c[n], i, j)",
        output="p",
    )
    split = softmax_in_parts(system)
    assert len(split.equations) == 3
    assert_agrees(split, drawn(split, {"N": 3, "D": 2, "K": 4}, 1), ["p"])


def test_a_softmax_read_at_one_place_stays() -> None:
    system = layer(indices="n:N  i:D", inputs="z[n,i]", equations="p[n] = softmax(z[n,i], i)[1]", output="p")
    assert softmax_in_parts(system) is system


def test_a_softmax_of_scores_that_change_with_its_place_stays() -> None:
    inner = Along("softmax", (Index("k", ONE, size_symbol("D")),), Elem("z", (symbol("j"),)), (symbol("i"),))
    system = layer(indices="i,j,k:D", inputs="z[i]", equations="p[i] = softmax(z[i], i)", output="p")
    (equation,) = system.equations
    changed = replace(equation, right=replace(equation.right, over=(Index("j", ONE, size_symbol("D")),), body=inner))
    system = replace(system, equations=(changed,))
    assert softmax_in_parts(system) is system


def test_sums_of_what_is_passed_are_given_names_of_their_own() -> None:
    system, totals = with_totals(derive(load("linear")).backward)
    assert totals == {"W": "W_total", "dy": "dy_total", "x": "x_total"}
    assert [str(e.left) for e in system.equations[:3]] == ["dy_total", "x_total", "W_total"]  # like rows together


def test_of_what_is_told_otherwise_there_is_no_sum() -> None:
    assert with_totals(derive(load("linear")).backward, {"x", "dy"})[1] == {"W": "W_total"}


def test_a_name_that_is_taken() -> None:
    system = layer(indices="n:N  i:D", inputs="x[n,i]", equations="x_total[n] = sum(x[n,i], i)", output="x_total")
    assert with_totals(system)[1] == {"x": "x_total_2"}
