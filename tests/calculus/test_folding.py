"""What the rules of folding leave alone; what they do is tested with the formula of each."""

import pytest

from derive.calculus.folding import common_denominator, deviations, named_factor, named_power, sum_last
from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.steps.rule import scope_of
from tests.calculus.rule_system import rule_system

SYSTEM = rule_system()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (named_power, "(v[i]**2 + 1)**(-1/3)"),  # no whole power of r
        (named_power, "(v[i]**2 + 2)**(-1/2)"),  # not what r is the root of
        (deviations, "sum(x[k] + m, k)"),
        (deviations, "sum(x[k] - 2*m, k)"),
        (deviations, "sum(w[k] - m, k)"),  # m is the mean of x
        (named_factor, "x[i] + m"),
        (named_factor, "v[i]*y[i]"),
        (common_denominator, "u[i]/v[i] + x[i]"),  # as many without a denominator as with
        (common_denominator, "u[i]/v[i] + x[i]/v[i]"),  # a common factor
        (sum_last, "v[i]*sum(x[k], k)"),
    ],
)
def test_a_rule_leaves_alone_what_only_looks_alike(rule, text):
    node = parse_expression(text, names_of(SYSTEM, calculus=True))
    assert rule.rewrite(node, scope_of(SYSTEM, (SYSTEM.indices["i"],), node)) is None


def test_a_factor_that_may_be_zero_is_not_divided_by():
    """``out = v*y*x*q + …`` is no product, and ``u`` would have to be divided by ``w``, which may be 0."""
    node = parse_expression("tanh(u[i])", names_of(SYSTEM))
    assert named_factor.rewrite(node, scope_of(SYSTEM, (SYSTEM.indices["i"],), node)) is None


ONE = {"equations": "y = sum(w[i], i)/(2 + sum(w[i], i)**2)", "params": "w[i]", "loss": "y**3"}
TWO = {
    "equations": "y = sum(w[i], i)/(2 + sum(u[i], i)**2)\nz = sum(u[i], i)/(2 + sum(w[i], i)**2)",
    "params": "w[i] u[i]", "loss": "y**3 + z**3",
}  # fmt: skip


@pytest.mark.parametrize("fields", [ONE, TWO], ids=["the others hold the factor", "two hold each other's factors"])
def test_a_factor_that_would_come_back_is_left_alone(fields):
    assert evidence(derive(layer(indices="i:I", **fields))).ok


def test_of_equal_terms_one_alone_goes_with_the_mean():
    node = parse_expression("sum(x[k] + x[k] - m, k)", names_of(SYSTEM))
    after, _ = deviations.rewrite(node, scope_of(SYSTEM, (), node))
    assert str(after) == "sum(x[k], k)"


def test_a_term_divided_twice_stays_divided_once():
    node = parse_expression("x[i] - u[i]/v[i]/v[i] - w[i]/v[i]", names_of(SYSTEM))
    after, _ = common_denominator.rewrite(node, scope_of(SYSTEM, (SYSTEM.indices["i"],), node))
    assert str(after) == "1/v[i]*(v[i]*x[i] - u[i]/v[i] - w[i])"
