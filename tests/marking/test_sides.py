"""The sides of conditions that test points show."""

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.language.system import System
from derive.marking.ground import ground_of
from derive.marking.sides import conditions_of, sides_shown


def shown(system: System, place: int = 0) -> set[tuple[str, bool]]:
    conditions = conditions_of(system)
    reader = ground_of(derive(system)).places[place].reader
    return {(str(condition.holds), side) for condition, side in sides_shown(conditions, reader)}


def above(threshold: int) -> System:
    equations = f"y[n] = sum(relu(x[n,i])*[x[n,i] > {threshold}], i)"
    return layer(name="above", title="Above", indices="n:N  i:D", inputs="x[n,i]", equations=equations, output="y")


def test_brackets_on_values_and_kinks_are_conditions() -> None:
    assert {str(c.holds) for c in conditions_of(above(2))} == {"[x[n,i] > 0]", "[x[n,i] > 2]"}
    assert {i.name for c in conditions_of(above(2)) for i in c.indices} == {"n", "i"}


def test_conditions_on_indices_alone_are_none() -> None:
    assert conditions_of(load("rnn_many_to_one")) == frozenset()


def test_values_of_ordinary_size_show_one_side_of_a_far_threshold() -> None:
    assert shown(above(2)) == {("[x[n,i] > 0]", True), ("[x[n,i] > 0]", False), ("[x[n,i] > 2]", False)}


@pytest.mark.parametrize("threshold", [2, 3])
def test_a_point_is_added_that_shows_the_other(threshold: int) -> None:
    assert (f"[x[n,i] > {threshold}]", True) in shown(above(threshold), -1)
