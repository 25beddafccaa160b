"""Right sides at a given element, without capturing a name."""

from sympy import Integer

from derive.calculus.instances import instance, named_apart
from derive.calculus.sweep import derive
from derive.language.expr import ONE, Elem
from derive.language.integers import index_symbol
from derive.language.load import layer
from derive.steps.rule import scope_of
from tests.calculus.lines import SYSTEM, parsed

K, J = index_symbol("k"), index_symbol("j")
SCOPE = scope_of(SYSTEM, ())


def test_the_right_side_at_an_element():
    (equation,) = SYSTEM.definitions("u")
    assert str(instance(equation, Elem("u", (J,)), SCOPE, ONE)) == "sum(A[j,k]*w[k], k)"


def test_a_bound_index_gives_way_to_the_element():
    (equation,) = SYSTEM.definitions("u")
    at_k = instance(equation, Elem("u", (K,)), SCOPE, ONE)
    assert at_k is not None
    assert str(at_k) == "sum(A[k,j]*w[j], j)"


def test_a_base_case_is_not_taken_for_another_beside_its_range():
    """Written over b = 1..B, the first says nothing of the corner."""
    system = layer(
        indices="a=1..A  b=1..B", params="v[]", output="h",
        equations="h[0,b] = 0; h[a,0] = 1; h[0,0] = v*v; h[a,b] = tanh(v*h[a-1,b-1] + h[a,b-1] + h[a-1,b])",
    )  # fmt: skip
    scope, corner = scope_of(system, ()), Elem("h", (Integer(0), Integer(0)))
    found = [instance(equation, corner, scope, ONE) for equation in system.definitions("h")]
    assert list(map(str, found)) == ["None", "None", "v*v", "None"]
    last = derive(system).gradients["v"][0].right
    assert str(last) == "2*dh[0,0]*v + sum(dh[a,b]*(1 - h[a,b]**2)*h[a-1,b-1], a, b)"


def test_names_that_are_taken_are_avoided_and_others_kept():
    expr = parsed("sum(A[i,k]*w[k], k)")
    assert str(named_apart(expr, SCOPE, frozenset({"k"}))) == "sum(A[i,j]*w[j], j)"
    assert named_apart(expr, SCOPE, frozenset({"t"})) is expr
