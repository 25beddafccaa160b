from derive.rendering import formula as F
from derive.rendering.latex import latex
from derive.rendering.products import Factor, laid_out


def name(letter):
    return Factor(F.Name(letter, letter), F.Name(letter, letter))


def over(letter):
    return Factor(F.Name(letter, letter), F.Name(letter, letter), inverse=True)


A, B, C = name("a"), name("b"), name("c")
GRADIENT = Factor(F.Fraction(F.PARTIAL, F.PARTIAL), F.Fraction(F.PARTIAL, F.PARTIAL))
SUM = F.row(F.Big("∑", F.Name("k", "k")), F.Name("x", "x"))
OPEN = Factor(SUM, SUM, open=True)
TWO = Factor(F.Number("2"), F.Number("2"))


def tex(*factors):
    return latex(laid_out(factors))


def test_factors_stand_side_by_side():
    assert tex(A, B, C) == "abc"
    assert tex(A, GRADIENT, B) == r"a\,\frac{\partial}{\partial}\,b"


def test_what_divides_goes_below_the_slim_factors_before_it():
    assert tex(A, B, over("c")) == r"\frac{ab}{c}"
    assert tex(A, over("b"), C) == r"\frac{a}{b}\,c"
    assert tex(A, over("b"), over("c")) == r"\frac{a}{bc}"
    assert tex(over("b")) == r"\frac{1}{b}"


def test_nothing_tall_goes_into_a_numerator():
    assert tex(GRADIENT, A, over("b")) == r"\frac{\partial}{\partial}\,\frac{a}{b}"
    assert tex(GRADIENT, over("b")) == r"\frac{\partial}{\partial}\,\frac{1}{b}"
    assert tex(over("a"), over("b"), C, over("b")) == r"\frac{1}{ab}\,\frac{c}{b}"


def test_a_quotient_of_a_sum_stands_in_front_of_it():
    assert tex(OPEN, over("b")) == r"\frac{1}{b}\sum_{k}x"


def test_what_follows_a_sum_is_not_read_as_part_of_it():
    assert tex(A, OPEN) == r"a\sum_{k}x"
    assert tex(OPEN, A) == r"\Bigl(\sum_{k}x\Bigr)\,a"


def test_numbers_beside_each_other_have_a_sign_between():
    assert tex(TWO, TWO, A) == r"2\cdot2a"
