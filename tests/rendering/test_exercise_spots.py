from dataclasses import dataclass, field

import numpy as np
from sympy import Integer

from derive.calculus.sweep import derive
from derive.language.expr import Elem
from derive.language.load import load
from derive.rendering import document as D
from derive.rendering.exercise_spots import try_it
from derive.rendering.page import page


@dataclass(frozen=True)
class Spot:
    left: Elem
    value: float


@dataclass(frozen=True)
class Spots:
    sizes: dict
    inputs: dict
    values: dict = field(default_factory=dict)


def test_inputs_are_source_that_gives_them_back() -> None:
    here = page(derive(load("linear")), None, None)
    given = {"x": np.array([[0.5, -1.0], [2.0, 0.1]]), "tok": np.array([1, 2]), "eps": np.array(0.25)}
    one = here.derivation.gradients["W"][0]
    spot = Spot(Elem("dW", (Integer(1), Integer(2))), -0.123456)
    heading, _, listing, table = try_it(here, [one], Spots({"N": 2, "I": 2}, given, {id(one): (spot,)}))
    scope: dict = {}
    exec(listing.source, scope)
    assert scope["N"] == scope["I"] == 2 and scope["eps"] == 0.25
    assert all(np.array_equal(scope[n], given[n]) for n in ("x", "tok"))
    assert isinstance(heading, D.Heading) and len(table.rows) == 1
    assert table.rows[0][1][-1] == D.Text(" = −0.1235")


def test_a_gradient_that_is_not_asked_for_has_no_values() -> None:
    here = page(derive(load("linear")), None, None)
    one = here.derivation.gradients["W"][0]
    *_, table = try_it(here, [], Spots({}, {}, {id(one): (Spot(one.left, 1.0),)}))
    assert not table.rows
