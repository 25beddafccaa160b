"""Python's syntax tree -> expressions: the nodes that the language has, and a refusal of every other.

Index form and matrix form are one language here: every piece of text becomes a ``Value``, an expression with nameless
axes (see ``axes``), of which index form has none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.language import expr as E
from derive.language.axes import Axes, ShapeError, Value
from derive.language.calls import along_at, call
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Expr, Num, Size
from derive.language.integers import FloorDiv, Integer, Mod, element, is_size, size_symbol, symbols_of
from derive.language.integral import MAX_BITS, MAX_DEGREE, as_integer, bits, degree, is_affine, plus, side
from derive.language.lexical import offset_at, source_of, tree_of
from derive.language.scope import CONSTANTS, Scope, counted, meaning_of

MAX_EXPONENT = 64
MAX_NESTING = 80  # of an expression
MAX_DIVISIONS = 8  # of an index expression

_OPERATORS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_SUMS, _PRODUCTS = (ast.Add, ast.Sub), (ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)


@dataclass(frozen=True)
class Elaborator:
    """Reads the nodes of one text; ``bound`` are the indices bound around the node, ``depth`` how deep it lies."""

    text: Fragment
    scope: Scope
    axes: Axes
    bound: frozenset[str] = frozenset()
    depth: int = 0

    def value(self, node: ast.expr) -> Value:
        """An expression with the axes that are left.  Raises LayerError."""
        if self.depth > MAX_NESTING:
            raise self.error(node, f"expression nested too deeply: more than {MAX_NESTING} levels")
        try:
            return self.bounded(node, replace(self, depth=self.depth + 1)._value(node))
        except ShapeError as error:
            raise self.error(node, str(error)) from None

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant():
                return Value(self.number(node))
            case ast.Name():
                return self.name(node)
            case ast.Subscript():
                return self.subscript(node)
            case ast.BinOp(op=ast.Pow()):
                return self.power(node)
            case ast.BinOp():
                return self.chain(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.axes.elementwise(E.neg, self.value(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.value(operand)
            case ast.Attribute(value=value, attr="T"):
                return self.axes.transposed(self.value(value))
            case ast.Call():
                return call(self, node)
            case ast.List():
                return self.bracket(node)
            case ast.Compare():
                raise self.error(node, "a condition stands in square brackets", "as in [t < T]*x[t+1]")
            case ast.Attribute(attr=name):
                raise self.error(node, f"unknown .{name}", "the transpose is written .T")
            case ast.Tuple():
                raise self.error(node, "several expressions where one is expected")
        raise self.error(node, "this has no meaning in the language")

    # names and elements

    def number(self, node: ast.Constant) -> Expr:
        literal = ast.get_source_segment(source_of(self.text), node) or ""
        if not literal[:1].isdecimal() and not literal.startswith("."):
            raise self.error(node, f"{literal or 'this'} has no meaning in the language")
        return E.num(Fraction(literal))

    def name(self, node: ast.Name) -> Value:
        name, scope = node.id, self.scope
        if name in scope.options:
            option = scope.options[name]
            others = {k: v for k, v in scope.options.items() if k != name}
            return replace(self, text=option, scope=replace(scope, options=others)).value(tree_of(option))
        if name in scope.tensors:
            return self.tensor(name)
        if name in scope.sizes:
            return Value(Size(size_symbol(name)))
        if (index := scope.index(name)) is not None:
            self.check_free(node, name)
            return Value(Size(index.symbol))
        if name in CONSTANTS:
            return Value(E.Call(name, ()))
        raise self.error(node, *meaning_of(name, "name", scope))

    def tensor(self, name: str) -> Value:
        tensor = self.scope.tensors[name]

        def read(index: tuple[Integer, ...]) -> Expr:
            if tensor.integer:
                return Size(element(name, index) if index else size_symbol(name))
            return E.Elem(name, index)

        return self.axes.element(read, tensor.axes)

    def subscript(self, node: ast.Subscript) -> Value:
        places = items_of(node.slice)
        if isinstance(node.value, ast.Call) and (read := along_at(self, node.value, places)) is not None:
            return read
        known = None
        if isinstance(node.value, ast.Name) and node.value.id not in self.scope.options:
            known = self.scope.tensors.get(node.value.id)
            if known is None:
                raise self.error(node.value, *meaning_of(node.value.id, "tensor", self.scope))
        value = self.value(node.value)
        if len(places) > len(value.axes):
            raise self.error(node, *too_many(known.name if known else "this", value, len(places)))
        return self.axes.at(value, [self.integer(p) for p in places])

    def integer(self, node: ast.expr) -> Integer:
        """An index expression: affine in the indices, with coefficients in the sizes."""
        value = self.value(node)
        integer = None if value.axes else as_integer(value.expr)
        if integer is None:
            hint = "expected indices, sizes and whole numbers with + - * // %"
            if isinstance(value.expr, E.Elem) and self.scope.tensors[value.expr.name].kind == "input":
                hint = f'an input of whole numbers is declared so: integers = "{value.expr.name}"'
            raise self.error(node, "not an index expression", hint)
        if degree(integer) > MAX_DEGREE:
            raise self.error(node, f"an index expression has degree {MAX_DEGREE} at most")
        if not is_affine(integer):
            hint = "an index is multiplied by sizes and numbers only, as in s*p+d*u-q"
            raise self.error(node, "non-affine index", hint)
        return integer

    def check_free(self, node: ast.expr, name: str) -> None:
        """Refuse an index that neither the left side nor a reduction around it runs over."""
        free = self.scope.free
        if free is not None and name not in free and name not in self.bound:
            hint = f"put it on the left side, or reduce over it: sum(..., {name})"
            raise self.error(node, f"index {name} is neither on the left nor summed over", hint)

    # operators

    def chain(self, node: ast.BinOp) -> Value:
        """Sums and products, however many in a row, from left to right."""
        kinds = _SUMS if isinstance(node.op, _SUMS) else _PRODUCTS
        if not isinstance(node.op, kinds):
            raise self.error(node, "this operator has no meaning in the language")
        steps: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp) and isinstance(first.op, kinds):
            steps.append(first)
            first = first.left
        value = self.value(first)
        for step in reversed(steps):
            right = self.value(step.right)
            try:
                value = self.bounded(step, self.binary(step, value, right))
            except ShapeError as error:
                raise self.error(step.right, str(error)) from None
        return value

    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        match node.op:
            case ast.Add():
                return self.axes.elementwise(plus, left, right)
            case ast.Sub():
                return self.axes.elementwise(lambda a, b: plus(a, E.neg(b)), left, right)
            case ast.Mult():
                return self.axes.elementwise(E.mul, left, right)
            case ast.Div():
                if right.expr == E.ZERO:
                    raise self.error(node.right, "division by zero")
                return self.axes.elementwise(E.divide, left, right)
            case ast.MatMult():
                return self.axes.matmul(left, right)
        return self.division(node, left, right)

    def division(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        """``a // b`` and ``a % b``, of integers."""
        a, b = as_integer(left.expr), as_integer(right.expr)
        if a is None or b is None or left.axes or right.axes:
            raise self.error(node, "// and % are for whole numbers: indices and sizes", "a quotient is written /")
        if (b.is_Integer and b <= 0) or not all(map(is_size, symbols_of(b))):
            raise self.error(node.right, f"cannot divide by {b}", "a divisor is a size or a whole number above 0")
        if max(degree(a), degree(b)) > MAX_DEGREE:
            raise self.error(node, f"an index expression has degree {MAX_DEGREE} at most")
        if len(a.atoms(FloorDiv, Mod)) + len(b.atoms(FloorDiv, Mod)) >= MAX_DIVISIONS:
            raise self.error(node, f"an index expression has {MAX_DIVISIONS} // and % at most")
        return Value(E.size((FloorDiv if isinstance(node.op, ast.FloorDiv) else Mod)(a, b)))

    def power(self, node: ast.BinOp) -> Value:
        base, exponent = self.value(node.left), self.value(node.right)
        if isinstance(exponent.expr, Num):
            number = exponent.expr.value
            if abs(number) > MAX_EXPONENT:
                raise self.error(node.right, f"exponent too large: {MAX_EXPONENT} at most")
            if base.expr == E.ZERO and number < 0:
                raise self.error(node, "division by zero")
            if isinstance(base.expr, Num) and bits(base.expr) * abs(number) > MAX_BITS:
                raise self.error(node, "number too large")
        return self.axes.elementwise(E.power, base, exponent)

    def bracket(self, node: ast.List) -> Value:
        """``[1 <= t <= T, i != j]``: 1 where all of it holds, else 0."""
        operators: list[str] = []
        sides: list[Value] = []
        for condition in node.elts:
            if not isinstance(condition, ast.Compare):
                raise self.error(condition, "square brackets hold a condition", "as in [t < T]")
            if not all(type(op) in _OPERATORS for op in condition.ops):
                raise self.error(condition, "a condition compares by == != < <= > >=")
            values = [self.value(n) for n in (condition.left, *condition.comparators)]
            for k, op in enumerate(condition.ops):
                operators.append(_OPERATORS[type(op)])
                sides += values[k : k + 2]

        def make(*exprs: Expr) -> Expr:
            pairs = zip(operators, exprs[::2], exprs[1::2], strict=True)
            return E.Bracket(tuple(E.Compare(op, side(a), side(b)) for op, a, b in pairs))

        return self.axes.elementwise(make, *sides)

    # errors

    def elements(self, node: ast.expr) -> Iterator[tuple[str, Sequence[ast.expr], ast.expr]]:
        """Every element as written below a node, in reading order: the tensor's name, its places, and its node."""
        nodes = list(ast.walk(node))
        inside = {id(n.value) for n in nodes if isinstance(n, ast.Subscript)}
        found: list[tuple[str, Sequence[ast.expr], ast.expr]] = []
        for n in nodes:
            if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name):
                found.append((n.value.id, items_of(n.slice), n))
            elif isinstance(n, ast.Name) and id(n) not in inside:
                found.append((n.id, (), n))
        return iter(sorted((f for f in found if f[0] in self.scope.tensors), key=lambda f: self.offset(f[2])))

    def left_over(self, node: ast.expr, reason: str) -> LayerError:
        """The error where nameless axes have no place: most often an element lacks an index."""
        for name, places, found in self.elements(node):
            axes = self.scope.tensors[name].axes
            if len(places) < len(axes):
                whole = f"{name}[{','.join(a.name for a in axes)}]"
                message = f"{name} has {counted(len(axes), 'index')}, here it has {len(places) or 'none'}"
                hint = f"write {whole}, or leave the same axes out on the left side"
                return self.error(found, f"{message}: {reason}", hint)
        return self.error(node, reason)

    def error(self, node: ast.AST, message: str, hint: str = "") -> LayerError:
        """An error at the place of a node."""
        return self.text.error(message, self.offset(node), hint)

    def offset(self, node: ast.AST) -> int:
        """Where a node begins in the text; all characters of the language are one byte long."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 1)
        return offset_at(self.text, line, column)

    def bounded(self, node: ast.expr, value: Value) -> Value:
        """The value, unless it is a number too large to compute with."""
        if isinstance(value.expr, Num) and bits(value.expr) > MAX_BITS:
            raise self.error(node, "number too large")
        return value


def items_of(node: ast.expr) -> Sequence[ast.expr]:
    """The indices between square brackets."""
    return node.elts if isinstance(node, ast.Tuple) else [node]


def too_many(name: str, value: Value, count: int) -> tuple[str, str]:
    """Message and hint for an element with more indices than axes."""
    listed = ",".join(a.name.split("~")[0] for a in value.axes)
    hint = (f"write {name}[{listed}]" if listed else f"write {name}") if name != "this" else ""
    return f"{name} has {counted(len(value.axes), 'index')}, here it has {count}", hint
