import pytest

from derive.rendering import formula as F
from derive.rendering.breaking import aligned, broken, stacked
from derive.rendering.metrics import width
from derive.rendering.unicode import unicode


def name(letter):
    return F.Name(letter, letter)


def word(length):
    return F.Text("m" * length)


LONG = F.row(word(9), F.PLUS, word(9), F.MINUS, word(9))


def text_of(lines):
    return [unicode(line).replace("mmmmmmmmm", "M").strip() for line in lines]


def test_a_formula_that_fits_stays_on_its_line():
    formula = aligned(name("y"), F.EQUALS, LONG, limit=40)
    assert formula == F.row(name("y"), F.EQUALS, LONG)
    assert stacked(LONG, 40) == LONG


def test_a_sum_is_broken_before_its_signs_and_aligned_at_the_relation():
    formula = aligned(name("y"), F.EQUALS, LONG, limit=24)
    assert isinstance(formula, F.Lines)
    assert [unicode(left) for left, _ in formula.rows] == ["y", ""]
    assert text_of(right for _, right in formula.rows) == ["= M + M", "− M"]
    assert all(width(left) + width(right) <= 24 for left, right in formula.rows)


@pytest.mark.parametrize("limit", [10, 14, 20, 30])
def test_no_line_is_too_wide_and_nothing_is_lost(limit):
    inside = F.row(word(3), F.PLUS, word(3), F.PLUS, word(3))
    formula = F.row(
        word(2), F.THIN, F.fenced("(", inside, ")"), F.MINUS, F.fenced("[", F.row(word(3), F.COMMA, word(3)), "]")
    )
    lines = broken(formula, limit)
    assert all(width(line) <= limit for line in lines)
    assert "".join(map(unicode, lines)).replace(" ", "") == unicode(formula).replace(" ", "")


def test_a_product_is_broken_between_its_factors_before_it_is_broken_inside_them():
    factor = F.fenced("(", F.row(word(4), F.PLUS, word(4)), ")")
    assert text_of(broken(F.row(factor, F.THIN, factor), 14)) == ["(mmmm + mmmm)", "· (mmmm + mmmm)"]


def test_a_bracket_is_broken_after_its_commas():
    condition = F.row(name("a"), F.Sign("<", "relation"), word(6))
    bracket = F.fenced("[", F.joined((condition, condition, condition), F.COMMA), "]")
    assert [unicode(line).strip() for line in broken(bracket, 12)] == ["[a < mmmmmm,", "a < mmmmmm,", "a < mmmmmm]"]


def test_a_mark_around_what_must_be_broken_is_left_out():
    lines = broken(F.Marked(LONG), 12)
    assert len(lines) == 3
    assert not any(isinstance(n, F.Marked) for line in lines for n in F.walk(line))


def test_what_cannot_be_broken_stays_whole():
    assert broken(word(30), 10) == [word(30)]
