"""The formula of a rule, which stands for itself: its letters are those of no layer."""

from __future__ import annotations

import re

import sympy

from derive.language.errors import LayerError
from derive.language.expr import Index
from derive.language.integers import size_symbol
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import LOSS, Tensor
from derive.rendering import formula as F
from derive.rendering.document import Code, Inlines, Math
from derive.rendering.notation import Notation
from derive.rendering.operators import Style
from derive.rendering.typeset import typeset

_ELEMENT = re.compile(r"\b([A-Za-z]\w*)\[([^\[\]]*)\]")
_NAME = re.compile(r"[A-Za-z]\w*")


def rule_formula(source: str) -> Inlines:
    """``left = right`` as a formula; as code where it cannot be read."""
    left, _, right = source.partition(" = ")
    try:
        scope = _scope(source)
        style = Style(_notation(scope))
        sides = tuple(typeset(parse_expression(side, scope), style) for side in (left, right))
    except LayerError:
        return (Code(source),)
    return (Math(F.joined(sides, F.EQUALS)),)


def _scope(source: str) -> Scope:
    """What the names of a formula mean, read off the formula: w[i,k] has two axes, small letters are indices."""
    places = {m[1]: m[2] for m in _ELEMENT.finditer(source)}
    names = set(_NAME.findall(source))
    letters = {n for n in names if len(n) == 1 and n.islower() and n not in places}
    sizes = {n for n in names if len(n) == 1 and n.isupper() and n not in places}
    indices = {n: Index(n, sympy.Integer(1), size_symbol("N")) for n in letters}
    tensors = {}
    for name, place in places.items():
        axes = tuple(Index(f"{name}{k}", sympy.Integer(1), size_symbol("N")) for k, _ in enumerate(place.split(",")))
        tensors[name] = Tensor(name, axes, "input")
    return Scope(indices, sizes, tensors, calculus=True)


def _notation(scope: Scope) -> Notation:
    gradients = {n: n[1:] for n in scope.tensors if len(n) == 2 and n[0] == "d"}
    ranges = {i.name: (i.low, i.high) for i in scope.indices.values()}
    matrices = frozenset(t.name for t in scope.tensors.values() if len(t.axes) == 2)
    loss = {LOSS: F.Name(LOSS, "L", style="script")}
    return Notation(loss, gradients, {}, matrices, ranges, frozenset(scope.indices))
