"""Equations as loops over single elements: what does not change in a loop is computed before it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from derive.forms.fused.functions import LARGER
from derive.forms.numpy_lower import numeral, signed
from derive.forms.numpy_text import Level, Names, Piece, join_power, join_sum
from derive.language.expr import (
    Add,
    Bracket,
    Call,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Mul,
    Num,
    Pow,
    Reduce,
    Size,
    mul,
    power,
)
from derive.language.integers import Integer
from derive.language.traverse import conditions_of, free_symbols, walk

SET, ADD = "{0} = {1}", "{0} += {1}"

Run = tuple[Index, ...]  # indices that one loop runs over: the axes of all arrays in it lie side by side


class Leaves(Protocol):
    """Source of what loops are made of."""

    @property
    def names(self) -> Names:
        """The names in use, to which those of intermediate values are added."""

    def element(self, element: Elem, runs: Sequence[Run]) -> str:
        """An element of a tensor, inside of loops over runs."""

    def integer(self, value: Integer) -> Piece:
        """An index or size expression."""

    def variable(self, run: Run) -> str:
        """The loop variable of a run; it counts from 0."""

    def is_whole(self, element: Elem) -> bool:
        """Whether the element goes through its tensor from the first place to the last."""

    def within(self, over: Sequence[Index]) -> Leaves:
        """With more indices in scope."""


def nest(loops: Sequence[Index], target: Elem | str, line: str, expr: Expr, leaves: Leaves) -> list[str]:
    """Loops, outermost first, around a line of a target ``{0}`` and an expression ``{1}``, such as SET or ADD."""
    set_ = (target,) if isinstance(target, Elem) else ()
    runs = _side_by_side(loops, (*set_, expr), leaves)
    writing = _Nest(runs, leaves)
    value = writing.piece(expr, len(runs)).text
    left = leaves.element(target, runs) if isinstance(target, Elem) else target
    lines = [*writing.before[-1], line.format(left, value)]
    for run, before in zip(reversed(runs), reversed(writing.before[:-1]), strict=True):
        extent = " * ".join(leaves.integer(i.extent).at(Level.UNARY) for i in run)
        lines = [*before, f"for {leaves.variable(run)} in range({extent}):", *(f"    {line}" for line in lines)]
    return lines


def _side_by_side(loops: Sequence[Index], parts: Sequence[Expr], leaves: Leaves) -> list[Run]:
    """The loops, those in one that go through every array in it without a gap: such a loop is long."""
    runs: list[Run] = [(i,) for i in loops]
    for k in range(len(loops) - 1, 0, -1):
        joined = runs[k - 1] + runs[k]
        if all(_runs_through(n, joined, leaves) for part in parts for n in walk(part)):
            runs[k - 1 : k + 1] = [joined]
    return runs


def _runs_through(node: Expr, run: Run, leaves: Leaves) -> bool:
    symbols = tuple(i.symbol for i in run)
    if not free_symbols(node).intersection(symbols):
        return True
    if isinstance(node, Elem):
        at = node.index.index(symbols[0]) if symbols[0] in node.index else 0
        return node.index[at : at + len(run)] == symbols and leaves.is_whole(node)
    return not isinstance(node, Size | Delta | Reduce)


class _Nest:
    """One nest of loops: ``before[k]`` are the lines inside of k loops, in front of the next."""

    def __init__(self, runs: Sequence[Run], leaves: Leaves) -> None:
        self.before: list[list[str]] = [[] for _ in range(len(runs) + 1)]
        self._depths = {index.symbol: k + 1 for k, run in enumerate(runs) for index in run}
        self._runs = runs
        self._leaves = leaves

    def piece(self, expr: Expr, depth: int) -> Piece:
        """Source of an expression inside of ``depth`` loops; what needs fewer is a variable, set further out."""
        own = self._depth(expr)
        if own < depth and not isinstance(expr, Num | Size):
            return self._variable(self.piece(expr, own), own)
        match expr:
            case Num(value):
                return numeral(value)
            case Size(value):
                return self._leaves.integer(value)
            case Elem():
                return Piece(self._leaves.element(expr, self._runs))
            case Add(terms):
                pairs = ((negative, self.piece(term, depth)) for negative, term in map(signed, terms))
                return join_sum(pairs)
            case Mul():
                return self._product(expr, depth)
            case Pow(base, Num(value)):
                return self._power(base, value, depth)
            case Call(function, arguments):
                return Piece(f"{function}({', '.join(self.piece(a, depth).text for a in arguments)})")
            case Reduce():
                return self._reduction(expr, depth)
            case Bracket() | Delta():
                return Piece(f"1.0 if {self._test(conditions_of(expr), depth)} else 0.0", Level.CONDITIONAL)
        raise TypeError(f"no loop for {type(expr).__name__}")

    def _depth(self, expr: Expr) -> int:
        """How many loops must be open for an expression."""
        return max((self._depths.get(s, 0) for s in free_symbols(expr)), default=0)

    def _variable(self, piece: Piece, depth: int) -> Piece:
        if piece.level == Level.ATOM and piece.text.isidentifier():
            return piece
        name = self._leaves.names.new("value")
        self.before[depth].append(f"{name} = {piece.text}")
        return Piece(name)

    def _product(self, expr: Mul, depth: int) -> Piece:
        conditions = [c for f in expr.factors for c in conditions_of(f)]
        value = self._quotient([f for f in expr.factors if not conditions_of(f)], depth)
        if not conditions:
            return value
        return Piece(f"{value.at(Level.COMPARE)} if {self._test(conditions, depth)} else 0.0", Level.CONDITIONAL)

    def _quotient(self, factors: Sequence[Expr], depth: int) -> Piece:
        """A product; those factors that need fewer loops are one variable."""
        early = [f for f in factors if self._depth(f) < depth]
        late = [f for f in factors if f not in early]
        below = [inverse for f in late if (inverse := _below(f)) is not None]
        above = [
            self.piece(f, depth) for f in ([mul(*early)] if early else []) + [f for f in late if _below(f) is None]
        ]
        text = " * ".join(p.at(Level.PRODUCT if k == 0 else Level.UNARY) for k, p in enumerate(above)) or "1.0"
        if below:
            text += f" / {self._quotient(below, depth).at(Level.UNARY)}"
        return above[0] if len(above) == 1 and not below else Piece(text, Level.PRODUCT)

    def _power(self, base: Expr, value: Fraction, depth: int) -> Piece:
        if value < 0:
            return Piece(f"1.0 / {self._power(base, -value, depth).at(Level.UNARY)}", Level.PRODUCT)
        if value.denominator == 2:
            root = Piece(f"np.sqrt({self.piece(base, depth).text})")
            return root if value == Fraction(1, 2) else join_power(root, Piece(str(value.numerator)))
        if value == 1:
            return self.piece(base, depth)
        return join_power(self.piece(base, depth), numeral(value))

    def _reduction(self, expr: Reduce, depth: int) -> Piece:
        total = self._leaves.names.new("total")
        loops = in_memory_order(expr.over, expr.body)
        start, line = ("-np.inf", f"{{0}} = {LARGER}({{0}}, {{1}})") if expr.op == "max" else ("0.0", ADD)
        lines = nest(loops, total, line, expr.body, self._leaves.within(expr.over))
        if expr.op == "mean":
            extents = " * ".join(self._leaves.integer(i.extent).at(Level.UNARY) for i in loops)
            lines.append(f"{total} /= ({extents})" if len(loops) > 1 else f"{total} /= {extents}")
        self.before[depth] += [f"{total} = {start}", *lines]
        return Piece(total)

    def _test(self, conditions: Sequence[Compare], depth: int) -> str:
        sides = [(self.piece(c.left, depth), c.op, self.piece(c.right, depth)) for c in conditions]
        return " and ".join(f"{a.at(Level.SUM)} {op} {b.at(Level.SUM)}" for a, op, b in sides)


def _below(factor: Expr) -> Expr | None:
    """What a factor is divided by, if it stands below the fraction bar."""
    match factor:
        case Pow(base, Num(value)) if value < 0:
            return power(base, Num(-value))
    return None


def in_memory_order(indices: Sequence[Index], expr: Expr) -> list[Index]:
    """Indices in the order of the axes of the tensor in an expression that has most of them."""
    symbols = {i.symbol: i for i in indices}
    reads = ([s for s in n.index if s in symbols] for n in walk(expr) if isinstance(n, Elem))
    first = [symbols[s] for s in max(reads, key=len, default=[])]
    return first + [i for i in indices if i not in first]
