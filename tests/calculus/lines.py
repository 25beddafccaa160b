"""One line of the rule system, rewritten by some rules."""

from collections.abc import Sequence

from derive.language.expr import Expr
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.steps.rewrite import rewrite
from derive.steps.rule import Rule, scope_of
from tests.calculus.rule_system import rule_system

SYSTEM = rule_system()


def parsed(text: str) -> Expr:
    return parse_expression(text, names_of(SYSTEM, calculus=True))


def rewritten(text: str, rules: Sequence[Rule], free: str = "") -> str:
    """The text that a line becomes, where ``free`` names its free indices."""
    expr = parsed(text)
    indices = tuple(SYSTEM.indices[n] for n in free.split())
    return str(rewrite(expr, rules, scope_of(SYSTEM, indices, expr), indices)[0])
