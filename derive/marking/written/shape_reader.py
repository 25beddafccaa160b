"""Reads expressions as the language does, and says in shapes what does not fit in a matrix product."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derive.language.axes import ShapeError, Value, hint_of
from derive.language.binding import fresh_name
from derive.language.elaborate import Elaborator
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Index
from derive.language.integers import Integer
from derive.language.lexical import source_of, tree_of
from derive.language.text import integer_text

_SHORT = 50  # characters of a right side that a hint repeats


@dataclass(frozen=True)
class ShapeReader(Elaborator):
    """An Elaborator whose errors at ``@`` and at sums name shapes, and the transpose that would fit.

    With ``columns`` vectors are columns, as in textbooks: ``u @ v.T`` is their outer product.
    """

    columns: bool = False

    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        turned = _is_transpose(node.right) and len(left.axes) == len(right.axes) == 1
        if turned and self.columns and isinstance(node.op, ast.MatMult):
            return self.axes.outer(left, right)
        if turned and isinstance(node.op, ast.Mult):
            hint = f"an outer product is written outer({self._named(node.left)}, {self._named(node.right)})"
            raise self.error(node.right, "the transpose of a vector is the same vector", hint.replace(".T", ""))
        try:
            return super().binary(node, left, right)
        except ShapeError:
            raise self.error(node.right, *self._in_shapes(node, left, right)) from None

    def check_free(self, node: ast.expr, name: str) -> None:
        free = self.scope.free
        if free is not None and name not in free and name not in self.bound:
            message = f"index {name} is free: it is neither on the left nor summed over"
            raise self.error(node, message, f"sum over {name}? {_summed(self.text, name)}; or name it on the left")

    def integer(self, node: ast.expr) -> Integer:
        try:
            return super().integer(node)
        except LayerError as error:
            if error.hint and any(isinstance(inner, ast.Div) for inner in ast.walk(node)):
                hint = "a quotient of whole numbers is written //, beside its condition, as in [(i+q) % s == 0]"
                raise self.error(node, error.message, hint) from None
            raise

    def _in_shapes(self, node: ast.BinOp, left: Value, right: Value) -> tuple[str, str]:
        """Message and hint where two values do not fit."""
        one, other = self._named(node.left), self._named(node.right)
        shapes = f"{one} has shape {shape_text(left.axes)}, {other} has shape {shape_text(right.axes)}"
        if not isinstance(node.op, ast.MatMult):
            return f"these do not fit entry by entry: {shapes}", ""
        if not left.axes or not right.axes:
            return f"{shapes}: @ needs an axis on each side", ""
        fitting = [meant for meant, a, b in self._transposed(one, other, left, right) if self._fit(a, b)]
        hint = f"did you mean {fitting[0]}?" if fitting else self._by_sample(node, left, right)
        if self.axes.same_extent(left.axes[-1], right.axes[max(len(right.axes) - 2, 0)]):
            return f"{shapes}: the axes before the last two do not fit", hint
        return f"{shapes}: @ sums the last axis of one against the last but one of the other", hint

    def _by_sample(self, node: ast.BinOp, left: Value, right: Value) -> str:
        """What to write where ``.T`` turned an axis of samples around too."""
        for side, value in ((node.left, left), (node.right, right)):
            if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name) and len(value.axes) > 2:
                sample, name = hint_of(value.axes[-1]), side.value.id
                return f".T turns all axes around: say it for each {sample}, with {name}[{sample}].T"
        return ""

    def _transposed(self, one: str, other: str, left: Value, right: Value) -> Iterable[tuple[str, Value, Value]]:
        turned = self.axes.transposed
        if other.endswith(".T"):  # one transpose too many is likelier than one too few
            yield f"{one} @ {_turned(other)}", left, turned(right)
        yield f"{_turned(one)} @ {other}", turned(left), right
        yield f"{other} @ {_turned(one)}", right, turned(left)
        yield f"{other} @ {one}", right, left
        yield f"{one} @ {_turned(other)}", left, turned(right)

    def _fit(self, left: Value, right: Value) -> bool:
        try:
            self.axes.matmul(left, right)
        except ShapeError:
            return False
        return True

    def _named(self, node: ast.expr) -> str:
        """What a side of an operation is called: its own text where that is short."""
        written = (ast.get_source_segment(source_of(self.text), node) or "") if _is_short(node) else ""
        return written or ("the left side" if self.offset(node) == 0 else "what stands here")


def _summed(text: Fragment, name: str) -> str:
    """A right side summed over one index more; cut short where it is long, or a sum of terms."""
    tree = tree_of(text)
    if len(text.text) < _SHORT and isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "sum":
        return f"{text.text[:-1]}, {name})"
    terms = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub)
    return f"sum({text.text if len(text.text) < _SHORT and not terms else '...'}, {name})"


def _turned(name: str) -> str:
    """The transpose, as written."""
    return name.removesuffix(".T") if name.endswith(".T") else f"{name}.T"


def _is_transpose(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


def _is_short(node: ast.expr) -> bool:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def shape_text(axes: Iterable[Index]) -> str:
    """A shape by its sizes: ``(N, H)``; ``(N,)`` of one axis."""
    sizes = [integer_text(axis.extent) for axis in axes]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def named_axes(axes: Sequence[Index], taken: Iterable[str]) -> tuple[Index, ...]:
    """Indices for nameless axes: by the names they remember, made distinct from one another and from ``taken``."""
    used = set(taken)
    out = []
    for axis in axes:
        name = fresh_name(hint_of(axis), used)
        used.add(name)
        out.append(axis.renamed(name))
    return tuple(out)
