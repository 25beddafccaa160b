"""The one rewriting driver: applies the first rule of a set that matches, and records what it did.

Nodes are visited from the root down, left to right.  The record is made here and nowhere else, so that no rule can
change a formula without leaving a step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.language.expr import Along, Bracket, Expr, Index, Mul, Reduce
from derive.steps.record import Step
from derive.steps.rule import Rule, Scope

_LIMIT = 2000  # rewrites of one line; a set of rules that does not come to an end is a bug


def rewrite(
    expr: Expr, rules: Sequence[Rule], scope: Scope, indices: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """Rewrite until no rule matches.  Returns the result and one step a rewrite."""
    steps: list[Step] = []
    for _ in range(_LIMIT):
        step = _first(expr, rules, scope, indices)
        if step is None:
            return expr, tuple(steps)
        steps.append(step)
        expr = step.after
    raise RuntimeError(f"the rules do not come to an end on {expr}")


def _first(root: Expr, rules: Sequence[Rule], scope: Scope, indices: tuple[Index, ...]) -> Step | None:
    """The first rewrite, with the whole line before and after it."""
    found = _search(root, rules, scope)
    if found is None:
        return None
    after, rule, sentence, changed, into = found
    return Step(rule.name, sentence, root, after, changed, into, indices)


def _search(node: Expr, rules: Sequence[Rule], scope: Scope) -> tuple[Expr, Rule, str, Expr, Expr] | None:
    for rule in rules:
        result = rule.rewrite(node, scope)
        if result is not None and result[0] != node:
            after, sentence = result
            return after, rule, sentence, node, after
    for position, child in enumerate(node.children):
        found = _search(child, rules, scope_of_child(node, position, scope))
        if found is not None:
            after, rule, sentence, changed, into = found
            children = (*node.children[:position], after, *node.children[position + 1 :])
            return node.rebuilt(children), rule, sentence, changed, into
    return None


def scope_of_child(node: Expr, position: int, scope: Scope) -> Scope:
    """The scope of a child: bound indices come into scope, and the brackets beside a factor guard it."""
    if isinstance(node, Reduce | Along):
        return scope.within(node.over)
    if isinstance(node, Mul):
        for k, factor in enumerate(node.factors):
            if k != position and isinstance(factor, Bracket) and not isinstance(node.factors[position], Bracket):
                scope = scope.given(factor)
    return scope


def gathered(name: str, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The rewrites of one pass as one line of the derivation, with the single rewrites as its sub-steps.

    The rule after which the pass is named speaks for all, where it was used; elsewhere the line has the name of the
    one rule that was used, or is a simplification.  Where more than two things would have
    to be said, the rules are named instead: the sub-steps say the rest.
    """
    if not steps:
        return ()
    if len(steps) == 1:
        return (steps[0],)
    first, last = steps[0], steps[-1]
    rules = tuple(dict.fromkeys(s.rule for s in steps))
    title = name if name in rules else rules[0] if len(rules) == 1 else "simplification"
    speaking = [s for s in steps if s.rule == name] or steps
    said = _together([s.sentence for s in speaking])
    sentence = " ".join(said) if len(said) < 3 else f"In turn: {', '.join(rules)}."
    return (Step(title, sentence, first.before, last.after, first.before, last.after, first.indices, tuple(steps)),)


_FORMULA = re.compile(r"`[^`]*`")


def _together(sentences: Sequence[str]) -> list[str]:
    """The sentences, each once; those that differ in their formulas alone as one: "...; likewise `q = o`".

    Where a sentence has more than three formulas, the first of its kind speaks for all.
    """
    groups: dict[str, dict[str, str]] = {}
    for sentence in sentences:
        formulas = ", ".join(_FORMULA.findall(sentence))
        groups.setdefault(_FORMULA.sub("``", sentence), {}).setdefault(formulas, sentence)
    said = []
    for group in groups.values():
        first, *others = group
        short = first.count("`") <= 6
        likewise = f"{group[first].removesuffix('.')}; likewise {'; '.join(others)}."
        said.append(likewise if others and short else group[first])
    return said
