"""A formula as a small tree, from which each format has its own printer; nothing here knows LaTeX.

The tree says what stands where (a subscript, a fraction, a sum with its limits); how wide it comes out is estimated in
``metrics``, and ``breaking`` splits what is too wide for a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["binary", "relation", "punctuation", "ordinary"]
Style = Literal["italic", "upright", "bold", "script"]


class Formula:
    """A node of a formula."""


@dataclass(frozen=True)
class Row(Formula):
    """Parts set side by side."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Name(Formula):
    """The name of a tensor, an index or a size.

    source  as it is written in the language: ``W_h``, ``h0``, ``tau``
    stem    its letter, Greek letter by name, or word: W, h, tau, target
    label   what hangs below it: the h of W_h; ``upright`` where an italic one would look like an index
    number  what hangs above it in parentheses: the 0 of h0
    accent  the hat of x_hat, the tilde of c_tilde, or the bar of a gradient that is given
    """

    source: str
    stem: str
    label: str = ""
    upright: bool = False
    number: str = ""
    primes: int = 0
    style: Style = "italic"
    accent: str = ""


@dataclass(frozen=True)
class Indexed(Formula):
    """An element: a name and its indices; ``tight`` where they stand without commas (W_{ij})."""

    name: Name
    places: tuple[Formula, ...]
    tight: bool = False


@dataclass(frozen=True)
class Number(Formula):
    text: str


@dataclass(frozen=True)
class Sign(Formula):
    """An operation, a relation or another single character, written in Unicode: ``+ − = ≤ ∂ ⊙``."""

    text: str
    kind: Kind = "ordinary"


@dataclass(frozen=True)
class Function(Formula):
    """The name of a function, set upright, such as tanh; a single letter is set as one."""

    name: str
    primes: int = 0


@dataclass(frozen=True)
class Text(Formula):
    """Words inside a formula."""

    text: str


@dataclass(frozen=True)
class Script(Formula):
    base: Formula
    below: Formula | None = None
    above: Formula | None = None


@dataclass(frozen=True)
class Big(Formula):
    """A big operator, ``∑``, ``∏`` or a word such as max, with its limits; what it acts on stands beside it."""

    operator: str
    below: Formula | None = None
    above: Formula | None = None


@dataclass(frozen=True)
class Fraction(Formula):
    numerator: Formula
    denominator: Formula


@dataclass(frozen=True)
class Fenced(Formula):
    """A formula between delimiters; ``size`` 0 to 3 says how tall they are (fixed, so that a line may break inside)."""

    left: str
    body: Formula
    right: str
    size: int = 0


@dataclass(frozen=True)
class Delimiter(Formula):
    """One delimiter on its own, where a line is broken between it and its partner."""

    text: str
    size: int
    opening: bool


@dataclass(frozen=True)
class Root(Formula):
    body: Formula


@dataclass(frozen=True)
class Marked(Formula):
    """The part of a line that a step has changed."""

    body: Formula


@dataclass(frozen=True)
class Gap(Formula):
    """A place so many em wide that who reads is to fill in."""

    width: float = 3.0


@dataclass(frozen=True)
class Space(Formula):
    """A space of so many eighteenths of an em: 3 is thin, 18 a quad, 0 just keeps words apart."""

    width: int = 3


@dataclass(frozen=True)
class Lines(Formula):
    """Lines one below the other, aligned where their second cell begins."""

    rows: tuple[tuple[Formula, Formula], ...]


GAP, THIN, QUAD = Space(0), Space(3), Space(18)
PLUS, MINUS, EQUALS = Sign("+", "binary"), Sign("−", "binary"), Sign("=", "relation")
NEGATIVE, COMMA, PARTIAL = Sign("−"), Sign(",", "punctuation"), Sign("∂")


def row(*parts: Formula) -> Formula:
    """Parts set side by side, with rows inside them opened up."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, Row) else (part,)))
    return flat[0] if len(flat) == 1 else Row(flat)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    return formula.parts if isinstance(formula, Row) else (formula,)


def joined(parts: tuple[Formula, ...], between: Formula) -> Formula:
    """Parts with something between any two."""
    out: list[Formula] = []
    for part in parts:
        out += [between, part] if out else [part]
    return row(*out)


def added(terms: Iterable[tuple[bool, Formula]]) -> Formula:
    """Terms with the signs between them; with True comes one that is taken away."""
    out: list[Formula] = []
    for minus, term in terms:
        sign = (MINUS if minus else PLUS,) if out else (NEGATIVE,) if minus else ()
        out += [*sign, term]
    return row(*out)


def rows_of(formula: Formula) -> tuple[tuple[Formula, Formula], ...]:
    """The lines of a formula, each parted where its first relation stands; without one all is on the right."""
    if isinstance(formula, Lines):
        return formula.rows
    parts = parts_of(formula)
    where = next((k for k, p in enumerate(parts) if isinstance(p, Sign) and p.kind == "relation"), 0)
    return ((row(*parts[:where]), row(*parts[where:])),)


def fenced(left: str, body: Formula, right: str) -> Fenced:
    """A formula between delimiters of the height it needs."""
    return Fenced(left, body, right, height(body))


def slashed(formula: Formula) -> Formula:
    """A formula that is a fraction, on one line: 1/2, as in exponents."""
    match formula:
        case Fraction(numerator, denominator):
            sides = (
                part if isinstance(part, Number | Name) else Fenced("(", part, ")") for part in (numerator, denominator)
            )
            return joined(tuple(sides), Sign("/"))
        case Row(parts):
            return Row(tuple(map(slashed, parts)))
    return formula


def height(formula: Formula) -> int:
    """How tall delimiters around a formula must be: 0 normal, 1 big, 2 for a fraction or sum, 3 for one in another."""
    match formula:
        case Row(parts):
            return max((height(p) for p in parts), default=0)
        case Fraction(numerator, denominator):
            return 3 if max(height(numerator), height(denominator)) >= 2 else 2
        case Big(operator, below, above):
            return (3 if above else 2) if operator in "∑∏" else 1 if below else 0
        case Fenced(_, body, _, size):
            return max(size, height(body), 1)
        case Script(base, _, above):
            return max(height(base), 1 if above else 0)
        case Root(body) | Marked(body):
            return max(height(body), 1)
        case Lines():
            return 3
    return 0


def replaced(formula: Formula, change: Callable[[Formula], Formula | None]) -> Formula:
    """The formula with every node, from the outside in, that ``change`` gives another for."""
    other = change(formula)
    if other is not None:
        return other

    def inside(part: Formula) -> Formula:
        return replaced(part, change)

    match formula:
        case Row(parts):
            return row(*map(inside, parts))
        case Indexed(name, places, tight):
            return Indexed(name, tuple(map(inside, places)), tight)
        case Script(base, below, above):
            return Script(inside(base), below and inside(below), above and inside(above))
        case Big(operator, below, above):
            return Big(operator, below and inside(below), above and inside(above))
        case Fraction(numerator, denominator):
            return Fraction(inside(numerator), inside(denominator))
        case Fenced(left, body, right, size):
            return Fenced(left, inside(body), right, size)
        case Root(body):
            return Root(inside(body))
        case Marked(body):
            return Marked(inside(body))
        case Lines(rows):
            return Lines(tuple((inside(left), inside(right)) for left, right in rows))
    return formula


def walk(formula: Formula) -> tuple[Formula, ...]:
    """Every node of a formula, a parent before what is in it."""
    inner: tuple[Formula | None, ...]
    match formula:
        case Row(parts):
            inner = parts
        case Indexed(name, places):
            inner = (name, *places)
        case Script(base, below, above):
            inner = (base, below, above)
        case Big(_, below, above):
            inner = (below, above)
        case Fraction(numerator, denominator):
            inner = (numerator, denominator)
        case Fenced(_, body, _) | Root(body) | Marked(body):
            inner = (body,)
        case Lines(rows):
            inner = tuple(cell for cells in rows for cell in cells)
        case _:
            inner = ()
    return (formula, *(n for part in inner if part is not None for n in walk(part)))
