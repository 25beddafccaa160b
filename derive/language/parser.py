"""Text of the language -> expressions: the ways in.

Nothing of a text is ever evaluated: Python's ``ast`` makes a tree of it, and ``elaborate`` turns the few kinds of node
that the language has into expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from derive.language.axes import Axes, ShapeError, Value, settled
from derive.language.elaborate import Elaborator, items_of
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Expr, Index
from derive.language.integers import Integer
from derive.language.lexical import tree_of
from derive.language.scope import ALONG, MATRIX, REDUCTIONS, Scope, scope_of
from derive.language.system import System, Tensor


def parse_expression(text: str | Fragment, scope: Scope) -> Expr:
    """An expression with no nameless axes.  Raises LayerError."""
    return parse_onto(text, scope, ())


def parse_onto(text: str | Fragment, scope: Scope, indices: Sequence[Index]) -> Expr:
    """An expression in index or matrix form, in index form; its nameless axes are run by the last of ``indices``."""
    fragment = as_fragment(text)
    axes = Axes(scope.derived)
    value = Elaborator(fragment, scope, axes).value(tree_of(fragment))
    try:
        expr = axes.onto(value, indices)
    except ShapeError as error:
        raise left_over(fragment, scope, str(error)) from None
    return settled(expr, scope.indices, frozenset(i.name for i in indices) | frozenset(scope.free or ()))


def parse_value(text: str | Fragment, scope: Scope) -> Value:
    """An expression in index or matrix form, with the axes that are left."""
    fragment = as_fragment(text)
    return Elaborator(fragment, scope, Axes(scope.derived)).value(tree_of(fragment))


def terms_of(text: Fragment, scope: Scope) -> Iterator[Value]:
    """The values of the parts that are combined place by place, as far as they can be read in this scope."""
    reader = Elaborator(text, scope, Axes(scope.derived))
    for node in _terms(tree_of(text)):
        with suppress(LayerError):
            yield reader.value(node)


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            yield from _terms(left)
            yield from _terms(right)
        case ast.UnaryOp(operand=operand):
            yield from _terms(operand)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name not in (*REDUCTIONS, *ALONG, *MATRIX):
            for argument in arguments:
                yield from _terms(argument)
        case _:
            yield node


def parse_in(
    system: System,
    text: str | Fragment,
    left_indices: Sequence[Index] = (),
    extra_tensors: Mapping[str, Tensor] | Sequence[Tensor] = (),
    calculus: bool = False,
) -> Expr:
    """An expression over the tensors of a system, and more (its gradients), as index form.

    ``left_indices`` are the free indices of the line; nameless axes are run by the last of them.
    """
    extra = extra_tensors if isinstance(extra_tensors, Mapping) else {t.name: t for t in extra_tensors}
    scope = scope_of(system, extra, calculus)
    free = {i.name for i in left_indices}
    indices = {**scope.indices, **{i.name: i for i in left_indices}}
    return parse_onto(text, replace(scope, indices=indices, free=None if calculus else free), left_indices)


def parse_integer(text: str | Fragment, scope: Scope) -> Integer:
    """An index or size expression: ``s*p + d*u - q``."""
    fragment = as_fragment(text)
    return Elaborator(fragment, scope, Axes(scope.derived)).integer(tree_of(fragment))


def parse_place(text: Fragment, scope: Scope) -> tuple[str, tuple[tuple[Integer, int], ...]]:
    """The left side of an equation: a name, and the places in its brackets, each with its offset in the text.

    The tensor need not be known.
    """
    tree = tree_of(text)
    reader = Elaborator(text, scope, Axes(scope.derived))
    if isinstance(tree, ast.Name):
        return tree.id, ()
    if isinstance(tree, ast.Subscript) and isinstance(tree.value, ast.Name):
        return tree.value.id, tuple((reader.integer(n), reader.offset(n)) for n in items_of(tree.slice))
    raise text.error("the left side of an equation is one element", hint="write it as y[n,o]")


def elements_in(text: Fragment, scope: Scope) -> Iterator[tuple[str, tuple[Integer, ...], int]]:
    """Every element as written, in reading order: the tensor's name, the places given, and its offset in the text."""
    reader = Elaborator(text, replace(scope, free=None), Axes(scope.derived))
    for name, places, node in reader.elements(tree_of(text)):
        yield name, tuple(reader.integer(n) for n in places), reader.offset(node)


def left_over(text: Fragment, scope: Scope, reason: str) -> LayerError:
    """The error where an element lacks an index; at that element."""
    return Elaborator(text, scope, Axes(scope.derived)).left_over(tree_of(text), reason)


def has_matrix_operation(text: Fragment) -> bool:
    """Whether ``@``, ``.T``, ``outer`` or ``diag`` stands in a text."""
    return any(
        isinstance(n, ast.MatMult | ast.Attribute) or (isinstance(n, ast.Name) and n.id in MATRIX)
        for n in ast.walk(tree_of(text))
    )


def as_fragment(text: str | Fragment) -> Fragment:
    return Fragment.of(text) if isinstance(text, str) else text
