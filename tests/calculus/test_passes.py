"""The passes and their order."""

from derive.calculus.contract import CONTRACT
from derive.calculus.passes import PASSES, all_rules


def test_the_passes_in_the_order_of_a_derivation():
    assert list(PASSES) == [
        "local derivative",
        "delta contraction",
        "remaining delta",
        "simplification",
        "assumption",
        "factor of a named product",
        "arrangement",
    ]
    assert PASSES["delta contraction"] is CONTRACT


def test_all_rules_lists_each_once():
    names = [r.name for r in all_rules()]
    assert len(names) == len(set(names))
    assert {r.name for rules in PASSES.values() for r in rules} == set(names)
