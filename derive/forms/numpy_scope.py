"""What the code generator knows at one place of the code it writes: the writer, the indices in scope, the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from textwrap import wrap

from derive.forms.numpy_helpers import FUSED_NAMES, HELPER_NAMES
from derive.forms.numpy_text import Names, Piece, integer_piece
from derive.language.expr import Bracket, Compare, Index
from derive.language.integers import Integer, expand, is_size
from derive.language.ranges import Facts, facts_of, nonnegative
from derive.language.system import System
from derive.language.token_ranges import TokenRange, token_ranges

Bounds = tuple[tuple[Integer, Integer], ...]

COMMENT_WIDTH = 100


@dataclass
class Writer:
    """The code being written: its lines, and what they need above them; ``fused`` if it may call kernels."""

    system: System
    fused: bool = False
    names: Names = field(default_factory=lambda: Names(HELPER_NAMES | FUSED_NAMES))
    lines: list[str] = field(default_factory=list)
    helpers: dict[str, None] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)
    kernels: dict[str, str] = field(default_factory=dict)
    indent: int = 1
    _block: int = 0
    _temporaries: list[str] = field(default_factory=list)
    _bounds: dict[str, Bounds] = field(default_factory=dict)
    _known: list[dict[str, tuple[str, tuple[int, ...]]]] = field(default_factory=lambda: [{}])

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def comment(self, text: str) -> None:
        for part in wrap(text, COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False):
            self.line(f"# {part}")

    @cached_property
    def tokens(self) -> frozenset[TokenRange]:
        """The ranges in which the elements of integer tensors are known to be."""
        return token_ranges(self.system)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines under ``head``, one step further in; what is named there is not known after it."""
        if self.indent == 1:
            self._block = len(self.lines)
        self.line(head)
        self.indent += 1
        self._known.append({})
        yield
        self._known.pop()
        self.indent -= 1

    def release(self, added: Iterable[str] = ()) -> None:
        """Delete large temporary arrays, and tensors ``added`` for the code, after their last use.

        Memory that is fresh from the system is slow.
        """
        last: dict[int, list[str]] = {}
        for name in (*self._temporaries, *map(self.tensor, added)):
            uses = [k for k, line in enumerate(self.lines) if re.search(rf"\b{name}\b", line)]
            if uses:  # what a kernel holds within a row is nowhere else
                last.setdefault(uses[-1], []).append(name)
        for place in sorted(last, reverse=True):
            end = place + 1
            while end < len(self.lines) and self.lines[end].startswith("     "):
                end += 1  # not in the middle of a block
            if end < len(self.lines):
                self.lines.insert(end, f"    del {', '.join(sorted(last[place]))}")

    def tensor(self, name: str) -> str:
        return self.names.of("tensor", name)

    def bounds(self, name: str) -> Bounds:
        """The bounds of each axis of a tensor as it is stored, base cases included."""
        if name not in self._bounds:
            self._bounds[name] = self.system.storage(name)
        return self._bounds[name]

    def helper(self, name: str) -> str:
        self.helpers[name] = None
        return name

    def function(self, name: str) -> str:
        self.functions[name] = None
        return self.names.of("function", name)

    def size(self, symbol: Integer) -> Piece:
        """A size, an index that a loop runs over, or an integer that is a tensor of rank 0."""
        if symbol.name in self.system.tensors:
            return Piece(self.tensor(symbol.name))
        if not is_size(symbol):
            return Piece(self.names.of("index", symbol.name))
        self.sizes[symbol.name] = None
        return Piece(self.names.of("size", symbol.name))

    def named(
        self, stem: str, text: str, key: str, order: tuple[int, ...] = (), large: bool = True
    ) -> tuple[str, tuple[int, ...]]:
        """A variable that holds the value of ``text``; one that is there under the same key is used again.

        ``order`` says how the axes of the value are laid out; what is given back is that of the variable.  A variable
        that is ``large`` is deleted when it is no more needed.
        """
        for known in reversed(self._known):
            if key in known:
                return known[key]
        variable = self.names.new(stem)
        self.line(f"{variable} = {text}")
        self._known[-1][key] = (variable, order)
        if len(self._known) == 1 and large:
            self._temporaries.append(variable)
        return variable, order

    def before_loop(self, stem: str, text: str) -> str:
        """A variable that holds the value of ``text``, which no loop changes, set in front of the outermost loop."""
        if text not in self._known[0]:
            variable = self.names.new(stem)
            self.lines.insert(self._block, f"    {variable} = {text}")
            self._block += 1
            self._known[0][text] = (variable, ())
        return self._known[0][text][0]


@dataclass(frozen=True)
class Scope:
    """The indices of arrays (in the order in which axes are laid out) and of loops, and what is known of them.

    inline  the source may not be evaluated at all, so no line of its own may be written for a part of it
    windows what is written belongs to windows: arrays that their matrix products turn round are likely to be met again
    """

    writer: Writer
    facts: Facts
    indices: tuple[Index, ...] = ()
    loops: tuple[Index, ...] = ()
    inline: bool = False
    windows: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(i.name for i in self.indices)

    @property
    def at_top(self) -> bool:
        """Whether lines that are written now are run once, and before whatever is written later."""
        return self.writer.indent == 1 and not self.inline

    def index(self, name: str) -> Index:
        return next(i for i in self.indices if i.name == name)

    def extent(self, name: str) -> Piece:
        return self.integer(expand(self.index(name).extent))

    def within(self, indices: Iterable[Index]) -> Scope:
        """With more axes, laid out after those there are."""
        new = tuple(indices)
        return replace(self, indices=self.indices + new, facts=self.facts.within(new))

    def over(self, indices: Sequence[Index]) -> Scope:
        """With these axes and no others."""
        return replace(self, indices=tuple(indices), facts=self.facts.within(indices))

    def looping(self, indices: Iterable[Index]) -> Scope:
        new = tuple(indices)
        return replace(self, loops=self.loops + new, facts=self.facts.within(new))

    def given(self, conditions: tuple[Compare, ...]) -> Scope:
        """Where conditions are known to hold, since the code there runs only then."""
        return replace(self, facts=self.facts.given(Bracket(conditions)), inline=True) if conditions else self

    def in_block(self, conditions: tuple[Compare, ...]) -> Scope:
        """In a block of lines that run only where conditions hold."""
        return replace(self, facts=self.facts.given(Bracket(conditions)))

    def names(self) -> frozenset[str]:
        return frozenset(i.name for i in self.indices + self.loops)

    def vector(self, integer: Integer) -> tuple[str, ...]:
        """The indices of arrays that occur in an integer expression, in the order of the axes."""
        symbols = integer.free_symbols
        return tuple(i.name for i in self.indices if i.symbol in symbols)

    def integer(self, value: Integer) -> Piece:
        """Source of an integer of sizes and loop indices."""
        return integer_piece(value, self.writer.size)

    def proved(self, expression: Integer) -> bool:
        """Whether an expression is known to be >= 0."""
        return nonnegative(expression, self.facts)

    def at_least_zero(self, value: Integer) -> Piece:
        """Source of an integer, 0 where it would be negative."""
        piece = self.integer(value)
        return piece if self.proved(value) else Piece(f"max({piece.text}, 0)")


def scope_of(writer: Writer) -> Scope:
    """The scope at the top of a function."""
    return Scope(writer, facts_of(writer.system))
