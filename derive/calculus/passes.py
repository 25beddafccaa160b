"""The passes of a derivation and their rules, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derive.calculus.condense import ARRANGE, FOLD
from derive.calculus.contract import CONTRACT, LEFTOVER
from derive.calculus.differentiate import DIFFERENTIATE
from derive.calculus.simplify import ASSUME, SIMPLIFY
from derive.steps.rule import Rule

PASSES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "local derivative": DIFFERENTIATE,
        "delta contraction": CONTRACT,
        "remaining delta": LEFTOVER,
        "simplification": SIMPLIFY,
        "assumption": ASSUME,
        "factor of a named product": FOLD,
        "arrangement": ARRANGE,
    }
)


def all_rules() -> tuple[Rule, ...]:
    """Every rule once, in the order of the passes."""
    return tuple({r.name: r for rules in PASSES.values() for r in rules}.values())
