"""The evidence refuses a derivation in which any one rule is wrong; and the catalogue uses every rule."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from derive.calculus import cases, chain, closed_form, compact, condense, sweep
from derive.calculus.passes import all_rules
from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.binding import substitute
from derive.language.expr import ONE, ZERO, Add, Expr, Num, mul
from derive.language.load import catalogue, load
from derive.language.load import layer as make_layer
from derive.language.system import System
from derive.steps.record import Derivation, Step
from derive.steps.rule import Rewrite, Rule, Scope

MODULES = (cases, chain, closed_form, compact, condense, sweep)
SETS = ("DIFFERENTIATE", "CONTRACT", "LEFTOVER", "SETTLE", "SIMPLIFY", "ASSUME", "FOLD", "ARRANGE")


def steps_of(derivation: Derivation) -> Iterator[Step]:
    """Every step and sub-step, those of the special cases too."""
    todo = [s for parts in derivation.gradients.values() for g in parts for s in (*g.steps, *_case_steps(g))]
    while todo:
        step = todo.pop()
        yield step
        todo += step.substeps


def _case_steps(gradient) -> list[Step]:
    return [step for case in gradient.cases for step in case.steps]


@cache
def users() -> dict[str, list[str]]:
    """For every rule the layers of the catalogue that use it."""
    found: dict[str, list[str]] = {}
    for name in catalogue():
        for rule in {step.rule for step in steps_of(derive(load(name)))}:
            found.setdefault(rule, []).append(name)
    return found


def corrupted(rule: Rule) -> Rule:
    """The rule with a result that is half as large again, the first time that it is used."""
    used: list[Expr] = []

    def apply(node: Expr, scope: Scope) -> Rewrite | None:
        result = rule.apply(node, scope)
        if result is None:
            return None
        rewrite = result if isinstance(result, Rewrite) else Rewrite(result)
        if used or rewrite.after == node:
            return rewrite
        used.append(node)
        return replace(rewrite, after=ONE if rewrite.after == ZERO else mul(Num(Fraction(3, 2)), rewrite.after))

    return replace(rule, apply=apply)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.name)
def test_every_rule_is_used_by_the_catalogue(rule):
    assert rule.name in users()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.name)
def test_the_evidence_refuses_a_corrupted_rule(rule):
    """In one layer at least: one and a half times a sum that is 0, such as that of deviations, is still right."""
    assert any(refused_with(rule, load(name)) for name in users()[rule.name])


def refused_with(rule: Rule, layer: System) -> bool:
    """Whether the evidence of a layer fails once the rule is corrupted."""
    with pytest.MonkeyPatch.context() as patch:
        wrong = corrupted(rule)
        for module in MODULES:
            for name in SETS:
                if hasattr(module, name):
                    patch.setattr(module, name, tuple(wrong if r is rule else r for r in getattr(module, name)))
        return not evidence(derive(layer)).ok


def test_the_evidence_refuses_a_chain_rule_that_forgets_a_reader(monkeypatch):
    right = chain.readers_of
    monkeypatch.setattr(sweep, "readers_of", lambda system, of, indices: right(system, of, indices)[:1])
    refused = evidence(derive(load("rnn")))
    assert any(getattr(record, "rule", "") == "chain rule" for record, _ in refused.failures)


def test_the_evidence_refuses_a_wrong_insertion(monkeypatch):
    right = compact._inserted
    monkeypatch.setattr(compact, "_inserted", lambda line, *rest: _tripled(line, right(line, *rest)))
    assert not evidence(derive(load("cross_entropy"))).ok


def _tripled(line: Expr, inserted: Expr) -> Expr:
    return line if inserted == line else mul(Num(Fraction(3)), inserted)


def test_the_evidence_refuses_a_closed_form_with_a_wrong_jacobian(monkeypatch):
    derivation = derive(load("rnn"))
    (form,) = derivation.closed_forms
    wrong = replace(derivation, closed_forms=(replace(form, jacobian=mul(Num(Fraction(-1)), form.jacobian)),))
    assert evidence(derivation).ok
    assert not evidence(wrong).ok


RESIDUAL = {
    "title": "Residual stack", "indices": "l=1..L  n:N  i,k:D", "inputs": "x[n,i]", "params": "W[l,i,k]",
    "equations": "h[0,n,i] = x[n,i]\nh[l,n,i] = h[l-1,n,i] + tanh(sum(W[l,i,k]*h[l-1,n,k], k))\ny[n,i] = h[L,n,i]",
    "output": "y",
}  # fmt: skip
MOMENTUM = {
    "title": "Momentum", "indices": "t=1..T  i:I", "inputs": "g[t,i] beta[]",
    "equations": "b[0,i] = 0\nb[t,i] = beta*b[t-1,i] + g[t,i]", "output": "b",
}  # fmt: skip


def test_the_evidence_refuses_a_jacobian_that_lacks_one_of_its_paths():
    derivation = derive(make_layer(**RESIDUAL))
    (form,) = derivation.closed_forms
    assert isinstance(form.jacobian, Add) and evidence(derivation).ok
    for path in form.jacobian.terms:
        wrong = replace(derivation, closed_forms=(replace(form, jacobian=path),))
        assert [record for record, _ in evidence(wrong).failures] == list(wrong.closed_forms)


@pytest.mark.parametrize("system", [make_layer(**MOMENTUM), load("lstm")], ids=["solved", "own path"])
@pytest.mark.parametrize("part", ["factor", "local"])
def test_the_evidence_refuses_a_form_by_entries_with_a_wrong_part(system, part):
    derivation = derive(system)
    (form,) = derivation.entrywise_forms
    assert evidence(derivation).ok
    halved = replace(form, **{part: mul(Num(Fraction(1, 2)), getattr(form, part))})
    wrong = replace(derivation, entrywise_forms=(halved,))
    assert [record for record, _ in evidence(wrong).failures] == [halved]


def test_the_evidence_refuses_a_factor_of_the_wrong_step():
    derivation = derive(load("lstm"))
    (form,) = derivation.entrywise_forms
    early = replace(form, factor=substitute(form.factor, {form.index.symbol: form.index.symbol - 1}))
    assert str(early.factor) == "f[t,n,j]"
    assert not evidence(replace(derivation, entrywise_forms=(early,))).ok
