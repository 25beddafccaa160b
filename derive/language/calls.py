"""Function calls: reductions, functions of an axis, elementwise functions, and the working notation of derivations."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.language import expr as E
from derive.language.axes import Value, hint_of
from derive.language.errors import Fragment, nearest
from derive.language.expr import (
    Index,
)
from derive.language.functions import TABLE, Function
from derive.language.lexical import tree_of
from derive.language.scope import ALONG, CONSTANTS, REDUCTIONS, Scope, counted, meaning_of
from derive.language.system import Tensor
from derive.language.traverse import (
    free_symbols,
    transform,
)

if TYPE_CHECKING:
    from derive.language.elaborate import Elaborator


def call(reader: Elaborator, node: ast.Call) -> Value:
    """The value of ``name(argument, ...)``."""
    if not isinstance(node.func, ast.Name):
        raise reader.error(node.func, "only a named function can be called")
    name = node.func.id.rstrip("_")
    primes = len(node.func.id) - len(name)  # f'(x) is f_(x) to Python's parser
    options = dict(reader.scope.options)
    while name in options:  # the value of an option may be another option's name
        name = options.pop(name).text.strip()
    if not node.args:
        raise reader.error(node, f"{name} has no argument")
    if primes:
        return _derivative(reader, node, name, primes)
    if name in REDUCTIONS:
        return _reduction(reader, node, name)
    if name in ALONG:
        return _along(reader, node, name)
    if name == "outer":
        return reader.axes.outer(*(reader.value(a) for a in _arguments(reader, node, name, 2)))
    if name == "diag":
        return reader.axes.diagonal(reader.value(*_arguments(reader, node, name, 1)))
    if reader.scope.calculus and name == "delta":
        left, right = _arguments(reader, node, name, 2)
        return Value(E.Delta(reader.integer(left), reader.integer(right)))
    if reader.scope.calculus and name == "D":
        return _partial(reader, node)
    return _elementwise(reader, node, name)


def _reduction(reader: Elaborator, node: ast.Call, name: str) -> Value:
    """``sum(body, i, j)`` over named indices, ``sum(body)`` over the axes that are left."""
    named = _indices(reader, node, name)
    value = replace(reader, bound=reader.bound | {i.name for i in named}).value(node.args[0])
    if not named and not value.axes:
        raise reader.error(node, f"{name} over what?", f"name an index, as in {name}(x[n,i], i)")
    twice = [i.name for i in named if i.symbol in free_symbols(value.expr) and i.name in map(hint_of, value.axes)]
    if twice:
        raise reader.left_over(node.args[0], f"axis {twice[0]} is left over, and {name} runs over {twice[0]} by name")
    return reader.axes.reduced(name, value, named)


def _along(reader: Elaborator, node: ast.Call, name: str) -> Value:
    """``softmax(body, o)`` along a named index, which stays free; ``softmax(body)`` along the last axis left."""
    named = _indices(reader, node, name)
    value = replace(reader, bound=reader.bound | {i.name for i in named}).value(node.args[0])
    if not named and not value.axes:
        raise reader.error(node, f"{name} along what?", f"name an index, as in {name}(z[n,o], o)")
    nameless = {hint_of(a) for a in value.axes}
    for argument, index in zip(node.args[1:], named, strict=True):
        if index.name not in nameless:
            reader.check_free(argument, index.name)
    return reader.axes.along(name, value, named)


def along_at(reader: Elaborator, node: ast.Call, places: Sequence[ast.expr]) -> Value | None:
    """``softmax(body, o)[place]``: the index is bound, and the place is read; None where the call is no such one."""
    if not isinstance(node.func, ast.Name) or node.func.id not in ALONG or len(node.args) < 2:
        return None
    over = tuple(_indices(reader, node, node.func.id))
    if len(over) != len(places):
        raise reader.error(node, f"{counted(len(over), 'index')} named and {counted(len(places), 'place')} read")
    body = replace(reader, bound=reader.bound | {i.name for i in over}).value(node.args[0])
    if body.axes:
        raise reader.left_over(node.args[0], "an axis is left over beside the place that is read")
    return Value(E.Along(node.func.id, over, body.expr, tuple(reader.integer(p) for p in places)))


def _indices(reader: Elaborator, node: ast.Call, function: str) -> list[Index]:
    """The indices named after the first argument."""
    found: list[Index] = []
    for argument in node.args[1:]:
        if not isinstance(argument, ast.Name):
            hint = f"as in {function}(x[n,i], i)"
            raise reader.error(argument, f"{function} takes an expression, and then the indices it runs over", hint)
        index = reader.scope.index(argument.id)
        if index is None:
            raise reader.error(argument, f"{argument.id} is not an index", nearest(argument.id, reader.scope.indices))
        if index in found:
            raise reader.error(argument, f"{function} over the index {index.name} twice")
        found.append(index)
    return found


def _elementwise(reader: Elaborator, node: ast.Call, name: str) -> Value:
    """A function of the table, or an abstract one.

    An index after the arguments is accepted and means nothing, so that an option may be ``linear`` or ``softmax``:
    ``g(z[t,n,o], o)``.
    """
    row = None if name in CONSTANTS else TABLE.get(name)
    if row is None and name not in reader.scope.functions:
        raise reader.error(node.func, *meaning_of(name, "function", reader.scope))
    arity = len(row.arguments) if row else 1
    if len(node.args) < arity or not all(_is_index(reader, a) for a in node.args[arity:]):
        raise reader.error(node, f"{name} takes {counted(arity, 'argument')}, here {len(node.args)}")
    return reader.axes.elementwise(lambda *exprs: E.Call(name, exprs), *map(reader.value, node.args[:arity]))


def _derivative(reader: Elaborator, node: ast.Call, name: str, primes: int) -> Value:
    """``f'(x)``: of an abstract function a function of its own, of one in the table what its row says."""
    (argument, *_) = _arguments(reader, node, name + "'" * primes, 1)
    value = reader.value(argument)
    if name in reader.scope.functions:
        return reader.axes.elementwise(lambda x: E.Call(name + "'" * primes, (x,)), value)
    row = TABLE.get(name)
    if row is None or len(row.arguments) != 1 or primes > 1:
        raise reader.error(node, f"no derivative of {name} is known by this name", "write out what it is")
    return reader.axes.elementwise(lambda x: _by_row(reader, row, x), value)


def _by_row(reader: Elaborator, row: Function, x: E.Expr) -> E.Expr:
    """A function's derivative at ``x``, from its row in the table."""
    formula = Fragment.of(row.derivatives[0])
    tensors = {name: Tensor(name, (), "computed") for name in (*row.arguments, "y")}
    derivative = replace(reader, text=formula, scope=Scope(tensors=tensors)).value(tree_of(formula)).expr
    meant = {row.arguments[0]: x, "y": E.Call(row.name, (x,))}
    return transform(derivative, lambda node: meant[node.name] if isinstance(node, E.Elem) else node)


def _is_index(reader: Elaborator, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and reader.scope.index(node.id) is not None


def _partial(reader: Elaborator, node: ast.Call) -> Value:
    """``D(u, v[i])``: the derivative of an expression by an element, not worked out."""
    of, wrt = (reader.value(a) for a in _arguments(reader, node, "D", 2))
    if of.axes or wrt.axes or not isinstance(wrt.expr, E.Elem):
        raise reader.error(node, "D(u, v[i]) takes an expression and an element")
    return Value(E.Partial(of.expr, wrt.expr))


def _arguments(reader: Elaborator, node: ast.Call, name: str, count: int) -> list[ast.expr]:
    if len(node.args) != count:
        raise reader.error(node, f"{name} takes {counted(count, 'argument')}, here {len(node.args)}")
    return node.args
