"""Right sides at a given element, without capturing a name."""

from derive.calculus.instances import instance, named_apart
from derive.language.expr import ONE, Elem
from derive.language.integers import index_symbol
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


def test_names_that_are_taken_are_avoided_and_others_kept():
    expr = parsed("sum(A[i,k]*w[k], k)")
    assert str(named_apart(expr, SCOPE, frozenset({"k"}))) == "sum(A[i,j]*w[j], j)"
    assert named_apart(expr, SCOPE, frozenset({"t"})) is expr
