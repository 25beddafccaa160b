"""Terms, factors and coefficients."""

from fractions import Fraction

from derive.calculus.terms import coefficient_of, factors_of, terms_of
from tests.calculus.lines import parsed


def test_a_sum_has_terms_and_anything_else_is_its_own():
    assert [str(t) for t in terms_of(parsed("v[i] - 2*x[i]"))] == ["v[i]", "-2*x[i]"]
    assert [str(t) for t in terms_of(parsed("v[i]*x[i]"))] == ["v[i]*x[i]"]


def test_a_product_has_factors_in_reading_order():
    assert [str(f) for f in factors_of(parsed("x[i]*v[i]"))] == ["x[i]", "v[i]"]


def test_the_number_in_front():
    number, rest = coefficient_of(parsed("-v[i]*x[i]/2"))
    assert (number, str(rest)) == (Fraction(-1, 2), "v[i]*x[i]")
    assert coefficient_of(parsed("v[i]"))[0] == 1
