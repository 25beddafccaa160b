"""Generated code with its products of matrices done by the functions of ``products`` and ``pieces``.

The code keeps its meaning, whatever these functions are: ``a @ b`` becomes ``multiply(a, b)``, ``np.matmul`` too;
``np.einsum`` of two arrays becomes ``contract``; and in a loop ``x[t] += a @ b`` becomes ``add_products``, several that
do not need each other in one call.
"""

from __future__ import annotations

import ast
from itertools import product
from typing import TypeGuard, cast

from derive.forms.numpy_helpers import ADD_PRODUCTS, CONTRACT, MULTIPLY


def with_product_calls(source: str) -> str:
    """The source of a module with such calls."""
    tree = ast.parse(source)
    return ast.unparse(ast.fix_missing_locations(_Calls(_views(tree)).visit(tree)))


def _views(tree: ast.Module) -> dict[str, set[str]]:
    """The names of arrays that an array may be a view of, by its name."""
    views: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and not _is_new(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    views.setdefault(target.id, set()).update(_names(node.value) - {"np"})
    return views


def _is_new(value: ast.expr) -> bool:
    """Whether a value is sure to be an array of its own, or no array."""
    match value:
        case ast.BinOp() | ast.Attribute(attr="shape"):
            return True
        case ast.Call(ast.Attribute(ast.Name("np"), function), arguments):
            return function in ("empty", "zeros", "matmul") or (function == "einsum" and len(arguments) > 2)
    return False


def _names(*nodes: ast.AST) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


class _Calls(ast.NodeTransformer):
    def __init__(self, views: dict[str, set[str]]) -> None:
        self._views = views
        self._counters: set[str] = set()  # the variables of the loops around

    def visit_For(self, node: ast.For) -> ast.AST:
        counters = self._counters
        self._counters = counters | _names(node.target)
        self.generic_visit(node)
        self._counters = counters
        node.body = self._joined(node.body)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        node.body = self._joined(node.body)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.AugAssign(
                ast.Subscript(array, place), ast.Add(), ast.Call(ast.Name(id=called), [left, right], [])
            ):
                if called == MULTIPLY and self._is_fixed(place) and not self._meet(array, left, right):
                    places = place.elts if isinstance(place, ast.Tuple) else [place]
                    view = ast.Tuple([*places, ast.Constant(...)], ast.Load())  # a number alone would be no view
                    term = ast.Tuple([ast.Subscript(array, view, ast.Load()), left, right], ast.Load())
                    return ast.Expr(_call(ADD_PRODUCTS, [term]))
        return node

    def _is_fixed(self, place: ast.expr) -> bool:
        """Whether a subscript is made of counters and numbers, so that it gives a view."""
        allowed = ast.Name | ast.BinOp | ast.Constant | ast.Tuple | ast.operator | ast.expr_context
        return _names(place) <= self._counters and all(isinstance(n, allowed) for n in ast.walk(place))

    def _joined(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The statements, with products that are added one after the other in one call."""
        joined: list[ast.stmt] = []
        for statement in body:
            last = joined[-1] if joined else None
            if _adds(statement) and _adds(last) and self._apart(last.value, statement.value):
                last.value.args += statement.value.args
            else:
                joined.append(statement)
        return joined

    def _apart(self, before: ast.Call, after: ast.Call) -> bool:
        """Whether no term of one call touches what a term of the other sets, but to add to the same."""
        for one, two in product(map(_parts, before.args), map(_parts, after.args)):
            if self._meet(one[0], *two[1:]) or self._meet(two[0], *one[1:]):
                return False
            if self._meet(one[0], two[0]) and _names(one[0]) != _names(two[0]):
                return False
        return True

    def _meet(self, array: ast.expr, *others: ast.expr) -> bool:
        """Whether an array may share memory with what stands in other expressions."""
        return not self._arrays(array).isdisjoint(self._arrays(*others))

    def _arrays(self, *nodes: ast.expr) -> set[str]:
        """The names of arrays in expressions, and of all that they may be views of."""
        names, found = _names(*nodes) - self._counters, set[str]()
        while new := names - found:
            found |= new
            names = set().union(*(self._views.get(n, ()) for n in new))
        return found

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _call(MULTIPLY, [node.left, node.right]) if isinstance(node.op, ast.MatMult) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(ast.Name("np"), "matmul"), [left, right], keywords):
                return _call(MULTIPLY, [left, right], keywords)
            case ast.Call(ast.Attribute(ast.Name("np"), "einsum"), [spec, one, two], _):
                return _call(CONTRACT, [spec, one, two])
        return node


def _parts(term: ast.expr) -> tuple[ast.expr, ast.expr, ast.expr]:
    """The array that a term is added to, and those that are multiplied."""
    out, left, right = cast(ast.Tuple, term).elts
    return cast(ast.Subscript, out).value, left, right


class _Adding(ast.Expr):
    value: ast.Call


def _adds(statement: ast.stmt | None) -> TypeGuard[_Adding]:
    match statement:
        case ast.Expr(ast.Call(ast.Name(id=called))):
            return called == ADD_PRODUCTS
    return False


def _call(name: str, arguments: list[ast.expr], keywords: list[ast.keyword] | None = None) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), arguments, keywords or [])
