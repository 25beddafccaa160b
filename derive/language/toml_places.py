"""Where the texts of a TOML document stand: for each, the place of every character of its value.

The document has been read by ``tomllib`` before, so this scanner only has to find the strings in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.language.errors import Fragment

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_HEADER = re.compile(r"\[\[?([^\n]*?)\]\]?[ \t]*(?=#|\r?\n|$)")
_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_PLAIN = re.compile(r"""[^\s,\[\]{}"'#]+(?:[ ][0-9:.Z+-]+)?""")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Places:
    """Where things stand in a TOML document, by the path of keys (and numbers in arrays).

    values  every string, number and truth value, as its text
    keys    every key and table header
    """

    values: Mapping[Path, Fragment] = field(default_factory=dict)
    keys: Mapping[Path, Fragment] = field(default_factory=dict)


def places_of(source: str, origin: str) -> Places:
    """The places in a valid TOML document."""
    scanner = _Scanner(source, origin, tuple(line.rstrip("\r") for line in source.split("\n")))
    scanner.scan()
    return Places(scanner.found, scanner.named)


@dataclass
class _Scanner:
    source: str
    origin: str
    lines: tuple[str, ...]
    at: int = 0
    found: dict[Path, Fragment] = field(default_factory=dict)
    named: dict[Path, Fragment] = field(default_factory=dict)

    def scan(self) -> None:
        table: Path = ()
        self.blank()
        while self.at < len(self.source):
            header = _HEADER.match(self.source, self.at) if self.source[self.at] == "[" else None
            if header:
                table = self.keys(header.group(1))
                self.named.setdefault(table, self.fragment(header.group(), self.at))
                self.at = header.end()
            else:
                self.pair(table)
            self.blank()

    def blank(self) -> None:
        match = _BLANK.match(self.source, self.at)
        self.at = match.end() if match else self.at

    def pair(self, table: Path) -> None:
        """``key = value``."""
        end = self.key_end()
        key = self.source[self.at : end]
        path = table + self.keys(key)
        self.named[path] = self.fragment(key, self.at)
        self.at = end + 1
        self.value(path)

    def key_end(self) -> int:
        """The offset of the ``=`` after the key that starts here."""
        at = self.at
        while at < len(self.source) and self.source[at] != "=":
            part = _KEY_PART.match(self.source, at)
            at = part.end() if part else at + 1
        return at

    def keys(self, text: str) -> Path:
        return tuple(next(g for g in m.groups() if g is not None) for m in _KEY_PART.finditer(text))

    def value(self, path: Path) -> None:
        self.blank()
        first = self.source[self.at : self.at + 1]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        elif first in ('"', "'"):
            self.string(path)
        else:
            match = _PLAIN.match(self.source, self.at)
            end = match.end() if match else self.at + 1
            self.found[path] = self.fragment(self.source[self.at : end], self.at)
            self.at = end

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self.blank()
            if self.at >= len(self.source) or self.source[self.at] == "]":
                self.at += 1
                return
            if self.source[self.at] == ",":
                self.at += 1
                continue
            self.value((*path, number))
            number += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self.blank()
            if self.at >= len(self.source) or self.source[self.at] == "}":
                self.at += 1
                return
            if self.source[self.at] == ",":
                self.at += 1
                continue
            self.pair(path)

    def string(self, path: Path) -> None:
        """A string of any of TOML's four kinds; escapes are undone, and each character keeps its own place."""
        quote = self.source[self.at]
        mark = quote * 3 if self.source.startswith(quote * 3, self.at) else quote
        at = self.at + len(mark)
        if len(mark) == 3:
            at += 2 if self.source.startswith("\r\n", at) else self.source.startswith("\n", at)
        out: list[str] = []
        offsets: list[int] = []
        while at < len(self.source) and not self.closes(mark, at):
            start = at
            character = self.source[at]
            at += 1
            if character == "\\" and quote == '"':
                character, at = self.escape(at)
            elif character == "\r" and self.source.startswith("\n", at):
                character, at = "\n", at + 1
            out += character
            offsets += [start] * len(character)
        self.found[path] = self.placed("".join(out), [*offsets, at])
        self.at = at + len(mark)

    def closes(self, mark: str, at: int) -> bool:
        """Whether the string ends here; up to two quotes more may stand right before the end of a long one."""
        return self.source.startswith(mark, at) and not (len(mark) == 3 and self.source.startswith(mark[0], at + 3))

    def escape(self, at: int) -> tuple[str, int]:
        kind = self.source[at : at + 1]
        if kind in ("u", "U"):
            length = 4 if kind == "u" else 8
            return chr(int(self.source[at + 1 : at + 1 + length], 16)), at + 1 + length
        if kind in _ESCAPES:
            return _ESCAPES[kind], at + 1
        end = re.compile(r"\s*").match(self.source, at)  # a backslash at the end of a line joins it to the next
        return "", end.end() if end else at

    def fragment(self, text: str, start: int) -> Fragment:
        """A text that stands in the document as it is."""
        return self.placed(text, range(start, start + len(text) + 1))

    def placed(self, text: str, offsets: Sequence[int]) -> Fragment:
        """A text whose characters stand at the given offsets."""
        before = offsets[0]
        line, start = self.source.count("\n", 0, before), self.source.rfind("\n", 0, before) + 1
        places = []
        for offset in offsets:
            if (crossed := self.source.count("\n", before, offset)) > 0:
                line, start = line + crossed, self.source.rfind("\n", 0, offset) + 1
            places.append((line + 1, offset - start + 1))
            before = offset
        return Fragment(text, self.origin, self.lines, tuple(places))
