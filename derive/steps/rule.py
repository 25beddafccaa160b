"""What a rule is: a name, a formula that is also its test, a sentence for people, and the rewriting itself.

Each rule is declared once, by the decorator ``rule`` on the function that rewrites one node, and stands in one of the
visible, ordered sets of its pass.  The formula is an instance of the rule in the language; a test rewrites its left
side, expects its right side, and compares the two by value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derive.language.binding import (
    fresh_name,
)
from derive.language.expr import (
    Bracket,
    Expr,
    Index,
)
from derive.language.integers import Integer
from derive.language.ranges import Facts, facts_of
from derive.language.system import System
from derive.language.traverse import (
    all_index_names,
)


@dataclass(frozen=True)
class Scope:
    """Where a node stands: the system, what is known of the integers there, the index names in use.

    ``held`` are indices over which no delta is contracted for now (those of the reader, in a local derivative).
    """

    system: System
    facts: Facts
    taken: frozenset[str]
    held: frozenset[Integer] = frozenset()

    def within(self, indices: tuple[Index, ...]) -> Scope:
        return replace(self, facts=self.facts.within(indices), taken=self.taken | {i.name for i in indices})

    def given(self, bracket: Bracket) -> Scope:
        return replace(self, facts=self.facts.given(bracket))


def scope_of(system: System, indices: tuple[Index, ...], *exprs: Expr) -> Scope:
    """The scope of a line that holds for ``indices``."""
    taken = frozenset(i.name for i in indices).union(*(all_index_names(e) for e in exprs))
    return Scope(system, facts_of(system, indices), taken)


@dataclass(frozen=True)
class Rewrite:
    """What a node becomes, and what the sentence says of it (formulas in the language)."""

    after: Expr
    says: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule: ``formula`` reads ``left = right``; ``apply`` gives what a node becomes, None where it does not match."""

    name: str
    formula: str
    sentence: str
    apply: Callable[[Expr, Scope], Rewrite | Expr | None]

    def rewrite(self, node: Expr, scope: Scope) -> tuple[Expr, str] | None:
        """The node rewritten and the sentence about it, or None where the rule does not match."""
        result = self.apply(node, scope)
        if result is None:
            return None
        rewrite = result if isinstance(result, Rewrite) else Rewrite(result)
        return rewrite.after, self.sentence.format(**rewrite.says)


def rule(name: str, formula: str, sentence: str) -> Callable[[Callable[[Expr, Scope], Rewrite | Expr | None]], Rule]:
    """Declare the rule that the decorated function carries out on one node."""
    return lambda apply: Rule(name, formula, sentence, apply)


# Second letters for an index whose range has no other name in the layer: what one would write on a blackboard.
_SECOND_LETTERS = {"t": "s r", "n": "m", "i": "k l", "j": "l m", "k": "l m", "o": "q r", "p": "q r", "s": "r", "c": "b"}


def fresh_index(index: Index, system: System, taken: frozenset[str]) -> Index:
    """The index under a name not in use: another declared name of its range, a customary letter, or a number."""
    if index.name not in taken:
        return index
    for sibling in system.siblings(index):
        if sibling.name not in taken:
            return index.renamed(sibling.name)
    used = taken | set(system.indices) | set(system.sizes) | set(system.derived) | set(system.tensors)
    for letter in _SECOND_LETTERS.get(index.name, "").split():
        if letter not in used:
            return index.renamed(letter)
    return index.renamed(fresh_name(index.name, used))
