"""The driver applies rules in order, from the root down, and records all it does."""

import pytest

from derive.calculus.guards import known_guard
from derive.calculus.sums import out_of_the_sum
from derive.language.load import layer
from derive.language.parser import parse_in
from derive.steps.record import Step
from derive.steps.rewrite import gathered, rewrite, scope_of_child
from derive.steps.rule import Rule, scope_of

SYSTEM = layer(
    title="Driver", indices="t=1..T  i,k:N", inputs="x[t,i]  v[i]", equations="y[t,i] = x[t,i]*v[i]", output="y"
)
INDICES = (SYSTEM.indices["t"], SYSTEM.indices["i"])


def line(text):
    expr = parse_in(SYSTEM, text, INDICES)
    return expr, scope_of(SYSTEM, INDICES, expr)


def test_each_step_has_the_whole_line_before_and_after_and_the_part_that_changed():
    expr, scope = line("v[i] + [t >= 1]*sum(v[i]*x[t,k], k)")
    result, steps = rewrite(expr, (known_guard, out_of_the_sum), scope, INDICES)
    assert str(result) == "v[i] + v[i]*sum(x[t,k], k)"
    assert [s.rule for s in steps] == ["known guard", "factor out of the sum"]
    assert [str(s.before) for s in steps] == [str(expr), "v[i] + sum(v[i]*x[t,k], k)"]
    assert (str(steps[0].changed), str(steps[0].into)) == ("[t >= 1]", "1")
    assert steps[0].after == steps[1].before
    assert steps[-1].after == result
    assert all(s.indices == INDICES for s in steps)


def test_a_guard_is_known_beside_what_it_guards_but_not_to_itself():
    expr, scope = line("[t < T]*(v[i] + [t + 1 <= T]*x[t,i])")
    result, _ = rewrite(expr, (known_guard,), scope, INDICES)
    assert str(result) == "[t < T]*(v[i] + x[t,i])"


def test_bound_indices_are_in_scope_below_their_sum():
    expr, scope = line("sum([k <= N]*x[t,k], k)")
    inner = scope_of_child(expr, 0, scope)
    assert SYSTEM.indices["k"].symbol in {r[0] for r in inner.facts.ranges}
    assert str(rewrite(expr, (known_guard,), scope, INDICES)[0]) == "sum(x[t,k], k)"


def test_rules_that_never_end_are_reported():
    swap = Rule("swap", "", "", lambda node, _: node.rebuilt(node.children[::-1]) if len(node.children) == 2 else None)
    expr, scope = line("x[t,i]*v[i]")
    with pytest.raises(RuntimeError, match="do not come to an end"):
        rewrite(expr, (swap,), scope, INDICES)


def test_several_rewrites_gather_to_one_line():
    expr, scope = line("[t >= 1]*sum(v[i]*x[t,k], k)")
    _, steps = rewrite(expr, (known_guard, out_of_the_sum), scope, INDICES)
    (whole,) = gathered("another rule", steps)
    assert (whole.rule, whole.before, whole.after) == ("simplification", steps[0].before, steps[-1].after)
    assert whole.substeps == steps
    assert whole.sentence == f"{steps[0].sentence} {steps[1].sentence}"
    assert [gathered(name, (*steps, steps[0]))[0].rule for name in ("known guard", "simplification")] == [
        "known guard",
        "simplification",
    ]
    assert gathered("another rule", steps[:1] * 2)[0].rule == "known guard"
    assert gathered("one", steps[:1]) == steps[:1]
    assert gathered("none", ()) == ()


def said(*rewrites):
    """The sentence of a gathered step whose rewrites have these rules and sentences."""
    expr, _ = line("v[i]")
    (whole,) = gathered("pass", [Step(rule, words, expr, expr, expr, expr, INDICES) for rule, words in rewrites])
    return whole.sentence


def test_sentences_that_differ_in_their_formulas_are_said_once():
    assert said(("a", "`d` leaves `s = t`."), ("a", "`e` leaves `q = o`."), ("a", "`d` leaves `s = t`.")) == (
        "`d` leaves `s = t`; likewise `e`, `q = o`."
    )


def test_the_rule_of_the_pass_speaks_for_it():
    assert said(("pass", "This."), ("other", "That.")) == "This."


def test_more_than_two_sentences_become_the_names_of_the_rules():
    assert said(("a", "One."), ("b", "Two."), ("a", "Three.")) == "In turn: a, b."
