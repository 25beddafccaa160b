"""The document model: what is said, in which order, and nothing of how a format writes it.

A document is a title and blocks; running text is a tuple of inlines.  ``compose`` builds it from a derivation, and the
templates of a format print it, one template a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.rendering.formula import Formula
from derive.rendering.pictures.shapes import Picture


class Inline:
    """A piece of running text."""


@dataclass(frozen=True)
class Text(Inline):
    text: str


@dataclass(frozen=True)
class Math(Inline):
    formula: Formula


@dataclass(frozen=True)
class Code(Inline):
    text: str


@dataclass(frozen=True)
class Strong(Inline):
    text: str


@dataclass(frozen=True)
class Emphasis(Inline):
    text: str


@dataclass(frozen=True)
class Link(Inline):
    """Words that lead to a file beside the page."""

    text: str
    target: str


@dataclass(frozen=True)
class Reference(Inline):
    """Words that lead to an equation or a step of the page, by its number: ``5`` or ``D7``."""

    text: str
    number: str


Inlines = tuple[Inline, ...]


class Block:
    """A block; ``kind`` names its template."""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Heading(Block):
    """A heading of level 1 (a section) to 3."""

    level: int
    inlines: Inlines


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph; ``leads`` to what follows, and is not parted from it by the end of a page."""

    inlines: Inlines
    leads: bool = False


@dataclass(frozen=True)
class Items(Block):
    """A list with one item a row."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True)
class Evidence:
    """What a check found: the largest error at so many points, and whether that passed."""

    error: float
    points: int
    ok: bool


@dataclass(frozen=True)
class Equation(Block):
    """A displayed formula; ``tag`` is its number, empty for one without."""

    formula: Formula
    tag: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Step(Block):
    """A line of a derivation: formula, rule and number; below it the reason, the shape, the evidence, the sub-steps.

    ``indent`` is the left side of the line that the formula goes on from, None where it has its own.
    """

    formula: Formula
    indent: Formula | None
    rule: str
    number: str
    reason: Inlines
    shape: Inlines
    evidence: Evidence | None = None
    details: Details | None = None


@dataclass(frozen=True)
class Substep(Block):
    """A single rewrite inside a step."""

    formula: Formula
    rule: str
    reason: Inlines


@dataclass(frozen=True)
class Result(Block):
    """The boxed result: its equations (index form first), lines below them, and what the checks of its steps found."""

    formulas: tuple[Formula, ...]
    remarks: tuple[Inlines, ...]
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Table(Block):
    """A table; ``weights`` are the widths of its columns beside each other."""

    weights: tuple[int, ...]
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]


@dataclass(frozen=True)
class Listing(Block):
    """Source code; one that ``runs`` is a cell of its own in a notebook."""

    language: str
    source: str
    runs: bool = False


@dataclass(frozen=True)
class Details(Block):
    """Blocks that a page may fold away."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Curve:
    """A curve of a plot: what it is of, and its points (across, up)."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plot(Block):
    """Curves over a common axis, the values upwards on a logarithmic scale; drawn only where its file is asked for.

    name        of the file, without the ending that a format gives it
    across, up  what the axes say
    alt         the picture in words, for who cannot see it
    """

    name: str
    curves: tuple[Curve, ...]
    across: str
    up: str
    alt: str
    caption: Inlines


@dataclass(frozen=True)
class Drawing(Block):
    """A picture that the program draws: shapes, what they show, and the same in words for who cannot see it.

    name  of the file where it is one, without the ending that a format gives it
    """

    name: str
    picture: Picture
    caption: Inlines
    alt: str


@dataclass(frozen=True)
class Room(Block):
    """Empty lines to write on."""

    lines: int


@dataclass(frozen=True)
class Symbol:
    """What there is to know of a tensor: ``name`` is that of its Names in formulas, ``formula`` an element of it."""

    name: str
    formula: Formula
    shape: Inlines
    role: str
    meaning: Inlines


@dataclass(frozen=True)
class Document:
    """A page; ``symbols`` are the tensors that its formulas speak of."""

    title: str
    subtitle: Inlines
    blocks: tuple[Block, ...]
    symbols: tuple[Symbol, ...] = ()


def pictures_in(blocks: Iterable[Block]) -> Iterator[Plot | Drawing]:
    """The pictures among blocks, those in what is folded away too."""
    for block in blocks:
        if isinstance(block, Plot | Drawing):
            yield block
        elif isinstance(block, Details):
            yield from pictures_in(block.blocks)


def figure(error: float) -> str:
    """A relative error in two digits."""
    return f"{error:.1e}" if error else "0"


def text(words: str) -> Inlines:
    """Plain words as running text."""
    return (Text(words),)


def sentences(*parts: Inlines) -> Inlines:
    """Sentences after each other."""
    out: Inlines = ()
    for part in filter(None, parts):
        out = (*out, Text(" "), *part) if out else part
    return out


def listed(formulas: Sequence[Formula]) -> Inlines:
    """Formulas as running text, with commas between and "and" before the last: a line may end after any."""
    out: Inlines = ()
    for k, formula in enumerate(formulas):
        between = "" if not k else " and " if k + 1 == len(formulas) else ", "
        out += (Text(between), Math(formula)) if between else (Math(formula),)
    return out


def said(words: str, *pieces: Formula | Inline) -> Inlines:
    """Running text with a piece in place of each ``{}``."""
    out: list[Inline] = []
    for k, between in enumerate(words.split("{}")):
        if k:
            piece = pieces[k - 1]
            out.append(Math(piece) if isinstance(piece, Formula) else piece)
        if between:
            out.append(Text(between))
    return tuple(out)
