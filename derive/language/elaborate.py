"""Python's syntax tree -> expressions: the nodes that the language has, and a refusal of every other.

Index form and matrix form are one language here: every piece of text becomes a ``Value``, an expression with nameless
axes (see ``axes``), of which index form has none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from derive.language import expr as E
from derive.language.axes import Axes, ShapeError, Value
from derive.language.errors import Fragment, LayerError, nearest
from derive.language.expr import Expr, Index, Num, Size
from derive.language.functions import TABLE
from derive.language.integers import FloorDiv, Integer, Mod, element, is_size, linear_in, size_symbol, symbols_of
from derive.language.lexical import offset_at, tree_of
from derive.language.scope import ALONG, REDUCTIONS, Scope

MAX_EXPONENT = 64
MAX_BITS = 256  # of a number's numerator and denominator
MAX_DEGREE = 4  # of an index expression as a polynomial: s*(P-1) has 2
MAX_NESTING = 80  # of an expression

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
        """An expression with the axes that are left."""
        if self.depth > MAX_NESTING:
            raise self.error(node, f"expression nested too deeply: more than {MAX_NESTING} levels")
        inner = replace(self, depth=self.depth + 1)
        try:
            return self._bounded(node, inner._value(node))
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
                return self.call(node)
            case ast.List():
                return self.bracket(node)
            case ast.Compare():
                raise self.error(node, "a condition stands in square brackets", "write [t < T]")
            case ast.Attribute(attr=name):
                raise self.error(node, f"unknown .{name}", "the transpose is written .T")
        raise self.error(node, "this has no meaning in the language")

    # names and elements

    def number(self, node: ast.Constant) -> Expr:
        literal = ast.get_source_segment(f"({self.text.text}\n)", node) or ""
        if not literal[:1].isdecimal() and not literal.startswith("."):
            raise self.error(node, f"{literal or 'this'} has no meaning in the language")
        return E.num(Fraction(literal))

    def name(self, node: ast.Name) -> Value:
        name = node.id
        if name in self.scope.options:
            option = self.scope.options[name]
            scope = replace(self.scope, options={k: v for k, v in self.scope.options.items() if k != name})
            return replace(self, text=option, scope=scope).value(tree_of(option))
        if name in self.scope.tensors:
            return self.tensor(name)
        if name in self.scope.sizes:
            return Value(Size(size_symbol(name)))
        index = self.scope.index(name)
        if index is not None:
            self.check_free(node, name)
            return Value(Size(index.symbol))
        raise self.unknown(node, name, "name")

    def tensor(self, name: str) -> Value:
        tensor = self.scope.tensors[name]
        make: Callable[[tuple[Integer, ...]], Expr] = lambda index: E.Elem(name, index)  # noqa: E731
        if tensor.integer:
            make = lambda index: Size(element(name, index) if index else size_symbol(name))  # noqa: E731
        return self.axes.element(make, tensor.axes)

    def subscript(self, node: ast.Subscript) -> Value:
        places = items_of(node.slice)
        if isinstance(node.value, ast.Name):
            name = node.value.id
            if name not in self.scope.tensors and name not in self.scope.options:
                raise self.unknown(node.value, name, "tensor")
            if name in self.scope.tensors and len(places) > len(self.scope.tensors[name].axes):
                raise self.rank_error(node, name, len(places))
        value = self.value(node.value)
        if len(places) > len(value.axes):
            raise self.error(node, f"{len(places)} indices, but only {len(value.axes)} axes are left here")
        return self.axes.at(value, [self.integer(p) for p in places])

    def rank_error(self, node: ast.expr, name: str, count: int) -> LayerError:
        axes = self.scope.tensors[name].axes
        listed = ",".join(a.name for a in axes)
        return self.error(
            node, f"{name} has {_counted(len(axes))}, here it has {count}", f"write {name}[{listed}]" if axes else f"write {name}"
        )

    def integer(self, node: ast.expr) -> Integer:
        """An index expression: affine in the indices, with coefficients in the sizes."""
        value = self.value(node)
        integer = None if value.axes else as_integer(value.expr)
        if integer is None:
            raise self.error(node, "not an index expression", "indices, sizes and whole numbers with + - * // %")
        if _degree(integer) > MAX_DEGREE:
            raise self.error(node, f"an index expression has degree {MAX_DEGREE} at most")
        if not is_affine(integer):
            raise self.error(node, "non-affine index", "an index may be multiplied by sizes and numbers only, as in s*p+d*u-q")
        return integer

    def check_free(self, node: ast.expr, name: str) -> None:
        free = self.scope.free
        if free is not None and name not in free and name not in self.bound:
            raise self.error(
                node, f"index {name} is neither on the left nor summed over", f"put it on the left, or reduce over it: sum(..., {name})"
            )

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
            try:
                value = self._bounded(step, self.binary(step, value, self.value(step.right)))
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
        if b.is_Integer and b <= 0:
            raise self.error(node.right, f"division by {b}")
        return Value(E.size((FloorDiv if isinstance(node.op, ast.FloorDiv) else Mod)(a, b)))

    def power(self, node: ast.BinOp) -> Value:
        base, exponent = self.value(node.left), self.value(node.right)
        if isinstance(exponent.expr, Num):
            number = exponent.expr.value
            if abs(number) > MAX_EXPONENT:
                raise self.error(node.right, f"exponent too large: {MAX_EXPONENT} at most")
            if base.expr == E.ZERO and number < 0:
                raise self.error(node, "division by zero")
            if isinstance(base.expr, Num) and _bits(base.expr) * abs(number) > MAX_BITS:
                raise self.error(node, "number too large")
        return self.axes.elementwise(E.power, base, exponent)

    def bracket(self, node: ast.List) -> Value:
        """``[1 <= t <= T, i != j]``: 1 where all of it holds, else 0."""
        operators: list[str] = []
        sides: list[Value] = []
        for condition in node.elts:
            if not isinstance(condition, ast.Compare):
                raise self.error(condition, "square brackets hold a condition", "as in [t < T]")
            values = [self.value(n) for n in (condition.left, *condition.comparators)]
            for k, op in enumerate(condition.ops):
                if type(op) not in _OPERATORS:
                    raise self.error(condition, "a condition compares by == != < <= > >=")
                operators.append(_OPERATORS[type(op)])
                sides += values[k : k + 2]

        def make(*exprs: Expr) -> Expr:
            pairs = zip(operators, exprs[::2], exprs[1::2], strict=True)
            return E.Bracket(tuple(E.Compare(op, _side(a), _side(b)) for op, a, b in pairs))

        return self.axes.elementwise(make, *sides)

    # functions

    def call(self, node: ast.Call) -> Value:
        if not isinstance(node.func, ast.Name):
            raise self.error(node.func, "only a named function can be called")
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.error(node, "a function has plain arguments only")
        name = node.func.id
        if name in self.scope.options:
            name = self.scope.options[name].text.strip()
        if not node.args:
            raise self.error(node, f"{name} has no argument")
        if name in REDUCTIONS or name in ALONG:
            return self.reduction(node, name)
        if name == "outer":
            return self.outer(node)
        if self.scope.calculus and name in ("D", "delta"):
            return self.calculus(node, name)
        return self.function(node, name)

    def reduction(self, node: ast.Call, name: str) -> Value:
        named = [self.index(n, name) for n in node.args[1:]]
        names = [i.name for i in named]
        if len(set(names)) < len(names):
            raise self.error(node, f"{name} over the same index twice")
        if name in ALONG:
            inner = replace(self, bound=self.bound | set(names))
            value = inner.value(node.args[0])
            for n, index in zip(node.args[1:], named, strict=True):
                if any(a.name.split("~")[0] == index.name for a in value.axes):
                    continue
                self.check_free(n, index.name)
            if not named and not value.axes:
                raise self.error(node, f"{name} along what?", f"name an index: {name}(z[n,o], o)")
            return self.axes.along(name, value, named)
        value = replace(self, bound=self.bound | set(names)).value(node.args[0])
        if not named and not value.axes:
            raise self.error(node, f"{name} over what?", f"name an index: {name}(x[n,i], i)")
        return self.axes.reduced(name, value, named)

    def index(self, node: ast.expr, function: str) -> Index:
        """An index named as an argument."""
        if not isinstance(node, ast.Name):
            raise self.error(node, f"{function} takes an expression and then the indices it runs over")
        index = self.scope.index(node.id)
        if index is None:
            raise self.error(node, f"{node.id} is not an index", nearest(node.id, self.scope.indices))
        return index

    def outer(self, node: ast.Call) -> Value:
        if len(node.args) != 2:
            raise self.error(node, f"outer takes 2 arguments, here {len(node.args)}")
        return self.axes.outer(self.value(node.args[0]), self.value(node.args[1]))

    def function(self, node: ast.Call, name: str) -> Value:
        row = TABLE.get(name)
        if row is None and name not in self.scope.functions:
            raise self.unknown(node.func, name, "function")
        arguments = list(node.args)
        arity = len(row.arguments) if row else 1
        extra = arguments[arity:]
        if len(arguments) < arity or not all(self.is_index(a) for a in extra):
            raise self.error(node, f"{name} takes {_counted(arity, 'argument')}, here {len(arguments)}")
        return self.axes.elementwise(lambda *exprs: E.Call(name, exprs), *map(self.value, arguments[:arity]))

    def is_index(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and self.scope.index(node.id) is not None

    def calculus(self, node: ast.Call, name: str) -> Value:
        """The working notation of derivations: D(u, v[i]) and delta(i, j)."""
        if len(node.args) != 2:
            raise self.error(node, f"{name} takes 2 arguments, here {len(node.args)}")
        left, right = node.args
        if name == "delta":
            return Value(E.Delta(self.integer(left), self.integer(right)))
        of, wrt = self.value(left), self.value(right)
        if of.axes or wrt.axes or not isinstance(wrt.expr, E.Elem):
            raise self.error(node, "D(u, v[i]) takes an expression and an element")
        return Value(E.Partial(of.expr, wrt.expr))

    # errors

    def error(self, node: ast.expr, message: str, hint: str = "") -> LayerError:
        line = self.text.text.split("\n")[node.lineno - 1] if node.lineno <= self.text.text.count("\n") + 1 else ""
        prefix = ("(" if node.lineno == 1 else "") + line
        column = len(prefix.encode()[: node.col_offset].decode(errors="ignore"))
        return self.text.error(message, offset_at(self.text, node.lineno, column), hint)

    def unknown(self, node: ast.expr, name: str, what: str) -> LayerError:
        scope = self.scope
        known = {
            "tensor": list(scope.tensors),
            "function": [*TABLE, *REDUCTIONS, *ALONG, "outer", *scope.functions, *scope.options],
            "name": [*scope.tensors, *scope.indices, *scope.sizes],
        }[what]
        if what == "name" and (name in TABLE or name in REDUCTIONS or name in ALONG or name in scope.functions):
            return self.error(node, f"{name} is a function; here is a number expected", f"write {name}(...)")
        if what == "tensor" and (name in scope.sizes or name in scope.indices):
            kind = "size" if name in scope.sizes else "index"
            return self.error(node, f"{name} is {'an' if kind == 'index' else 'a'} {kind}, not a tensor")
        return self.error(node, f"unknown {what} {name}", nearest(name, known))

    def _bounded(self, node: ast.expr, value: Value) -> Value:
        match value.expr:
            case Num() as number if _bits(number) > MAX_BITS:
                raise self.error(node, "number too large")
        return value


def items_of(node: ast.expr) -> Sequence[ast.expr]:
    """The indices between square brackets."""
    return node.elts if isinstance(node, ast.Tuple) else [node]


def as_integer(expr: Expr) -> Integer | None:
    """A number that is an integer expression of indices and sizes, or None."""
    match expr:
        case Num(value):
            return sympy.Integer(value.numerator) if value.denominator == 1 else None
        case Size(value):
            return value
        case E.Add(parts) | E.Mul(parts):
            values = [as_integer(p) for p in parts]
            if any(v is None for v in values):
                return None
            return (sympy.Add if isinstance(expr, E.Add) else sympy.Mul)(*values)
        case E.Pow(base, Num(exponent)) if exponent.denominator == 1 and 0 < exponent <= MAX_DEGREE:
            value = as_integer(base)
            return None if value is None else value**exponent.numerator
    return None


def plus(*terms: Expr) -> Expr:
    """A sum; one of integers alone is one integer expression (``t+1``)."""
    if any(isinstance(t, Size) for t in terms) and all(_is_integral(t) for t in terms):
        value = as_integer(E.add(*terms))
        if value is not None:
            return E.size(value)
    return E.add(*terms)


def _is_integral(expr: Expr) -> bool:
    return as_integer(expr) is not None


def is_affine(integer: Integer) -> bool:
    """Whether no index is multiplied by an index; ``//``, ``%`` and integer tensors stand for themselves."""
    atoms = integer.atoms(FloorDiv, Mod, sympy.Indexed)
    plain = integer.xreplace({a: sympy.Dummy(integer=True) for a in atoms if not any(a in b.args for b in atoms)})
    indices = [s for s in symbols_of(plain) if not is_size(s)]
    for symbol in indices:
        parts = linear_in(plain, symbol)
        if parts is None or any(not is_size(s) for s in parts[0].free_symbols):
            return False
    return True


def _side(expr: Expr) -> Expr:
    """A side of a condition; an integer one as a single integer expression."""
    value = as_integer(expr)
    return expr if value is None else E.size(value)


def _degree(integer: Integer) -> int:
    if integer.is_Add:
        return max(map(_degree, integer.args))
    if integer.is_Mul:
        return sum(map(_degree, integer.args))
    if integer.is_Pow:
        return _degree(integer.base) * int(integer.exp)
    return 0 if integer.is_Integer else 1


def _bits(number: Num) -> int:
    return max(number.value.numerator.bit_length(), number.value.denominator.bit_length())


def _counted(count: int, what: str = "index") -> str:
    plural = {"index": "indices"}.get(what, f"{what}s")
    return f"{count or 'no'} {what if count == 1 else plural}"
