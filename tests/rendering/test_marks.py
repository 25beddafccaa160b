from derive.language.expr import Mul, mul
from derive.rendering.marks import marked
from derive.rendering.typeset import Mark
from derive.steps.record import Step


def step(before, after, changed, into, substeps=()):
    return Step("a rule", "A sentence.", before, after, changed, into, (), substeps)


def test_what_came_in_is_marked(expression):
    v, w, d = expression("v[i]"), expression("w[i]"), expression("delta(i, k)")
    after = mul(v, d)
    assert marked(step(mul(v, w), after, w, d)) == Mul((v, Mark(d)))


def test_factors_that_were_taken_in_are_marked_together(expression):
    v, w, d = expression("v[i]"), expression("w[i]"), expression("delta(i, k)")
    part = mul(w, d)
    assert marked(step(v, mul(v, part), v, part)) == Mul((v, Mark(part)))


def test_a_number_that_went_to_the_front_is_marked_with_what_it_came_with(expression):
    v, part = expression("v[i]"), expression("2*w[i]*delta(i, k)")
    assert marked(step(v, mul(v, part), v, part)) == Mul((v, Mark(part)))


def test_a_number_that_met_another_stays_outside_the_mark(expression):
    v, w, d = expression("3*v[i]"), expression("w[i]"), expression("delta(i, k)")
    part = expression("2*w[i]*delta(i, k)")
    line = mul(v, part)
    assert marked(step(v, line, v, part)) == Mul((line.factors[0], v.factors[1], Mark(Mul((w, d)))))


def test_a_whole_line_is_not_marked(expression):
    before, after = expression("v[i]"), expression("v[i]*w[i] + w[k]*v[k]")
    assert marked(step(before, after, before, after)) == after
    minus = expression("v[i]*w[i] - w[k]*v[k]")
    signed = tuple(step(before, minus, before, term) for term in (minus.terms[0], expression("w[k]*v[k]")))
    assert marked(step(before, minus, before, minus, signed)) == minus
    both = tuple(step(before, after, before, term) for term in after.terms)
    assert marked(step(before, after, before, after, both)) == after


def test_the_rewrites_gathered_in_a_step_are_marked_each(expression):
    line = expression("v[i]*w[i] + w[k]*v[k] + v[i]")
    parts = tuple(step(line, line, term, term) for term in line.terms[:2])
    shown = marked(step(line, line, line, line, parts))
    assert [isinstance(t, Mark) for t in shown.terms] == [True, True, False]


def test_numbers_alone_are_not_marked(expression):
    line = expression("1 - v[i]")
    assert marked(step(line, line, line, line.terms[0])) == line


def test_the_mark_changes_nothing_else(derivation):
    """Without its marks, a marked line is the line."""

    def unmarked(expr):
        if isinstance(expr, Mark):
            return unmarked(expr.body)
        return expr.rebuilt(tuple(unmarked(c) for c in expr.children))

    for parts in derivation("rnn").gradients.values():
        for gradient in parts:
            for one in gradient.steps:
                assert unmarked(marked(one)) == one.after
