"""Expressions over tensors in index notation: frozen trees that keep the author's order.

SymPy does the integers inside (index and size expressions); the tree around them is our own, because a
derivation must be read in the order in which it was written and SymPy sorts sums and products.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy

from derive.language.integers import Integer, index_symbol


@dataclass(frozen=True)
class Index:
    """An index and its range, both ends included: ``t = 1..T``."""

    name: str
    low: Integer
    high: Integer

    @property
    def symbol(self) -> Integer:
        return index_symbol(self.name)

    @property
    def extent(self) -> Integer:
        """How many values the index takes."""
        return self.high - self.low + 1

    def renamed(self, name: str) -> Index:
        return Index(name, self.low, self.high)


class Expr:
    """A node.  ``children`` are the expressions right below, ``rebuilt`` puts others in their place."""

    @property
    def children(self) -> tuple[Expr, ...]:
        return ()

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return self

    def __str__(self) -> str:
        from derive.language.text import text  # the printer reads this module

        return text(self)


@dataclass(frozen=True, repr=False)
class Num(Expr):
    """An exact number."""

    value: Fraction


@dataclass(frozen=True, repr=False)
class Size(Expr):
    """An index or size expression used as a number: the ``D`` in ``sqrt(D)``."""

    value: Integer


@dataclass(frozen=True, repr=False)
class Elem(Expr):
    """An element of a tensor: ``h[t-1,n,i]``.  The gradient by ``h`` is the tensor ``dh``."""

    name: str
    index: tuple[Integer, ...] = ()


@dataclass(frozen=True, repr=False)
class Add(Expr):
    terms: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.terms

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return add(*children)


@dataclass(frozen=True, repr=False)
class Mul(Expr):
    """A product in reading order; a quotient is a product with a power of exponent -1."""

    factors: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.factors

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return mul(*children)


@dataclass(frozen=True, repr=False)
class Pow(Expr):
    base: Expr
    exponent: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.base, self.exponent)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return power(*children)


@dataclass(frozen=True, repr=False)
class Call(Expr):
    """An elementwise function, of the table in ``functions`` or abstract; ``f'`` is the derivative of ``f``."""

    function: str
    arguments: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.arguments

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Call(self.function, children)


@dataclass(frozen=True, repr=False)
class Reduce(Expr):
    """A reduction over bound indices; ``op`` is sum, mean, prod, max or logsumexp."""

    op: str
    over: tuple[Index, ...]
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return reduce_(self.op, self.over, children[0])


@dataclass(frozen=True, repr=False)
class Along(Expr):
    """A function of a whole axis, read at one place of it.

    ``softmax``: exp(body at ``at``) / sum of exp(body).  ``argmax``: 1 where the first maximum of the body
    stands, else 0 (``body`` runs over the bound indices ``over``; ``at`` says where the result is read).
    """

    op: str
    over: tuple[Index, ...]
    body: Expr
    at: tuple[Integer, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Along(self.op, self.over, children[0], self.at)


@dataclass(frozen=True)
class Compare:
    """One condition ``left op right``; ``op`` is one of == != < <= > >=."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, repr=False)
class Bracket(Expr):
    """An Iverson bracket: 1 where every condition holds, else 0."""

    conditions: tuple[Compare, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(side for c in self.conditions for side in (c.left, c.right))

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        pairs = zip(self.conditions, children[::2], children[1::2], strict=True)
        return Bracket(tuple(Compare(c.op, left, right) for c, left, right in pairs))


@dataclass(frozen=True, repr=False)
class Delta(Expr):
    """A Kronecker delta on index expressions: 1 where they are equal, else 0."""

    left: Integer
    right: Integer


@dataclass(frozen=True, repr=False)
class Partial(Expr):
    """The local derivative of ``of`` by one element, everything else held; not yet worked out.

    Where ``of`` is an element of another tensor that an equation defines, it is the derivative of that equation; of
    the tensor of ``wrt`` itself (``c[t]`` reads ``c[t-1]``) only with ``by_definition``: else it is the element itself.
    """

    of: Expr
    wrt: Elem
    by_definition: bool = False

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.of,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Partial(children[0], self.wrt, self.by_definition)


ZERO, ONE, MINUS_ONE = Num(Fraction(0)), Num(Fraction(1)), Num(Fraction(-1))


def num(value: int | str | Fraction) -> Num:
    return Num(Fraction(value))


def size(value: Integer) -> Expr:
    """An integer expression as a number; a plain integer becomes a ``Num``."""
    value = sympy.sympify(value)
    return Num(Fraction(int(value))) if value.is_Integer else Size(value)


def add(*terms: Expr) -> Expr:
    """A sum, flattened, without zeros; the numbers in it added up."""
    flat = [t for term in terms for t in (term.terms if isinstance(term, Add) else (term,))]
    numbers = [t for t in flat if isinstance(t, Num)]
    if len(numbers) > 1:
        total = Num(sum((t.value for t in numbers), Fraction(0)))
        first = flat.index(numbers[0])
        flat = [total if k == first else t for k, t in enumerate(flat) if k == first or not isinstance(t, Num)]
    flat = [t for t in flat if t != ZERO]
    return Add(tuple(flat)) if len(flat) > 1 else flat[0] if flat else ZERO


def mul(*factors: Expr) -> Expr:
    """A product, flattened, with its numbers multiplied up and put in front."""
    flat = [f for factor in factors for f in (factor.factors if isinstance(factor, Mul) else (factor,))]
    coefficient = Fraction(1)
    rest: list[Expr] = []
    for factor in flat:
        if isinstance(factor, Num):
            coefficient *= factor.value
        else:
            rest.append(factor)
    if coefficient == 0:
        return ZERO
    if coefficient != 1 or not rest:
        rest.insert(0, Num(coefficient))
    return Mul(tuple(rest)) if len(rest) > 1 else rest[0]


def neg(expr: Expr) -> Expr:
    return mul(MINUS_ONE, expr)


def power(base: Expr, exponent: Expr) -> Expr:
    if exponent == ONE:
        return base
    if exponent == ZERO:
        return ONE
    if isinstance(base, Num) and isinstance(exponent, Num) and exponent.value.denominator == 1:
        n = exponent.value.numerator
        if abs(n) <= 64 and (base.value != 0 or n > 0):
            return Num(base.value**n)
    if isinstance(base, Pow) and _is_integer(base.exponent) and _is_integer(exponent):
        return power(base.base, mul(base.exponent, exponent))
    return Pow(base, exponent)


def _is_integer(expr: Expr) -> bool:
    return isinstance(expr, Num) and expr.value.denominator == 1


def divide(numerator: Expr, denominator: Expr) -> Expr:
    return mul(numerator, power(denominator, MINUS_ONE))


def reduce_(op: str, over: tuple[Index, ...], body: Expr) -> Expr:
    """A reduction; over no index it is its body, and a sum of zero is zero."""
    if not over or (op == "sum" and body == ZERO):
        return body
    return Reduce(op, over, body)


def sum_(over: tuple[Index, ...], body: Expr) -> Expr:
    return reduce_("sum", over, body)
