"""Sums that an equality settles keep their value."""

import numpy as np
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derive.forms.numpy_equalities import divided, settled
from derive.language.expr import Bracket, Compare, Elem, Index, mul, num, size, sum_
from derive.language.integers import FloorDiv, Mod, element, index_symbol, size_symbol
from derive.language.load import layer
from derive.language.ranges import facts_of
from derive.language.traverse import conditions_of
from tests.forms.naive import Naive

SYSTEM = layer(
    title="Sums",
    indices="i:N  p:M  e:N",
    inputs="x[i]  y[p]  dst[e]",
    integers="dst",
    equations="z = sum(x[i], i)",
    output="z",
)
N, M, s = size_symbol("N"), size_symbol("M"), size_symbol("s")
i, p, u, e = (index_symbol(n) for n in "ipue")
BY_I, BY_P, BY_U = Index("i", sympy.Integer(1), N), Index("p", sympy.Integer(1), M), Index("u", sympy.Integer(0), N - 1)
FACTS = facts_of(SYSTEM)


def test_an_equality_picks_one_term() -> None:
    guard = Bracket((Compare("==", size(element("dst", (e,))), size(i)),))
    over, factors = settled((BY_I,), (guard, Elem("x", (i,))), SYSTEM, FACTS)
    assert over == ()
    assert Elem("x", (element("dst", (e,)),)) in factors
    assert [str(c.op) for f in factors for c in conditions_of(f)] == [">=", "<="]


def test_division_without_rest_is_carried_out() -> None:
    assert divided(FloorDiv(s * p - s, s)) == p - 1
    assert divided(Mod(2 * p + 4, sympy.Integer(2))) == 0
    assert divided(FloorDiv(s * p + 1, s)) == FloorDiv(s * p + 1, s)


@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 3), st.integers(0, 3))
def test_a_sum_with_a_quotient_keeps_its_value(n: int, m: int, step: int, offset: int) -> None:
    """sum([(p-u) % s == 0, in range]*x[(p-u)//s]*y[p], p), for each u."""
    quotient = FloorDiv(p - u, s)
    guard = Bracket(
        (
            Compare("==", size(Mod(p - u, s)), num(0)),
            Compare(">=", size(quotient), num(1)),
            Compare("<=", size(quotient), size(N)),
        )
    )
    factors = (guard, Elem("x", (quotient,)), Elem("y", (p,)))
    over, new = settled((BY_P,), factors, SYSTEM, FACTS.within((BY_U,)))
    assert not any("//" in str(f) for f in new)
    arrays = {"x": np.arange(1.0, n + 1) ** 2, "y": np.arange(1.0, m + 1) ** 2}
    naive = Naive(SYSTEM, {"N": n, "M": m, "s": step}, arrays)
    env = {**naive.sizes, "u": offset}
    assert naive.value(sum_((BY_P,), mul(*factors)), env) == naive.value(sum_(over, mul(*new)), env)
