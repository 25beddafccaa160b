"""Every rule rewrites the left side of its own formula to the right side."""

import pytest

from derive.calculus.match import same
from derive.calculus.passes import PASSES, all_rules
from derive.language.expr import (
    Expr,
    Index,
)
from derive.language.integers import is_size
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.language.traverse import (
    free_symbols,
)
from derive.steps.rewrite import rewrite
from derive.steps.rule import Rule, scope_of
from tests.calculus.rule_system import rule_system

SYSTEM = rule_system()


def sides(rule: Rule) -> tuple[Expr, Expr, tuple[Index, ...]]:
    """The two sides of a rule's formula and the free indices of both."""
    scope = names_of(SYSTEM, calculus=True)
    left, right = (parse_expression(side, scope) for side in rule.formula.split(" = "))
    names = sorted(s.name for s in free_symbols(left) | free_symbols(right) if not is_size(s))
    return left, right, tuple(SYSTEM.indices[n] for n in names)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.name)
def test_the_formula_of_a_rule_is_what_it_does(rule):
    left, right, indices = sides(rule)
    after, steps = rewrite(left, (rule,), scope_of(SYSTEM, indices, left, right), indices)
    assert same(after, right), f"{left} became {after}, not {right}"
    assert steps and all(s.rule == rule.name for s in steps)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.name)
def test_the_sentence_of_a_rule_is_filled(rule):
    left, right, indices = sides(rule)
    _, steps = rewrite(left, (rule,), scope_of(SYSTEM, indices, left, right), indices)
    for step in steps:
        assert "{" not in step.sentence
        assert step.sentence.endswith((".", ".)"))


def test_rule_names_are_unique_and_each_pass_has_rules():
    for rules in PASSES.values():
        assert rules
        assert len({r.name for r in rules}) == len(rules)
    by_name = {}
    for rules in PASSES.values():
        for rule in rules:
            assert by_name.setdefault(rule.name, rule) is rule
