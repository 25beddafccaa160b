"""Prose with formulas in the language between backquotes, as running text; what does not parse stays code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from derive.forms.matrix import Reading, matrix_form
from derive.forms.matrix_tree import Tensor as MatrixTensor
from derive.language.errors import Fragment, LayerError
from derive.language.expr import (
    Call,
    Elem,
    Expr,
    Index,
)
from derive.language.integers import Integer
from derive.language.parser import has_matrix_operation, parse_expression, parse_integer, parse_onto
from derive.language.scope import Scope, scope_of
from derive.language.system import LOSS, System
from derive.language.traverse import (
    transform,
)
from derive.rendering import formula as F
from derive.rendering.document import Code, Inline, Inlines, Math, Text
from derive.rendering.operators import Style
from derive.rendering.typeset import derivative, typeset
from derive.rendering.typeset_matrix import matrix_formula, tensor

_SPACE = re.compile(r"\s+")
_RELATION = re.compile(r"\s(=)\s")
_ELEMENT = re.compile(r"(\w+)\[([^\[\]]*)\]")
_PRIMES = re.compile(r"([A-Za-z]\w*)('+)(?=\()")
_STAND_IN = "_derivative_"  # f'(x) is read as f_derivative_1(x): the parser knows no primes


@dataclass(frozen=True)
class Reader:
    """What the names in prose mean, and how formulas are set."""

    system: System
    scope: Scope
    style: Style

    def inlines(self, prose: str) -> Inlines:
        """Running text, with what stands between backquotes as formulas."""
        out: list[Inline] = []
        for k, piece in enumerate(prose.split("`")):
            if piece:
                out.append(Text(_SPACE.sub(" ", piece)) if k % 2 == 0 else self.formula(piece))
        return tuple(out)

    def formula(self, source: str) -> Inline:
        """A formula of the language, or the source as code where it is none."""
        sides = _RELATION.split(source)[::2]
        try:
            parts = self._in_matrix_form(*sides) if len(sides) == 2 else ()
            return Math(F.joined(parts or tuple(self._side(side) for side in sides), F.EQUALS))
        except LayerError:
            return Code(source)

    def condition(self, source: str) -> Inline:
        """A condition written in brackets, without them."""
        read = self.formula(source)
        if isinstance(read, Math) and isinstance(read.formula, F.Fenced):
            return Math(read.formula.body)
        return read

    def _side(self, source: str) -> F.Formula:
        name = source.strip()
        if name == LOSS or name in self.scope.tensors:
            return self._name(name)
        if part := self._part(name):
            return part
        functions = {f"{f}{_STAND_IN}{n}" for f in self.scope.functions for n in (1, 2)}
        scope = replace(self.scope, functions=frozenset(self.scope.functions) | functions)
        readable = _PRIMES.sub(lambda m: f"{m[1]}{_STAND_IN}{len(m[2])}", source)
        return typeset(transform(parse_expression(readable, scope), _with_primes), self.style)

    def _part(self, source: str) -> F.Formula | None:
        """A tensor with fewer indices than axes, ``h[t-1]``: the vector or matrix of the axes that are left."""
        place = self._place(source)
        if place is None or place[1] == len(place[0].index):
            return None
        element, given = place
        axes = self.scope.tensors[element.name].axes[given:]
        silent = self._sample & set(element.index[:given]) if len(axes) == 1 else frozenset()
        return tensor(MatrixTensor(element.name, element.index[:given], axes, silent=silent), self.style)

    def _in_matrix_form(self, left: str, right: str) -> tuple[F.Formula, ...]:
        """Both sides of ``h[1,n] = W @ x[1,n]``, for one sample as textbooks print it; nothing where it is no such."""
        place = self._place(left)
        if place is None or not has_matrix_operation(Fragment.of(right)):
            return ()
        element, _ = place
        free = tuple(i for i in self.scope.indices.values() if i.symbol in element.index)
        found = matrix_form(self.system, element, parse_onto(right, self.scope, free), free).per_sample_reading
        if not isinstance(found, Reading):
            return ()
        return tuple(matrix_formula(m, self.style) for m in (found.left, found.right))

    def _place(self, source: str) -> tuple[Elem, int] | None:
        """The element that ``h[t-1]`` is part of, and how many of its indices are given."""
        match = _ELEMENT.fullmatch(source.strip())
        known = self.scope.tensors.get(match[1]) if match else None
        if match is None or known is None:
            return None
        given = [parse_integer(p, self.scope) for p in match[2].split(",")]
        return Elem(known.name, (*given, *(a.symbol for a in known.axes[len(given) :]))), len(given)

    @cached_property
    def _sample(self) -> frozenset[Integer]:
        """The index that counts samples, which matrix forms for one sample leave out."""
        forms = (matrix_form(self.system, e.left, e.right, e.indices) for e in self.system.equations)
        return frozenset(next(({f.batch.symbol} for f in forms if f.batch is not None), ()))

    def _name(self, name: str) -> F.Formula:
        """A tensor as a whole, without its indices."""
        notation = self.style.notation
        if name in notation.gradients:
            return derivative(notation.tensor(LOSS), notation.tensor(notation.gradients[name]))
        return notation.tensor(name)


def _with_primes(node: Expr) -> Expr:
    if isinstance(node, Call) and _STAND_IN in node.function:
        name, _, count = node.function.partition(_STAND_IN)
        return Call(name + "'" * int(count), node.arguments)
    return node


def reader(system: System, style: Style, indices: Iterable[Index] = ()) -> Reader:
    """A reader of prose about a system, forward or backward; ``indices`` are more that prose may name."""
    scope = scope_of(system, calculus=True)
    known = {i.name: i for i in indices} | dict(scope.indices)
    return Reader(system, replace(scope, indices=known), style)
